/// One operation at one shape, to be measured through the entry points that training uses.
public struct KernelCase {
  /// What it does, such as "convolution 3x3 forward".
  public let name: String
  /// Such as "64 x 32 x 32, 128 -> 128".
  public let shape: String
  public let work: Work
  /// Makes the inputs, and gives what computes with them.
  let prepare: (CPUBackend) -> () -> Void

  /// What a round does, whichever way it is computed.
  public enum Work: Equatable, Sendable {
    /// Floating-point operations by the plain definition: a way that needs fewer can exceed the processor's peak.
    case operations(Double)
    /// Bytes, where every input is read once and every result written once.
    case bytes(read: Double, written: Double)

    /// Of so many numbers.
    static func numbers(read: Int, written: Int) -> Work { .bytes(read: 4 * Double(read), written: 4 * Double(written)) }
  }

  /// Measures it for so many seconds, at least two rounds.
  public func measured(on backend: CPUBackend, seconds: Double, clock: () -> Double) -> KernelMeasurement {
    KernelMeasurement(name: name, shape: shape, work: work, time: BestTime(seconds: seconds, clock: clock, round: prepare(backend)))
  }
}

/// How fast one operation was.
public struct KernelMeasurement: Equatable, Sendable {
  public let name: String, shape: String, work: KernelCase.Work, time: BestTime

  /// Operations or bytes a second.
  public var rate: Double {
    switch work {
    case .operations(let count): count / time.seconds
    case .bytes(let read, let written): (read + written) / time.seconds
    }
  }

  /// The rate as a part of the peak that it is measured against: arithmetic, or memory that is read, or read and written.
  public func part(of peaks: Peaks) -> Double {
    switch work {
    case .operations: rate / peaks.operations
    case .bytes(_, let written): rate / (written == 0 ? peaks.read : peaks.copied)
    }
  }
}

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

/// Operations that memory limits.
extension KernelCase {
  /// Batch normalisation of (batch, side, side, c): batchStatistics, forward, and all gradients of the training phase.
  public static func normalisation(batch n: Int, side: Int, _ c: Int) -> [KernelCase] {
    let (dimensions, count) = ([n, side, side, c], n * side * side * c)
    func one(
      _ name: String, _ work: Work, _ compute: @escaping (CPUBackend, _ x: Tensor, Normalisation, _ dy: Tensor) -> Void
    ) -> KernelCase {
      KernelCase(name: name, shape: "\(n) x \(side) x \(side) x \(c)", work: work) { backend in
        let (x, dy) = (backend.noise(dimensions), backend.noise(dimensions))
        let normalisation = Normalisation(backend.batchStatistics(x), epsilon: 1e-5, gamma: backend.noise([1, c]))
        return { compute(backend, x, normalisation, dy) }
      }
    }
    return [
      one("batchStatistics", .numbers(read: count, written: 0)) { backend, x, _, _ in _ = backend.batchStatistics(x) },
      one("normalise", .numbers(read: count, written: count)) { backend, x, normalisation, _ in
        _ = backend.normalise(x, by: normalisation, beta: normalisation.gamma, residual: nil)
      },
      one("normalise gradients", .numbers(read: 2 * count, written: count)) { backend, x, normalisation, dy in
        _ = backend.normaliseGradients(x, dy, by: normalisation, throughStatistics: true, wants: .init(x: true, tables: true))
      },
    ]
  }

  /// ReLU, sum and average pooling of (batch, side, side, c).
  public static func elementwise(batch n: Int, side: Int, _ c: Int) -> [KernelCase] {
    let (dimensions, count) = ([n, side, side, c], n * side * side * c)
    func one(_ name: String, _ work: Work, _ compute: @escaping (CPUBackend, _ x: Tensor, _ y: Tensor) -> Void) -> KernelCase {
      KernelCase(name: name, shape: "\(n) x \(side) x \(side) x \(c)", work: work) { backend in
        let (x, y) = (backend.noise(dimensions), backend.noise(dimensions))
        return { compute(backend, x, y) }
      }
    }
    return [
      one("leakyReLU", .numbers(read: count, written: count)) { backend, x, _ in _ = backend.leakyReLU(x, negativeSlope: 0) },
      one("add", .numbers(read: 2 * count, written: count)) { backend, x, y in _ = backend.sum(x, y) },
      one("average pool", .numbers(read: count, written: count / 4)) { backend, x, _ in _ = backend.averagePool(x, 2) },
    ]
  }

  /// A step of Adam on so many weights.
  public static func adam(_ count: Int) -> KernelCase {
    KernelCase(name: "adam", shape: "\(count)", work: .numbers(read: 4 * count, written: 3 * count)) { backend in
      var updates = [
        AdamUpdate(w: backend.noise([count]), gradient: backend.noise([count]), m: backend.zeros([count]), v: backend.zeros([count]))
      ]
      let step = AdamStep(
        rate: 1e-4, beta1: 0, beta2: 0.9, share1: 1, share2: 0.1, epsilon: 1e-8, decay: 0, correction1: 1, correction2: 0.1)
      return { backend.adam(&updates, step) }
    }
  }
}
