/// Mean and biased variance of every channel, (C) each.
public struct BatchStatistics {
  public let mean: Tensor, variance: Tensor
  /// How many elements of a channel they were taken over.
  public let population: Int

  public init(mean: Tensor, variance: Tensor, population: Int) {
    (self.mean, self.variance, self.population) = (mean, variance, population)
  }
}

/// All arithmetic: coarse entry points over tensors, each with its derivatives beside it. Another kind of processor is one more
/// backend; nothing above this protocol touches memory. Results do not depend on the number of threads.
///
/// Entry points that join several operations have default implementations made of the others (`BackendDefaults.swift`), so that a new backend
/// starts small.
///
/// Shapes are a programmer's business: a mismatch stops the program and names the operation and the shapes.
public protocol Backend: AnyObject {
  var threads: Int { get }
  /// Bytes of tensor memory taken from the system so far.
  var bytesHeld: Int { get }
  /// Another backend of the same arithmetic, with threads and memory of its own: for another caller.
  func twin(threads: Int) -> sending any Backend

  // Making and reading tensors
  func tensor(_ values: [Float], _ shape: [Int]) -> Tensor
  /// All elements, copied out. Waits for what the tensor is computed by; to be called rarely.
  func host(_ x: Tensor) -> [Float]
  func zeros(_ shape: [Int]) -> Tensor
  func uniform(_ shape: [Int], low: Float, high: Float, _ stream: inout RandomStream) -> Tensor
  func normal(_ shape: [Int], _ stream: inout RandomStream) -> Tensor
  /// (N, H, W, 3) numbers byte / divisor - 1 of the images at `places` in `pixels` (images of H * W * 3 bytes), each in its framing.
  func images(_ pixels: [UInt8], at places: [Int], framings: [ImageFraming], height: Int, width: Int, divisor: Float) -> Tensor
  /// Bytes round((x + 1) * 127.5), clamped to 0 ... 255.
  func bytes(_ x: Tensor) -> [UInt8]
  /// Rows of the first dimension.
  func rows(_ x: Tensor, _ range: Range<Int>) -> Tensor
  func joined(_ parts: [Tensor]) -> Tensor

  // Products. x: (N, H, W, C); w: (kernel, kernel, C, K); b: (K); y, residual: (N, H', W', K).
  /// A convolution by the bare shape: kernel, stride and padding alone.
  func bareConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, _ shape: ConvolutionShape) -> Tensor
  func bareConvolutionInputGradient(_ dy: Tensor, _ w: Tensor, inputShape: [Int], _ shape: ConvolutionShape) -> Tensor
  func bareConvolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor
  /// What `shape` says, plus `residual`; with the batch statistics of y where the shape asks for them and they were found on the way.
  func convolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape
  ) -> (y: Tensor, statistics: BatchStatistics?)
  /// Of `x` only the shape counts where the convolution has no ReLU in front.
  func convolutionInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor
  func convolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor
  /// x: (N, C); w: (K, C), as PyTorch stores it; y = x wT + b: (N, K).
  func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor
  func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor
  func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor
  /// Sum over all but the last dimension: (C).
  func columnSums(_ dy: Tensor) -> Tensor

  // Normalisation: y = gamma[label] * (x - mean) / sqrt(variance + epsilon) + beta[label]; gamma, beta: (categories, C).
  func batchStatistics(_ x: Tensor) -> BatchStatistics
  /// The formula alone: nothing is halved.
  func bareNormalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor) -> Tensor
  func bareNormaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients
  /// What `normalisation` says, plus `residual`.
  func normalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor, residual: Tensor?) -> Tensor
  /// `throughStatistics`: whether the batch statistics were taken from x itself (training). `dx` is nil unless wanted, the tables likewise.
  func normaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients
  /// A filter w (kernel, kernel, C, K) and its bias (K) that take in the normalisation behind them, by statistics that are constants.
  func folded(_ w: Tensor, bias: Tensor?, _ normalisation: Normalisation, beta: Tensor) -> (w: Tensor, bias: Tensor)

  // Elementwise
  func leakyReLU(_ x: Tensor, negativeSlope: Float) -> Tensor
  func leakyReLUGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float) -> Tensor
  func tanh(_ x: Tensor) -> Tensor
  func tanhGradient(_ y: Tensor, _ dy: Tensor) -> Tensor
  func sum(_ a: Tensor, _ b: Tensor) -> Tensor
  func scaled(_ x: Tensor, by factor: Float) -> Tensor
  /// y += factor * x.
  func add(_ x: Tensor, times factor: Float, to y: inout Tensor)
  /// target <- keep * target + (1 - keep) * x.
  func average(_ x: Tensor, keep: Float, into target: inout Tensor)
  /// L2 norm of every row of the first dimension.
  func rowNorms(_ x: Tensor) -> [Double]

  // Pooling of (N, H, W, C)
  func averagePool(_ x: Tensor, _ k: Int) -> Tensor
  func averagePoolGradient(_ dy: Tensor, inputShape: [Int], _ k: Int) -> Tensor
  /// dx += averagePoolGradient(dy).
  func addAveragePoolGradient(_ dy: Tensor, _ k: Int, to dx: inout Tensor)
  func maximumPool(_ x: Tensor) -> Tensor
  func maximumPoolGradient(_ x: Tensor, _ dy: Tensor) -> Tensor
  func upsample(_ x: Tensor) -> Tensor
  func upsampleGradient(_ dy: Tensor) -> Tensor
  func sumPool(_ x: Tensor) -> Tensor
  func sumPoolGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor

  // Losses of logits, one of each example; dy: (N)
  /// Logits (N) or (N, 1) with one target for all; (N).
  func binaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor
  func binaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor
  /// Logits (N, classes), one label a row; (N).
  func crossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor
  func crossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor
  /// Mean of all elements, shape [], summed in Double.
  func mean(_ x: Tensor) -> Tensor
  func meanGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor
  // The means of these losses, shape []; dy: []
  func meanBinaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor
  func meanBinaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor
  func meanCrossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor
  func meanCrossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor

  // Steps
  /// Moves many tensors at once.
  func adam(_ updates: inout [AdamUpdate], _ step: AdamStep)
  func momentum(_ w: inout Tensor, _ gradient: Tensor, _ velocity: inout Tensor, rate: Float, momentum: Float, decay: Float)
  /// adversarial <- clamp(x + clamp(adversarial + step * sign(gradient) - x, -radius, radius), low, high).
  func signStep(_ adversarial: inout Tensor, from x: Tensor, along gradient: Tensor, _ step: BallStep)
}

/// By what x is normalised.
public struct Normalisation {
  public let batchStatistics: BatchStatistics
  public let epsilon: Float
  /// (categories, C).
  public let gamma: Tensor
  /// The category of each image, or none where there is only one.
  public let labels: [Int]
  /// Whether y is the mean of the normalised numbers over 2 x 2 pixels.
  public var halves = false

  public init(_ batchStatistics: BatchStatistics, epsilon: Float, gamma: Tensor, labels: [Int] = [], halves: Bool = false) {
    (self.batchStatistics, self.epsilon, self.gamma, self.labels, self.halves) = (batchStatistics, epsilon, gamma, labels, halves)
  }
}

/// Gradients of a normalisation: of its input and of its tables.
public struct NormalisationGradients {
  public struct Wants: Sendable {
    public let x: Bool, tables: Bool
  }
  public var x: Tensor?, gamma: Tensor?, beta: Tensor?
}

/// The numbers of one Adam step; share k is 1 - beta_k, correction k is 1 - beta_k^t.
public struct AdamStep: Sendable {
  public let rate: Float, beta1: Float, beta2: Float, share1: Float, share2: Float, epsilon: Float, decay: Float, correction1: Float,
    correction2: Float
}

/// What Adam moves and remembers of one parameter: the numbers, their gradient, its running mean and running mean square.
public struct AdamUpdate {
  public var w: Tensor
  public let gradient: Tensor
  public var m: Tensor, v: Tensor

  public init(w: Tensor, gradient: Tensor, m: Tensor, v: Tensor) { (self.w, self.gradient, self.m, self.v) = (w, gradient, m, v) }
}

/// One step of projected ascent: size and radius in units of the images' range, here [low, high].
public struct BallStep: Sendable {
  public let step: Float, radius: Float, low: Float, high: Float

  public init(step: Float, radius: Float, low: Float = -1, high: Float = 1) {
    (self.step, self.radius, self.low, self.high) = (step, radius, low, high)
  }
}
