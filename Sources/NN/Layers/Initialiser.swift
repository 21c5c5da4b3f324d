/// What a parameter starts as. Fans count the taps of a convolution: fan in = C * kernel^2, fan out = K * kernel^2.
public enum Initialiser: Equatable, Sendable {
  case constant(Float)
  /// Uniform in +-gain * sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010).
  case xavierUniform(gain: Float)
  /// Normal with standard deviation sqrt(2 / fan out) (He et al. 2015).
  case kaimingNormalFanOut
  /// Uniform in +-1 / sqrt(fan in): PyTorch's default of weights, and of biases with the fan of their weight.
  case inverseRootFan(Int)

  /// Numbers for a parameter of this file shape, (K, C, kernel, kernel) or (K, C).
  func draw(_ fileShape: [Int], _ stream: inout RandomStream, on backend: any Backend) -> Tensor {
    let taps = fileShape.dropFirst(2).reduce(1, *)
    let fanOut = Float(fileShape[0] * taps)
    let fanIn = Float((fileShape.count > 1 ? fileShape[1] : 1) * taps)
    switch self {
    case .constant(let value): return backend.tensor([Float](repeating: value, count: fileShape.reduce(1, *)), fileShape)
    case .xavierUniform(let gain):
      let bound = gain * (6 / (fanIn + fanOut)).squareRoot()
      return backend.uniform(fileShape, low: -bound, high: bound, &stream)
    case .kaimingNormalFanOut: return backend.scaled(backend.normal(fileShape, &stream), by: (2 / fanOut).squareRoot())
    case .inverseRootFan(let fan):
      let bound = 1 / Float(fan).squareRoot()
      return backend.uniform(fileShape, low: -bound, high: bound, &stream)
    }
  }
}
