/// A square convolution (kernel x kernel taps, moved by `stride`, over an image with `padding` zeros around it), and what surrounds it:
///
/// y = halve(w * repeat(ReLU(x)) + b) (+ residual)
public struct ConvolutionShape: Equatable, Sendable {
  public let kernel: Int, stride: Int, padding: Int
  /// x counts as x where positive, else as negativeSlope * x; nil: as it is.
  public var negativeSlope: Float?
  /// Every pixel of x is repeated 2 x 2 times first (nearest-neighbour upsampling).
  public var upsamples = false
  /// y is the mean over 2 x 2 pixels.
  public var halves = false
  /// Every pixel of the residual is repeated 2 x 2 times.
  public var repeatsResidual = false
  /// Whether the batch statistics of y are wanted: they cost less at once.
  public var measures = false

  public init(kernel: Int, stride: Int = 1, padding: Int) {
    precondition(kernel >= 1 && stride >= 1 && padding >= 0, "convolution: kernel \(kernel), stride \(stride), padding \(padding)")
    (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
  }

  /// The same without what surrounds it.
  var bare: ConvolutionShape { ConvolutionShape(kernel: kernel, stride: stride, padding: padding) }

  /// Whether every output pixel depends on its own input pixel alone.
  var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }

  /// Rows (or columns) of the convolution itself for an image of so many: after repeating, before halving.
  func innerSize(_ size: Int) -> Int { ((upsamples ? 2 * size : size) + 2 * padding - kernel) / stride + 1 }

  func outputSize(_ size: Int) -> Int { halves ? innerSize(size) / 2 : innerSize(size) }
}

/// How 3 x 3 convolutions are computed.
public enum ConvolutionMethod: String, CaseIterable, Sendable {
  /// By Winograd's F(4 x 4, 3 x 3) where the shape allows it: four times fewer products, a relative error of some 1e-6.
  case winograd
  /// Product by product (relative error some 2e-7): the reference.
  case exact
}
