import NNKernels

extension KernelSet {
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
            // The taps of one row stand next to each other in the image too.
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

  public func flipFilter(_ w: Source, kernel: Int, c: Int, k: Int, into flipped: Target) {
    let taps = kernel * kernel
    for tap in 0..<taps {
      let from = w + tap * c * k
      let to = flipped + (taps - 1 - tap) * c * k
      for i in 0..<c { for j in 0..<k { to[j * c + i] = from[i * k + j] } }
    }
  }
}
