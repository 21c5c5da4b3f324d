import TestSupport

@testable import NN

/// A backend whose numbers fall on given sides of the kinks that they come near.
///
/// Where rounding takes the input of a ReLU to the other side of zero, the gradients of two honest programs differ by some 1e-2, and
/// nothing can be said of the rest; the same holds for a gradient of which only the sign counts, in an attack and in Adam's first step.
/// So the few numbers that are near a kink are moved to the side that a golden file lists, or that another backend has noted, and all
/// others are left alone. The backend must be asked for the same things in the same order as the reference.
final class SidedBackend: Backend {
  /// The signs of every ReLU's input, call by call.
  final class Notes {
    fileprivate(set) var signs: [[Bool]] = []
  }

  enum Source {
    case noted(into: Notes)
    case followed(Notes)
    case golden(GoldenSides)
  }

  private let inner: any Backend
  private let source: Source
  private var (reLUs, signSteps, adamSteps) = (0, 0, 0)
  /// What ReLUs saw in place of tensors, by the tensors' memory, which stays theirs as long as they are kept here.
  private var moved: [ObjectIdentifier: (tensor: Tensor, seen: Tensor)] = [:]

  /// How many numbers were moved so far.
  private(set) var count = 0
  /// The greatest of them, relative to the root mean square of its tensor.
  private(set) var farthest = 0.0

  init(_ inner: any Backend, _ source: Source) {
    self.inner = inner
    self.source = source
  }

  /// The largest of the gradients that vanish but for rounding, relative to the largest of the layer's weight before it.
  private(set) var noise: Float = 0

  /// Whether the reference was asked for as much, once or several times.
  var isAtTheEnd: Bool {
    switch source {
    case .noted: true
    case .followed(let notes): reLUs == notes.signs.count
    case .golden(let sides): reLUs > 0 && reLUs % sides.reLUCalls == 0 && (sides.signSteps == 0 || signSteps % sides.signSteps == 0)
    }
  }

  /// x as the next ReLU is to see it.
  private func atReLU(_ x: Tensor) -> Tensor {
    defer { reLUs += 1 }
    let change: Signs.Change?
    switch source {
    case .noted(let notes):
      notes.signs.append(Signs.of(x))
      return x
    case .followed(let notes): change = Signs.change(x, to: notes.signs[reLUs])
    case .golden(let sides): change = sides.reLU[reLUs % sides.reLUCalls].flatMap { Signs.change(x, at: $0) }
    }
    guard let change else { return x }
    let seen = applied(change, to: x)
    moved[ObjectIdentifier(x.storage)] = (x, seen)
    return seen
  }

  /// x as its ReLU saw it.
  private func seen(_ x: Tensor) -> Tensor { moved[ObjectIdentifier(x.storage)]?.seen ?? x }

  private func applied(_ change: Signs.Change, to x: Tensor) -> Tensor {
    count += change.count
    farthest = max(farthest, change.farthest)
    return inner.tensor(change.values, x.shape)
  }

  func convolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape
  ) -> (y: Tensor, statistics: BatchStatistics?) {
    inner.convolution(shape.negativeSlope == nil ? x : atReLU(x), w, bias: bias, residual: residual, shape)
  }
  func convolutionInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    inner.convolutionInputGradient(dy, w, x: seen(x), shape)
  }
  func convolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    inner.convolutionWeightGradient(seen(x), dy, shape)
  }
  func leakyReLU(_ x: Tensor, negativeSlope: Float) -> Tensor { inner.leakyReLU(atReLU(x), negativeSlope: negativeSlope) }
  func leakyReLUGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float) -> Tensor {
    inner.leakyReLUGradient(seen(x), dy, negativeSlope: negativeSlope)
  }
  func signStep(_ adversarial: inout Tensor, from x: Tensor, along gradient: Tensor, _ step: BallStep) {
    defer { signSteps += 1 }
    var gradient = gradient
    if case .golden(let sides) = source, let change = sides.sign[signSteps].flatMap({ Signs.change(gradient, at: $0) }) {
      gradient = applied(change, to: gradient)
    }
    inner.signStep(&adversarial, from: x, along: gradient, step)
  }
  func adam(_ updates: inout [AdamUpdate], _ step: AdamStep) {
    defer { adamSteps += 1 }
    if case .golden(let sides) = source {
      for (place, values) in sides.gradients(ofStep: adamSteps) {
        if let change = Signs.change(updates[place].gradient, toKnown: values) {
          replaceGradient(of: &updates[place], by: applied(change, to: updates[place].gradient))
        }
      }
      for place in sides.still(inStep: adamSteps) {
        noise = max(noise, StateTensor(updates[place].gradient).peak / StateTensor(updates[place - 1].gradient).peak)
        replaceGradient(of: &updates[place], by: inner.zeros(updates[place].gradient.shape))
      }
    }
    inner.adam(&updates, step)
  }
}

private func replaceGradient(of update: inout AdamUpdate, by gradient: Tensor) {
  update = AdamUpdate(w: update.w, gradient: gradient, m: update.m, v: update.v)
}

/// All the rest is handed on.
extension SidedBackend {
  var threads: Int { inner.threads }
  func twin(threads: Int) -> sending any Backend { inner.twin(threads: threads) }
  var bytesHeld: Int { inner.bytesHeld }
  func tensor(_ values: [Float], _ shape: [Int]) -> Tensor { inner.tensor(values, shape) }
  func host(_ x: Tensor) -> [Float] { inner.host(x) }
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
  func bareConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, _ shape: ConvolutionShape) -> Tensor {
    inner.bareConvolution(x, w, bias: bias, shape)
  }
  func bareConvolutionInputGradient(_ dy: Tensor, _ w: Tensor, inputShape: [Int], _ shape: ConvolutionShape) -> Tensor {
    inner.bareConvolutionInputGradient(dy, w, inputShape: inputShape, shape)
  }
  func bareConvolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    inner.bareConvolutionWeightGradient(x, dy, shape)
  }
  func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor { inner.linear(x, w, bias: bias) }
  func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor { inner.linearInputGradient(dy, w) }
  func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor { inner.linearWeightGradient(x, dy) }
  func columnSums(_ dy: Tensor) -> Tensor { inner.columnSums(dy) }
  func batchStatistics(_ x: Tensor) -> BatchStatistics { inner.batchStatistics(x) }
  func bareNormalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor) -> Tensor {
    inner.bareNormalise(x, by: normalisation, beta: beta)
  }
  func bareNormaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    inner.bareNormaliseGradients(x, dy, by: normalisation, throughStatistics: throughStatistics, wants: wants)
  }
  func normalise(
    _ x: Tensor, by normalisation: Normalisation, beta: Tensor, residual: Tensor?
  ) -> Tensor {
    inner.normalise(x, by: normalisation, beta: beta, residual: residual)
  }
  func normaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    inner.normaliseGradients(x, dy, by: normalisation, throughStatistics: throughStatistics, wants: wants)
  }
  func tanh(_ x: Tensor) -> Tensor { inner.tanh(x) }
  func tanhGradient(_ y: Tensor, _ dy: Tensor) -> Tensor { inner.tanhGradient(y, dy) }
  func sum(_ a: Tensor, _ b: Tensor) -> Tensor { inner.sum(a, b) }
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
  func momentum(
    _ w: inout Tensor, _ gradient: Tensor, _ velocity: inout Tensor, rate: Float, momentum: Float, decay: Float
  ) {
    inner.momentum(&w, gradient, &velocity, rate: rate, momentum: momentum, decay: decay)
  }
}
