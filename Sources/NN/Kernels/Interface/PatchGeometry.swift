/// Where the taps of a square convolution read: output pixel (y, x) reads input rows y * stride - padding + 0 ..< kernel.
public struct PatchGeometry: Sendable {
  public var height: Int, width: Int, channels: Int
  public var kernel: Int, stride: Int, padding: Int
  public var outputHeight: Int, outputWidth: Int

  public init(height: Int, width: Int, channels: Int, kernel: Int, stride: Int, padding: Int) {
    self.height = height
    self.width = width
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    outputHeight = (height + 2 * padding - kernel) / stride + 1
    outputWidth = (width + 2 * padding - kernel) / stride + 1
  }

  /// Numbers in one patch: kernel * kernel * channels.
  public var patchSize: Int { kernel * kernel * channels }
}
