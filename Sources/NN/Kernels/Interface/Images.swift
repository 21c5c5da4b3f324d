/// Read-only and writable rows of Float32 numbers. Kernels are plain functions over these; they check nothing.
/// Images are stored (N, H, W, C): the channels of a pixel stand next to each other.
public typealias Source = UnsafePointer<Float>
public typealias Target = UnsafeMutablePointer<Float>

/// Pixels and channels of one image (H, W, C).
public struct ImageSize: Sendable {
  public let height: Int, width: Int, channels: Int

  public init(height: Int, width: Int, channels: Int) { (self.height, self.width, self.channels) = (height, width, channels) }
}

/// How one image is read: mirrored or not, and moved by (rows, columns) with zeros from outside (the value of black, 0 of 255).
public struct Framing: Sendable {
  public var mirrored: Bool
  public var rows: Int, columns: Int

  public init(mirrored: Bool = false, rows: Int = 0, columns: Int = 0) {
    (self.mirrored, self.rows, self.columns) = (mirrored, rows, columns)
  }
}

/// One image from bytes to numbers: y = byte / divisor - 1; divisor 127.5 gives [-1, 1].
///
/// pixels: (H, W, 3) bytes; y: (H, W, 3). Output (r, s) reads input (r + rows, s + columns), from the right when mirrored.
public func readImage(_ pixels: UnsafePointer<UInt8>, height: Int, width: Int, framing: Framing, divisor: Float, into y: Target) {
  for r in 0..<height {
    let ir = r + framing.rows
    for s in 0..<width {
      let ic = (framing.mirrored ? width - 1 - s : s) + framing.columns
      let out = y + (r * width + s) * 3
      let inside = ir >= 0 && ir < height && ic >= 0 && ic < width
      for j in 0..<3 { out[j] = inside ? Float(pixels[(ir * width + ic) * 3 + j]) / divisor - 1 : -1 }
    }
  }
}

/// Numbers in [-1, 1] to bytes, rounded to the nearest: round((x + 1) * 127.5), clamped. NaN becomes 0.
public func quantise(_ x: Source, into bytes: UnsafeMutablePointer<UInt8>, _ range: Range<Int>) {
  for i in range {
    let v = (x[i] + 1) * 127.5
    bytes[i] = v >= 254.5 ? 255 : (v > 0 ? UInt8(v + 0.5) : 0)
  }
}

/// Where the taps of a square convolution read: output pixel (y, x) reads input rows y * stride - padding + 0 ..< kernel.
public struct PatchGeometry: Sendable {
  public var height: Int, width: Int, channels: Int
  public var kernel: Int, stride: Int, padding: Int
  public var outputHeight: Int, outputWidth: Int

  public init(height: Int, width: Int, channels: Int, kernel: Int, stride: Int, padding: Int) {
    (self.height, self.width, self.channels, self.kernel, self.stride, self.padding) = (height, width, channels, kernel, stride, padding)
    outputHeight = (height + 2 * padding - kernel) / stride + 1
    outputWidth = (width + 2 * padding - kernel) / stride + 1
  }

  /// Numbers in one patch: kernel * kernel * channels.
  public var patchSize: Int { kernel * kernel * channels }
}
