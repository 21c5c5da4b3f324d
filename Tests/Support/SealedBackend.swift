import NN

/// A backend whose memory nobody else can reach, as that of a GPU: a CPU that is given one of its tensors stops the program.
///
/// It has the primitive entry points alone; all others are the default implementations.
public final class SealedBackend: Backend {
  private let inner: CPUBackend

  public init(threads: Int) { inner = CPUBackend(threads: threads, convolutions: .exact) }

  private final class Sealed: Storage, Readable {
    fileprivate let tensor: Tensor
    private let reader: CPUBackend

    init(_ tensor: Tensor, _ reader: CPUBackend) {
      self.tensor = tensor
      self.reader = reader
      super.init(count: tensor.count)
    }

    var elements: [Float] { reader.host(tensor) }
  }

  private func seal(_ tensor: Tensor) -> Tensor { Tensor(shape: tensor.shape, storage: Sealed(tensor, inner)) }

  private func open(_ tensor: Tensor) -> Tensor {
    guard let sealed = tensor.storage as? Sealed else { preconditionFailure("a sealed backend is given a tensor of another one") }
    return sealed.tensor.reshaped(tensor.shape)
  }

  private func opened(_ tensor: inout Tensor, _ body: (inout Tensor) -> Void) {
    var inside = open(tensor)
    body(&inside)
    tensor = seal(inside)
  }

  private func open(_ n: Normalisation) -> Normalisation {
    let statistics = BatchStatistics(
      mean: open(n.batchStatistics.mean), variance: open(n.batchStatistics.variance), population: n.batchStatistics.population)
    return Normalisation(statistics, epsilon: n.epsilon, gamma: open(n.gamma), labels: n.labels, halves: n.halves)
  }
}

extension SealedBackend {
  public var threads: Int { inner.threads }
  public var bytesHeld: Int { inner.bytesHeld }
  public func twin(threads: Int) -> sending any Backend { SealedBackend(threads: threads) }

  public func tensor(_ values: [Float], _ shape: [Int]) -> Tensor { seal(inner.tensor(values, shape)) }
  public func host(_ x: Tensor) -> [Float] { inner.host(open(x)) }
  public func zeros(_ shape: [Int]) -> Tensor { seal(inner.zeros(shape)) }
  public func uniform(_ shape: [Int], low: Float, high: Float, _ stream: inout RandomStream) -> Tensor {
    seal(inner.uniform(shape, low: low, high: high, &stream))
  }
  public func normal(_ shape: [Int], _ stream: inout RandomStream) -> Tensor { seal(inner.normal(shape, &stream)) }
  public func images(
    _ pixels: [UInt8], at places: [Int], framings: [ImageFraming], height: Int, width: Int, divisor: Float
  ) -> Tensor {
    seal(inner.images(pixels, at: places, framings: framings, height: height, width: width, divisor: divisor))
  }
  public func bytes(_ x: Tensor) -> [UInt8] { inner.bytes(open(x)) }
  public func rows(_ x: Tensor, _ range: Range<Int>) -> Tensor { seal(inner.rows(open(x), range)) }
  public func joined(_ parts: [Tensor]) -> Tensor { seal(inner.joined(parts.map(open))) }

  public func bareConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, _ shape: ConvolutionShape) -> Tensor {
    seal(inner.bareConvolution(open(x), open(w), bias: bias.map(open), shape))
  }
  public func bareConvolutionInputGradient(_ dy: Tensor, _ w: Tensor, inputShape: [Int], _ shape: ConvolutionShape) -> Tensor {
    seal(inner.bareConvolutionInputGradient(open(dy), open(w), inputShape: inputShape, shape))
  }
  public func bareConvolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    seal(inner.bareConvolutionWeightGradient(open(x), open(dy), shape))
  }
  public func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor { seal(inner.linear(open(x), open(w), bias: bias.map(open))) }
  public func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor { seal(inner.linearInputGradient(open(dy), open(w))) }
  public func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor { seal(inner.linearWeightGradient(open(x), open(dy))) }
  public func columnSums(_ dy: Tensor) -> Tensor { seal(inner.columnSums(open(dy))) }

  public func batchStatistics(_ x: Tensor) -> BatchStatistics {
    let found = inner.batchStatistics(open(x))
    return BatchStatistics(mean: seal(found.mean), variance: seal(found.variance), population: found.population)
  }
  public func bareNormalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor) -> Tensor {
    seal(inner.bareNormalise(open(x), by: open(normalisation), beta: open(beta)))
  }
  public func bareNormaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    var found = inner.bareNormaliseGradients(
      open(x), open(dy), by: open(normalisation), throughStatistics: throughStatistics, wants: wants)
    (found.x, found.gamma, found.beta) = (found.x.map(seal), found.gamma.map(seal), found.beta.map(seal))
    return found
  }

  public func leakyReLU(_ x: Tensor, negativeSlope: Float) -> Tensor { seal(inner.leakyReLU(open(x), negativeSlope: negativeSlope)) }
  public func leakyReLUGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float) -> Tensor {
    seal(inner.leakyReLUGradient(open(x), open(dy), negativeSlope: negativeSlope))
  }
  public func tanh(_ x: Tensor) -> Tensor { seal(inner.tanh(open(x))) }
  public func tanhGradient(_ y: Tensor, _ dy: Tensor) -> Tensor { seal(inner.tanhGradient(open(y), open(dy))) }
  public func sum(_ a: Tensor, _ b: Tensor) -> Tensor { seal(inner.sum(open(a), open(b))) }
  public func scaled(_ x: Tensor, by factor: Float) -> Tensor { seal(inner.scaled(open(x), by: factor)) }
  public func add(_ x: Tensor, times factor: Float, to y: inout Tensor) { opened(&y) { inner.add(open(x), times: factor, to: &$0) } }
  public func average(_ x: Tensor, keep: Float, into target: inout Tensor) {
    opened(&target) { inner.average(open(x), keep: keep, into: &$0) }
  }
  public func rowNorms(_ x: Tensor) -> [Double] { inner.rowNorms(open(x)) }

  public func averagePool(_ x: Tensor, _ k: Int) -> Tensor { seal(inner.averagePool(open(x), k)) }
  public func averagePoolGradient(_ dy: Tensor, inputShape: [Int], _ k: Int) -> Tensor {
    seal(inner.averagePoolGradient(open(dy), inputShape: inputShape, k))
  }
  public func maximumPool(_ x: Tensor) -> Tensor { seal(inner.maximumPool(open(x))) }
  public func maximumPoolGradient(_ x: Tensor, _ dy: Tensor) -> Tensor { seal(inner.maximumPoolGradient(open(x), open(dy))) }
  public func upsample(_ x: Tensor) -> Tensor { seal(inner.upsample(open(x))) }
  public func upsampleGradient(_ dy: Tensor) -> Tensor { seal(inner.upsampleGradient(open(dy))) }
  public func sumPool(_ x: Tensor) -> Tensor { seal(inner.sumPool(open(x))) }
  public func sumPoolGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor { seal(inner.sumPoolGradient(open(dy), inputShape: inputShape)) }

  public func binaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor { seal(inner.binaryCrossEntropy(open(logits), isOne: isOne)) }
  public func binaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor {
    seal(inner.binaryCrossEntropyGradient(open(logits), isOne: isOne, open(dy)))
  }
  public func crossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor { seal(inner.crossEntropy(open(logits), labels)) }
  public func crossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor {
    seal(inner.crossEntropyGradient(open(logits), labels, open(dy)))
  }
  public func mean(_ x: Tensor) -> Tensor { seal(inner.mean(open(x))) }
  public func meanGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor { seal(inner.meanGradient(open(dy), inputShape: inputShape)) }

  public func adam(_ updates: inout [AdamUpdate], _ step: AdamStep) {
    var inside = updates.map { AdamUpdate(w: open($0.w), gradient: open($0.gradient), m: open($0.m), v: open($0.v)) }
    inner.adam(&inside, step)
    updates = zip(updates, inside).map { AdamUpdate(w: seal($1.w), gradient: $0.gradient, m: seal($1.m), v: seal($1.v)) }
  }
  public func momentum(
    _ w: inout Tensor, _ gradient: Tensor, _ velocity: inout Tensor, rate: Float, momentum: Float, decay: Float
  ) {
    var (inside, speed) = (open(w), open(velocity))
    inner.momentum(&inside, open(gradient), &speed, rate: rate, momentum: momentum, decay: decay)
    (w, velocity) = (seal(inside), seal(speed))
  }
  public func signStep(_ adversarial: inout Tensor, from x: Tensor, along gradient: Tensor, _ step: BallStep) {
    opened(&adversarial) { inner.signStep(&$0, from: open(x), along: open(gradient), step) }
  }
}
