import NNKernels

/// 3 x 3 convolutions between images of three channels and many: the first layer of a discriminator, the last of a generator.
extension CPUBackend {
  func threeToManyConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor {
    threeToMany(x, w.source, outputs: w.shape[3], bias: bias?.source, gate: nil, negativeSlope: 0)
  }

  /// The input gradient of a convolution to three channels: three channels to many again.
  func threeToManyInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, negativeSlope: Float?) -> Tensor {
    let turned = w.buffer.derived(.turned) {
      let turned = Buffer(w.count, from: pool)
      kernels.flipFilter(w.source, kernel: 3, c: w.shape[2], k: 3, into: turned.pointer)
      return turned
    }
    return threeToMany(dy, Source(turned.pointer), outputs: w.shape[2], bias: nil, gate: negativeSlope == nil ? nil : x.source, negativeSlope: negativeSlope ?? 0)
  }

  private func threeToMany(_ x: Tensor, _ w: Source, outputs k: Int, bias: Source?, gate: Source?, negativeSlope: Float) -> Tensor {
    let (n, h, width, _) = image("convolution", x.shape)
    let y = make([n, h, width, k])
    overRowBands(images: n, height: h, rows: 16, scratch: 18 * (width + 2) * 3) { image, rows, scratch in
      let at = (image * h + rows.lowerBound) * width * k
      kernels.convolveThreeToMany(
        x.source + image * h * width * 3, height: h, width: width, rows: rows, w, outputs: k, bias: bias, gate: gate.map { $0 + at },
        gateNegativeSlope: negativeSlope, into: y.buffer.pointer + at, scratch: scratch)
    }
    return y
  }

  /// `w`: (C, 32) of `projection` or `turnedProjection`.
  func manyToThreeConvolution(_ x: Tensor, _ w: Buffer, negativeSlope: Float?, bias: Tensor?) -> Tensor {
    let (n, h, width, c) = image("convolution", x.shape)
    let y = make([n, h, width, 3])
    overRowBands(images: n, height: h, rows: 32, scratch: 34 * width * 32 + width * c) { image, rows, scratch in
      kernels.convolveManyToThree(
        x.source + image * h * width * c, height: h, width: width, inputs: c, rows: rows, w.pointer, negativeSlope: negativeSlope,
        bias: bias?.source, into: y.buffer.pointer + (image * h + rows.lowerBound) * width * 3, scratch: scratch)
    }
    return y
  }

  /// Column 3 tap + o of row c: w[tap][c][o], for w (3, 3, C, 3).
  func projection(_ w: Tensor) -> Buffer {
    w.buffer.derived(.projection) { projection(channels: w.shape[2]) { [from = w.source, inputs = w.shape[2]] tap, c, o in from[(tap * inputs + c) * 3 + o] } }
  }

  /// The projection of the input gradient of w (3, 3, 3, K): column 3 tap + o of row k: w[8 - tap][o][k].
  func turnedProjection(_ w: Tensor) -> Buffer {
    let k = w.shape[3]
    return w.buffer.derived(.turnedProjection) { projection(channels: k) { [from = w.source] tap, c, o in from[((8 - tap) * 3 + o) * k + c] } }
  }

  private func projection(channels: Int, _ weight: (_ tap: Int, _ channel: Int, _ output: Int) -> Float) -> Buffer {
    let columns = Buffer(channels * 32, from: pool)
    columns.pointer.update(repeating: 0, count: channels * 32)
    for c in 0..<channels { for tap in 0..<9 { for o in 0..<3 { columns.pointer[c * 32 + 3 * tap + o] = weight(tap, c, o) } } }
    return columns
  }

  /// (3, 3, 3, K), from x (N, H, W, 3) and dy (N, H, W, K), the latter activated where a negativeSlope is given. Sums are kept in at most
  /// eight groups of images.
  func threeToManyWeightGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float?) -> Tensor {
    let (n, h, width, k) = image("convolutionWeightGradient", dy.shape)
    let groups = min(n, 8)
    let parts = zeros([groups, 27 * k])
    let room = (h + 2) * (width + 2) * 3
    let scratch = scratch(room)
    workers.run(groups) { group, worker in
      for image in n * group / groups..<n * (group + 1) / groups {
        kernels.threeToManyWeightGradient(
          x.source + image * h * width * 3, dy.source + image * h * width * k, height: h, width: width, outputs: k, negativeSlope: negativeSlope,
          into: parts.buffer.pointer + group * 27 * k, scratch: scratch.pointer + worker * room)
      }
    }
    return summed(parts, groups: groups, into: [3, 3, 3, k])
  }

  /// (3, 3, C, 3): the gradient of three channels to many with the roles exchanged, turned back.
  func manyToThreeWeightGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float?) -> Tensor {
    let turned = threeToManyWeightGradient(dy, x, negativeSlope: negativeSlope)
    let c = x.shape[3]
    let dw = make([3, 3, c, 3])
    kernels.flipFilter(turned.source, kernel: 3, c: 3, k: c, into: dw.buffer.pointer)
    return dw
  }

  private func overRowBands(images: Int, height: Int, rows: Int, scratch room: Int, _ body: (Int, Range<Int>, Target) -> Void) {
    let bands = (height + rows - 1) / rows
    let scratch = scratch(room)
    workers.run(images * bands) { task, worker in
      let first = task % bands * rows
      body(task / bands, first..<min(height, first + rows), scratch.pointer + worker * room)
    }
  }
}
