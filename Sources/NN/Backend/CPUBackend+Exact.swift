import NNKernels

/// Bare convolutions by patches (im2col) and OpenBLAS. Every chunk is fixed by the shapes alone, so are the orders of summation.
extension CPUBackend {
  public func bareConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = image("convolution", x.shape)
    precondition(
      w.shape.count == 4 && w.shape[0] == shape.kernel && w.shape[1] == shape.kernel && w.shape[2] == c,
      "convolution: x \(x.shape), w \(w.shape), kernel \(shape.kernel)")
    let k = w.shape[3]
    precondition(bias.map { $0.shape == [k] } ?? true, "convolution: w \(w.shape), bias \(bias?.shape ?? [])")
    let g = shape.geometry(height: h, width: width, channels: c)
    let y = make([n, g.outputHeight, g.outputWidth, k])
    overBands(x, g) { patches, band in
      let out = y.buffer.pointer + band.firstPixel * k
      matrixProduct(patches, w.source, out, rows: band.pixels, inner: g.patchSize, columns: k)
      if let bias { kernels.addBias(bias.source, columns: k, to: out, rows: 0..<band.pixels) }
    }
    return y
  }

  public func bareConvolutionInputGradient(_ dy: Tensor, _ w: Tensor, inputShape: [Int], _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = image("convolutionInputGradient", inputShape)
    let k = w.shape[3]
    let g = shape.geometry(height: h, width: width, channels: c)
    precondition(
      dy.shape == [n, g.outputHeight, g.outputWidth, k], "convolutionInputGradient: dy \(dy.shape), w \(w.shape), input \(inputShape)")
    if shape.isPointwise { return pointwiseInputGradient(dy, w) }
    if shape.stride == 1, 2 * shape.padding == shape.kernel - 1 {
      let flipped = make([shape.kernel, shape.kernel, k, c])
      kernels.flipFilter(w.source, kernel: shape.kernel, c: c, k: k, into: flipped.buffer.pointer)
      return bareConvolution(dy, flipped, bias: nil, shape)
    }
    let pixels = g.outputHeight * g.outputWidth
    let scratch = scratch(pixels * g.patchSize)
    let dx = zeros(inputShape)
    workers.run(n) { i, worker in
      let patches = scratch.pointer + worker * pixels * g.patchSize
      matrixProduct(dy.source + i * pixels * k, w.source, patches, rows: pixels, inner: k, columns: g.patchSize, transposeB: true)
      kernels.scatterPatches(patches, g, addingTo: dx.buffer.pointer + i * h * width * c)
    }
    return dx
  }

  /// dx = dy wT, pixel by pixel.
  private func pointwiseInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor {
    let (c, k) = (w.shape[2], w.shape[3])
    let dx = make(dy.shape.dropLast() + [c])
    let (pixels, grain) = (dx.count / max(c, 1), 512)
    workers.run((pixels + grain - 1) / grain) { chunk, _ in
      let first = chunk * grain
      matrixProduct(
        dy.source + first * k, w.source, dx.buffer.pointer + first * c, rows: min(grain, pixels - first), inner: k, columns: c,
        transposeB: true)
    }
    return dx
  }

  public func bareConvolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = image("convolutionWeightGradient", x.shape)
    let g = shape.geometry(height: h, width: width, channels: c)
    let k = dy.shape[3]
    let groups = min(n, 8)
    let size = g.patchSize * k
    precondition(dy.shape == [n, g.outputHeight, g.outputWidth, k], "convolutionWeightGradient: x \(x.shape), dy \(dy.shape)")
    let parts = zeros([groups, size])
    let bands = Bands(g, images: n, kernels)
    let scratch = scratch(bands.patchNumbers)
    workers.run(groups) { group, worker in
      let patches = scratch.pointer + worker * bands.patchNumbers
      for band in bands.count * group / groups..<bands.count * (group + 1) / groups {
        let place = bands[band]
        let rows = bands.patches(x.source, place, g, into: patches)
        matrixProduct(
          rows, dy.source + place.firstPixel * k, parts.buffer.pointer + group * size, rows: g.patchSize, inner: place.pixels,
          columns: k, transposeA: true, adding: true)
      }
    }
    return summed(parts, groups: groups, into: [shape.kernel, shape.kernel, c, k])
  }

  /// Calls `body` with the patches of every band of output rows.
  private func overBands(_ x: Tensor, _ g: PatchGeometry, _ body: (Source, Bands.Place) -> Void) {
    let bands = Bands(g, images: x.shape[0], kernels)
    let scratch = scratch(bands.patchNumbers)
    workers.run(bands.count) { band, worker in
      let place = bands[band]
      body(bands.patches(x.source, place, g, into: scratch.pointer + worker * bands.patchNumbers), place)
    }
  }
}

extension ConvolutionShape {
  /// Where the taps read, in images of this size.
  fileprivate func geometry(height: Int, width: Int, channels: Int) -> PatchGeometry {
    PatchGeometry(height: height, width: width, channels: channels, kernel: kernel, stride: stride, padding: padding)
  }
}

/// The output rows of a batch, one image's after another's, cut into bands of so many pixels that their patches stay in the cache.
private struct Bands {
  private let kernels: any Kernels
  struct Place {
    /// Rows of the whole batch.
    let rows: Range<Int>
    let firstPixel: Int, pixels: Int
  }

  private let rowsPerBand: Int, rows: Int, height: Int, width: Int
  private let direct: Bool
  let count: Int
  /// Numbers that the patches of one band take; none where pixels serve as they are.
  let patchNumbers: Int

  init(_ g: PatchGeometry, images: Int, _ kernels: any Kernels) {
    self.kernels = kernels
    height = g.outputHeight
    width = g.outputWidth
    rows = images * height
    let pixels = max(64, min(512, 262_144 / g.patchSize))
    rowsPerBand = max(1, pixels / max(width, 1))
    count = (rows + rowsPerBand - 1) / rowsPerBand
    direct = g.kernel == 1 && g.stride == 1 && g.padding == 0
    patchNumbers = direct ? 1 : rowsPerBand * width * g.patchSize
  }

  subscript(band: Int) -> Place {
    let first = band * rowsPerBand
    let last = min(rows, first + rowsPerBand)
    return Place(rows: first..<last, firstPixel: first * width, pixels: (last - first) * width)
  }

  /// The patches of a band, gathered into `scratch`; for 1 x 1 convolutions the pixels themselves.
  func patches(_ x: Source, _ place: Place, _ g: PatchGeometry, into scratch: Target) -> Source {
    if direct { return x + place.firstPixel * g.channels }
    var row = place.rows.lowerBound
    var out = scratch
    while row < place.rows.upperBound {
      let image = row / height
      let first = row % height
      let last = min(height, first + place.rows.upperBound - row)
      kernels.gatherPatches(x + image * g.height * g.width * g.channels, rows: first..<last, g, into: out)
      out += (last - first) * width * g.patchSize
      row += last - first
    }
    return UnsafePointer(scratch)
  }
}
