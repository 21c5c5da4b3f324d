import COpenBLAS
import NNKernels

/// Convolutions by patches (im2col) and OpenBLAS. Every chunk is fixed by the shapes alone, so are the orders of summation.
extension CPUBackend {
  public func convolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = picture("convolution", x.shape)
    precondition(
      w.shape.count == 4 && w.shape[0] == shape.kernel && w.shape[1] == shape.kernel && w.shape[2] == c,
      "convolution: x \(x.shape), w \(w.shape), kernel \(shape.kernel)")
    let k = w.shape[3]
    precondition(bias.map { $0.shape == [k] } ?? true, "convolution: w \(w.shape), bias \(bias?.shape ?? [])")
    let g = PatchGeometry(height: h, width: width, channels: c, kernel: shape.kernel, stride: shape.stride, padding: shape.padding)
    let y = make([n, g.outputHeight, g.outputWidth, k])
    overBands(x, g) { patches, band in
      let out = y.buffer.pointer + band.firstPixel * k
      product(patches, w.source, out, rows: band.pixels, inner: g.patchSize, columns: k)
      if let bias { addBias(bias.source, columns: k, to: out, rows: 0..<band.pixels) }
    }
    return y
  }

  public func convolutionInputGradient(_ dy: Tensor, _ w: Tensor, inputShape: [Int], _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = picture("convolutionInputGradient", inputShape)
    let k = w.shape[3]
    let g = PatchGeometry(height: h, width: width, channels: c, kernel: shape.kernel, stride: shape.stride, padding: shape.padding)
    precondition(
      dy.shape == [n, g.outputHeight, g.outputWidth, k], "convolutionInputGradient: dy \(dy.shape), w \(w.shape), input \(inputShape)")
    if shape.stride == 1, 2 * shape.padding == shape.kernel - 1 {
      let flipped = make([shape.kernel, shape.kernel, k, c])
      flipFilter(w.source, kernel: shape.kernel, c: c, k: k, into: flipped.buffer.pointer)
      return convolution(dy, flipped, bias: nil, shape)
    }
    let pixels = g.outputHeight * g.outputWidth
    let scratch = make([workers.count, pixels * g.patchSize])
    let dx = zeros(inputShape)
    workers.run(n) { i, worker in
      let patches = scratch.buffer.pointer + worker * pixels * g.patchSize
      product(dy.source + i * pixels * k, w.source, patches, rows: pixels, inner: k, columns: g.patchSize, transposeB: true)
      scatterPatches(patches, g, addingTo: dx.buffer.pointer + i * h * width * c)
    }
    return dx
  }

  public func convolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = picture("convolutionWeightGradient", x.shape)
    let g = PatchGeometry(height: h, width: width, channels: c, kernel: shape.kernel, stride: shape.stride, padding: shape.padding)
    let k = dy.shape[3]
    let groups = min(n, 8)
    let size = g.patchSize * k
    precondition(dy.shape == [n, g.outputHeight, g.outputWidth, k], "convolutionWeightGradient: x \(x.shape), dy \(dy.shape)")
    let parts = zeros([groups, size])
    let bands = Bands(g, pictures: n)
    let scratch = make([workers.count, bands.patchNumbers])
    workers.run(groups) { group, worker in
      let patches = scratch.buffer.pointer + worker * bands.patchNumbers
      for band in bands.count * group / groups..<bands.count * (group + 1) / groups {
        let place = bands[band]
        let rows = bands.patches(x.source, place, g, into: patches)
        product(
          rows, dy.source + place.firstPixel * k, parts.buffer.pointer + group * size, rows: g.patchSize, inner: place.pixels,
          columns: k, transposeA: true, adding: true)
      }
    }
    return summed(parts, groups: groups, into: [shape.kernel, shape.kernel, c, k])
  }

  public func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor {
    precondition(x.shape.count == 2 && w.shape.count == 2 && x.shape[1] == w.shape[1], "linear: x \(x.shape), w \(w.shape)")
    let (n, c, k) = (x.shape[0], x.shape[1], w.shape[0])
    let y = make([n, k])
    overRows(n) { rows in
      let out = y.buffer.pointer + rows.lowerBound * k
      product(x.source + rows.lowerBound * c, w.source, out, rows: rows.count, inner: c, columns: k, transposeB: true)
      if let bias { addBias(bias.source, columns: k, to: out, rows: 0..<rows.count) }
    }
    return y
  }

  public func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor {
    precondition(dy.shape.count == 2 && dy.shape[1] == w.shape[0], "linearInputGradient: dy \(dy.shape), w \(w.shape)")
    let (n, c, k) = (dy.shape[0], w.shape[1], w.shape[0])
    let dx = make([n, c])
    overRows(n) { rows in
      product(
        dy.source + rows.lowerBound * k, w.source, dx.buffer.pointer + rows.lowerBound * c, rows: rows.count, inner: k, columns: c)
    }
    return dx
  }

  public func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    precondition(
      x.shape.count == 2 && dy.shape.count == 2 && x.shape[0] == dy.shape[0], "linearWeightGradient: x \(x.shape), dy \(dy.shape)")
    let dw = make([dy.shape[1], x.shape[1]])
    product(
      dy.source, x.source, dw.buffer.pointer, rows: dy.shape[1], inner: x.shape[0], columns: x.shape[1], transposeA: true)
    return dw
  }

  public func columnSums(_ dy: Tensor) -> Tensor {
    let c = dy.shape[dy.shape.count - 1]
    let rows = dy.count / max(c, 1)
    let grain = 256
    let chunks = (rows + grain - 1) / grain
    let parts = zeros([chunks, c])
    workers.run(chunks) { chunk, _ in
      addColumns(
        dy.source, columns: c, rows: chunk * grain..<min(rows, (chunk + 1) * grain), to: parts.buffer.pointer + chunk * c)
    }
    return summed(parts, groups: chunks, into: [c])
  }

  /// Sum of the groups, first to last.
  private func summed(_ parts: Tensor, groups: Int, into shape: [Int]) -> Tensor {
    let total = zeros(shape)
    let size = total.count
    overElements(size) { range in
      for group in 0..<groups { addScaled(1, parts.source + group * size, to: total.buffer.pointer, range) }
    }
    return total
  }

  private func overRows(_ count: Int, _ body: (Range<Int>) -> Void) {
    let grain = 16
    workers.run((count + grain - 1) / grain) { chunk, _ in body(chunk * grain..<min(count, (chunk + 1) * grain)) }
  }

  /// Calls `body` with the patches of every band of output rows.
  private func overBands(_ x: Tensor, _ g: PatchGeometry, _ body: (Source, Bands.Place) -> Void) {
    let bands = Bands(g, pictures: x.shape[0])
    let scratch = make([workers.count, bands.patchNumbers])
    workers.run(bands.count) { band, worker in
      let place = bands[band]
      body(bands.patches(x.source, place, g, into: scratch.buffer.pointer + worker * bands.patchNumbers), place)
    }
  }
}

/// The output rows of a batch, one picture's after another's, cut into bands of so many pixels that their patches stay in the cache.
private struct Bands {
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

  init(_ g: PatchGeometry, pictures: Int) {
    height = g.outputHeight
    width = g.outputWidth
    rows = pictures * height
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
      let picture = row / height
      let first = row % height
      let last = min(height, first + place.rows.upperBound - row)
      gatherPatches(x + picture * g.height * g.width * g.channels, rows: first..<last, g, into: out)
      out += (last - first) * width * g.patchSize
      row += last - first
    }
    return UnsafePointer(scratch)
  }
}

/// y = a b (+ y), row-major; a: (rows, inner) or its transpose, b: (inner, columns) or its transpose.
private func product(
  _ a: Source, _ b: Source, _ y: Target, rows: Int, inner: Int, columns: Int, transposeA: Bool = false, transposeB: Bool = false,
  adding: Bool = false
) {
  guard rows > 0, columns > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    Int32(rows), Int32(columns), Int32(inner), 1, a, Int32(transposeA ? rows : inner), b, Int32(transposeB ? inner : columns),
    adding ? 1 : 0, y, Int32(columns))
}
