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

/// im2col of one picture: for the output rows `rows`, one row of `patchSize` numbers an output pixel; zeros outside the picture.
///
/// x: (H, W, C); patches: (rows.count * outputWidth, kernel, kernel, C).
public func gatherPatches(_ x: Source, rows: Range<Int>, _ g: PatchGeometry, into patches: Target) {
  let c = g.channels
  let tapRow = g.kernel * c
  var out = patches
  for oy in rows {
    for ox in 0..<g.outputWidth {
      let left = ox * g.stride - g.padding
      for ky in 0..<g.kernel {
        let iy = oy * g.stride - g.padding + ky
        if iy < 0 || iy >= g.height {
          out.update(repeating: 0, count: tapRow)
        } else if left >= 0, left + g.kernel <= g.width {
          // The taps of one row stand next to each other in the picture too.
          out.update(from: x + (iy * g.width + left) * c, count: tapRow)
        } else {
          for kx in 0..<g.kernel {
            let ix = left + kx
            let tap = out + kx * c
            if ix >= 0, ix < g.width { tap.update(from: x + (iy * g.width + ix) * c, count: c) } else { tap.update(repeating: 0, count: c) }
          }
        }
        out += tapRow
      }
    }
  }
}

/// col2im of one picture, the transpose of `gatherPatches`: adds every patch number to the pixel it came from.
///
/// dPatches: (outputHeight * outputWidth, kernel, kernel, C); dx: (H, W, C), added to.
public func scatterPatches(_ dPatches: Source, _ g: PatchGeometry, addingTo dx: Target) {
  let c = g.channels
  var source = dPatches
  for oy in 0..<g.outputHeight {
    for ox in 0..<g.outputWidth {
      for ky in 0..<g.kernel {
        let iy = oy * g.stride - g.padding + ky
        for kx in 0..<g.kernel {
          let ix = ox * g.stride - g.padding + kx
          if iy >= 0, iy < g.height, ix >= 0, ix < g.width {
            let target = dx + (iy * g.width + ix) * c
            for k in 0..<c { target[k] += source[k] }
          }
          source += c
        }
      }
    }
  }
}

/// The filter of the input gradient of a convolution with stride 1: turned by 180 degrees, input and output channels exchanged.
///
/// w: (kernel, kernel, C, K); flipped: (kernel, kernel, K, C).
public func flipFilter(_ w: Source, kernel: Int, c: Int, k: Int, into flipped: Target) {
  let taps = kernel * kernel
  for tap in 0..<taps {
    let from = w + tap * c * k
    let to = flipped + (taps - 1 - tap) * c * k
    for i in 0..<c { for j in 0..<k { to[j * c + i] = from[i * k + j] } }
  }
}
