/// Pixels and channels of one image (H, W, C).
public struct ImageSize: Sendable {
  public let height: Int, width: Int, channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }
}
