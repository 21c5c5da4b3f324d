import NN
import TestSupport

/// A backend whose numbers fall on the same side of every kink as another's.
///
/// Where rounding takes the input of a ReLU to the other side of zero, the gradients of two honest programs differ by some
/// 1e-2, and nothing can be said of the rest. So the first backend notes the sign of every number that may meet a ReLU, and the
/// second moves those few that differ to zero or just above it. Both must be asked for the same things in the same order.
final class SidedBackend: Backend {
  /// The signs, operation by operation.
  final class Sides {
    fileprivate(set) var signs: [[Bool]] = []
  }

  fileprivate let inner: CPUBackend
  private let sides: Sides
  private let follows: Bool
  private var next = 0
  /// How many numbers were moved so far.
  private(set) var moved = 0

  /// Notes its own signs in `sides`, or follows those.
  init(_ inner: CPUBackend, _ sides: Sides, follows: Bool) {
    self.inner = inner
    self.sides = sides
    self.follows = follows
  }

  fileprivate func sided(_ y: Tensor) -> Tensor {
    defer { next += 1 }
    guard follows else {
      sides.signs.append(Signs.of(y))
      return y
    }
    guard let corrected = Signs.moved(y, to: sides.signs[next]) else { return y }
    moved += corrected.count
    return inner.tensor(corrected.values, y.shape)
  }

  var threads: Int { inner.threads }
  func twin(threads: Int) -> sending any Backend { inner.twin(threads: threads) }
  var bytesHeld: Int { inner.bytesHeld }
}

/// What it hands on: products, normalisations and sums, signs compared, and all the rest as it is.
extension SidedBackend {
  func tensor(_ values: [Float], _ shape: [Int]) -> Tensor { inner.tensor(values, shape) }
  func zeros(_ shape: [Int]) -> Tensor { inner.zeros(shape) }
  func uniform(
    _ shape: [Int], low: Float, high: Float, _ stream: inout RandomStream
  ) -> Tensor {
    inner.uniform(shape, low: low, high: high, &stream)
  }
  func normal(_ shape: [Int], _ stream: inout RandomStream) -> Tensor { inner.normal(shape, &stream) }
  func images(
    _ pixels: [UInt8], at places: [Int], framings: [ImageFraming], height: Int, width: Int, divisor: Float
  ) -> Tensor {
    inner.images(pixels, at: places, framings: framings, height: height, width: width, divisor: divisor)
  }
  func bytes(_ x: Tensor) -> [UInt8] { inner.bytes(x) }
  func rows(_ x: Tensor, _ range: Range<Int>) -> Tensor { inner.rows(x, range) }
  func joined(_ parts: [Tensor]) -> Tensor { inner.joined(parts) }
  func convolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape
  ) -> Tensor {
    sided(inner.convolution(x, w, bias: bias, residual: residual, shape))
  }
  func convolutionInputGradient(
    _ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape
  ) -> Tensor {
    inner.convolutionInputGradient(dy, w, x: x, shape)
  }
  func convolutionWeightGradient(
    _ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape
  ) -> Tensor {
    inner.convolutionWeightGradient(x, dy, shape)
  }
  func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor { sided(inner.linear(x, w, bias: bias)) }
  func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor { inner.linearInputGradient(dy, w) }
  func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor { inner.linearWeightGradient(x, dy) }
  func columnSums(_ dy: Tensor) -> Tensor { inner.columnSums(dy) }
  func batchStatistics(_ x: Tensor) -> BatchStatistics { inner.batchStatistics(x) }
  func normalise(
    _ x: Tensor, by normalisation: Normalisation, beta: Tensor, residual: Tensor?
  ) -> Tensor {
    sided(inner.normalise(x, by: normalisation, beta: beta, residual: residual))
  }
  func normaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    inner.normaliseGradients(x, dy, by: normalisation, throughStatistics: throughStatistics, wants: wants)
  }
  func leakyReLU(_ x: Tensor, negativeSlope: Float) -> Tensor { inner.leakyReLU(x, negativeSlope: negativeSlope) }
  func leakyReLUGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float) -> Tensor { inner.leakyReLUGradient(x, dy, negativeSlope: negativeSlope) }
  func tanh(_ x: Tensor) -> Tensor { inner.tanh(x) }
  func tanhGradient(_ y: Tensor, _ dy: Tensor) -> Tensor { inner.tanhGradient(y, dy) }
  func sum(_ a: Tensor, _ b: Tensor) -> Tensor { sided(inner.sum(a, b)) }
  func scaled(_ x: Tensor, by factor: Float) -> Tensor { inner.scaled(x, by: factor) }
  func add(_ x: Tensor, times factor: Float, to y: inout Tensor) { inner.add(x, times: factor, to: &y) }
  func average(_ x: Tensor, keep: Float, into target: inout Tensor) { inner.average(x, keep: keep, into: &target) }
  func rowNorms(_ x: Tensor) -> [Double] { inner.rowNorms(x) }
  func averagePool(_ x: Tensor, _ k: Int) -> Tensor { inner.averagePool(x, k) }
  func averagePoolGradient(_ dy: Tensor, inputShape: [Int], _ k: Int) -> Tensor { inner.averagePoolGradient(dy, inputShape: inputShape, k) }
  func addAveragePoolGradient(_ dy: Tensor, _ k: Int, to dx: inout Tensor) { inner.addAveragePoolGradient(dy, k, to: &dx) }
  func maximumPool(_ x: Tensor) -> Tensor { inner.maximumPool(x) }
  func maximumPoolGradient(_ x: Tensor, _ dy: Tensor) -> Tensor { inner.maximumPoolGradient(x, dy) }
  func upsample(_ x: Tensor) -> Tensor { inner.upsample(x) }
  func upsampleGradient(_ dy: Tensor) -> Tensor { inner.upsampleGradient(dy) }
  func sumPool(_ x: Tensor) -> Tensor { inner.sumPool(x) }
  func sumPoolGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor { inner.sumPoolGradient(dy, inputShape: inputShape) }
  func binaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor { inner.binaryCrossEntropy(logits, isOne: isOne) }
  func binaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor {
    inner.binaryCrossEntropyGradient(logits, isOne: isOne, dy)
  }
  func crossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor { inner.crossEntropy(logits, labels) }
  func crossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor { inner.crossEntropyGradient(logits, labels, dy) }
  func mean(_ x: Tensor) -> Tensor { inner.mean(x) }
  func meanGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor { inner.meanGradient(dy, inputShape: inputShape) }
  func adam(_ updates: inout [AdamUpdate], _ step: AdamStep) { inner.adam(&updates, step) }
  func momentum(
    _ w: inout Tensor, _ gradient: Tensor, _ velocity: inout Tensor, rate: Float, momentum: Float, decay: Float
  ) {
    inner.momentum(&w, gradient, &velocity, rate: rate, momentum: momentum, decay: decay)
  }
  func signStep(
    _ adversarial: inout Tensor, from x: Tensor, along gradient: Tensor, _ step: BallStep
  ) {
    inner.signStep(&adversarial, from: x, along: gradient, step)
  }
}
