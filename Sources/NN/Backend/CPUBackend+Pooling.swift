import NNKernels

extension CPUBackend {
  public func averagePool(_ x: Tensor, _ k: Int) -> Tensor {
    let (n, h, w, c) = image("averagePool", x.shape)
    return pooled(x, [n, h / k, w / k, c], k: k, factor: 1 / Float(k * k))
  }

  public func averagePoolGradient(_ dy: Tensor, inputShape: [Int], _ k: Int) -> Tensor {
    spreadOut(dy, inputShape, k: k, factor: 1 / Float(k * k))
  }

  public func addAveragePoolGradient(_ dy: Tensor, _ k: Int, to dx: inout Tensor) {
    let (n, h, w, c) = image("addAveragePoolGradient", dx.shape)
    precondition(dy.shape == [n, h / k, w / k, c], "addAveragePoolGradient: dy \(dy.shape), dx \(dx.shape), k \(k)")
    let out = dx.target(copyingWith: pool)
    workers.run(n) { i, _ in
      kernels.addSpread(
        dy.source + i * (h / k) * (w / k) * c, height: h / k, width: w / k, channels: c, k: k, factor: 1 / Float(k * k),
        to: out + i * h * w * c, outWidth: w)
    }
  }

  public func upsample(_ x: Tensor) -> Tensor {
    let (n, h, w, c) = image("upsample", x.shape)
    return spreadOut(x, [n, 2 * h, 2 * w, c], k: 2, factor: 1)
  }

  public func upsampleGradient(_ dy: Tensor) -> Tensor {
    let (n, h, w, c) = image("upsampleGradient", dy.shape)
    return pooled(dy, [n, h / 2, w / 2, c], k: 2, factor: 1)
  }

  public func maximumPool(_ x: Tensor) -> Tensor {
    let (n, h, w, c) = image("maximumPool", x.shape)
    return perImage(n, [n, h / 2, w / 2, c]) { i, y in
      kernels.poolMaximum(x.source + i * h * w * c, height: h, width: w, channels: c, into: y)
    }
  }

  public func maximumPoolGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    let (n, h, w, c) = image("maximumPoolGradient", x.shape)
    precondition(dy.shape == [n, h / 2, w / 2, c], "maximumPoolGradient: x \(x.shape), dy \(dy.shape)")
    return perImage(n, x.shape) { i, dx in
      kernels.poolMaximumGradient(
        x.source + i * h * w * c, dy.source + i * (h / 2) * (w / 2) * c, height: h, width: w, channels: c, into: dx)
    }
  }

  public func sumPool(_ x: Tensor) -> Tensor {
    let (n, h, w, c) = image("sumPool", x.shape)
    return perImage(n, [n, c]) { i, y in kernels.poolAll(x.source + i * h * w * c, pixels: h * w, channels: c, into: y) }
  }

  public func sumPoolGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor {
    let (n, h, w, c) = image("sumPoolGradient", inputShape)
    precondition(dy.shape == [n, c], "sumPoolGradient: dy \(dy.shape) for input \(inputShape)")
    return perImage(n, inputShape) { i, dx in kernels.poolAllGradient(dy.source + i * c, pixels: h * w, channels: c, into: dx) }
  }

  private func pooled(_ x: Tensor, _ shape: [Int], k: Int, factor: Float) -> Tensor {
    let (n, h, w, c) = image("pool", x.shape)
    return perImage(n, shape) { i, y in
      kernels.poolSum(x.source + i * h * w * c, height: h, width: w, channels: c, k: k, factor: factor, into: y)
    }
  }

  private func spreadOut(_ x: Tensor, _ shape: [Int], k: Int, factor: Float) -> Tensor {
    let (n, h, w, c) = image("spread", x.shape)
    precondition(
      shape.count == 4 && shape[0] == n && shape[3] == c && shape[1] / k == h && shape[2] / k == w, "spread: \(x.shape) to \(shape)")
    return perImage(n, shape) { i, y in
      kernels.spread(
        x.source + i * h * w * c, height: h, width: w, channels: c, k: k, factor: factor, into: y, outHeight: shape[1], outWidth: shape[2])
    }
  }

  /// The four dimensions of a batch of images.
  func image(_ operation: String, _ shape: [Int]) -> (n: Int, h: Int, w: Int, c: Int) {
    precondition(shape.count == 4, "\(operation): shape \(shape) is not (N, H, W, C)")
    return (shape[0], shape[1], shape[2], shape[3])
  }
}
