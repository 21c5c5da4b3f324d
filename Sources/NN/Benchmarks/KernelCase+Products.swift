/// Convolutions and linear layers.
extension KernelCase {
  /// What surrounds a convolution.
  public enum Surroundings: String, Sendable {
    case none = ""
    /// The input is half as large, and upsampled first.
    case upsampled = " of upsampled"
    /// The output is averaged over 2 x 2 pixels.
    case halved = " and halving"
  }

  /// Forward, input gradient, weight gradient of a convolution of (batch, side, side, c) to k channels, as the convolution itself
  /// has them, whatever surrounds it.
  public static func convolutions(
    batch n: Int, _ c: Int, _ k: Int, side: Int, kernel: Int = 3, _ surroundings: Surroundings = .none
  ) -> [KernelCase] {
    var shape = ConvolutionShape(kernel: kernel, padding: kernel / 2)
    shape.upsamples = surroundings == .upsampled
    shape.halves = surroundings == .halved
    let inside = shape.upsamples ? side / 2 : side
    let outside = shape.halves ? side / 2 : side
    let work = Work.operations(2 * Double(n * side * side) * Double(kernel * kernel * c * k))
    let filter = [kernel, kernel, c, k]
    func one(_ way: String, _ compute: @escaping (CPUBackend, _ x: Tensor, _ w: Tensor, _ dy: Tensor) -> Void) -> KernelCase {
      KernelCase(
        name: "convolution \(kernel)x\(kernel)\(surroundings.rawValue) \(way)", shape: "\(n) x \(side) x \(side), \(c) -> \(k)", work: work
      ) { backend in
        let (x, w) = (backend.noise([n, inside, inside, c]), backend.noise(filter))
        let dy = backend.noise([n, outside, outside, k])
        return { compute(backend, x, w, dy) }
      }
    }
    return [
      one("forward") { backend, x, w, _ in _ = backend.convolution(x, w, bias: nil, residual: nil, shape) },
      one("input gradient") { backend, x, w, dy in _ = backend.convolutionInputGradient(dy, w, x: x, shape) },
      one("weight gradient") { backend, x, _, dy in _ = backend.convolutionWeightGradient(x, dy, shape) },
    ]
  }

  /// The three products of a linear layer of c numbers to k.
  public static func linear(batch n: Int, _ c: Int, _ k: Int) -> [KernelCase] {
    let work = Work.operations(2 * Double(n) * Double(c * k))
    func one(_ way: String, _ compute: @escaping (CPUBackend, _ x: Tensor, _ w: Tensor, _ dy: Tensor) -> Void) -> KernelCase {
      KernelCase(name: "linear \(way)", shape: "\(n), \(c) -> \(k)", work: work) { backend in
        let (x, w, dy) = (backend.noise([n, c]), backend.noise([k, c]), backend.noise([n, k]))
        return { compute(backend, x, w, dy) }
      }
    }
    return [
      one("forward") { backend, x, w, _ in _ = backend.linear(x, w, bias: nil) },
      one("input gradient") { backend, _, w, dy in _ = backend.linearInputGradient(dy, w) },
      one("weight gradient") { backend, x, _, dy in _ = backend.linearWeightGradient(x, dy) },
    ]
  }
}

extension CPUBackend {
  /// Uniform in [-1, 1): with zeros, branches and gates would be too easy.
  func noise(_ shape: [Int]) -> Tensor {
    var stream = RandomStream(seed: 0).derived("kernels \(shape)")
    return uniform(shape, low: -1, high: 1, &stream)
  }
}
