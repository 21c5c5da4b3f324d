import NNKernels

extension CPUBackend {
  public func batchStatistics(_ x: Tensor) -> BatchStatistics {
    let c = x.shape[x.shape.count - 1]
    let rows = x.count / max(c, 1)
    precondition(rows >= 1, "batchStatistics: shape \(x.shape) has no rows")
    let grain = 256
    let chunks = (rows + grain - 1) / grain
    let parts = make([chunks, 2, c])
    workers.run(chunks) { chunk, _ in
      let mean = parts.buffer.pointer + 2 * chunk * c
      kernels.chunkStatistics(
        x.source + chunk * grain * c, rows: min(grain, rows - chunk * grain), channels: c, mean: mean, deviations: mean + c)
    }
    return merged(parts.buffer.pointer, (0..<chunks).map { min(grain, rows - $0 * grain) }, channels: c)
  }

  /// Joins the chunks' statistics one after another (Chan, Golub and LeVeque 1979), in Double.
  func merged(_ parts: Target, _ counts: [Int], channels c: Int) -> BatchStatistics {
    let mean = make([c])
    let variance = make([c])
    let (means, variances) = (mean.buffer.pointer, variance.buffer.pointer)
    workers.run(c) { j, _ in
      var total = 0.0
      var average = 0.0
      var deviations = 0.0
      for (chunk, pixels) in counts.enumerated() {
        let count = Double(pixels)
        let distance = Double(parts[2 * chunk * c + j]) - average
        let joined = total + count
        deviations += Double(parts[(2 * chunk + 1) * c + j]) + distance * distance * total * count / joined
        average += distance * count / joined
        total = joined
      }
      means[j] = Float(average)
      variances[j] = Float(deviations / total)
    }
    return BatchStatistics(mean: mean, variance: variance, population: counts.reduce(0, +))
  }

  public func bareNormalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor) -> Tensor {
    normalise(x, by: normalisation, beta: beta, residual: nil)
  }

  public func bareNormaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients { normaliseGradients(x, dy, by: normalisation, throughStatistics: throughStatistics, wants: wants) }

  public func normalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor, residual: Tensor?) -> Tensor {
    let layout = NormalisationLayout(x, normalisation)
    let (batchStatistics, gamma) = (normalisation.batchStatistics, normalisation.gamma)
    let c = layout.image.channels
    let factors = factors(gamma, inverseDeviation(batchStatistics.variance, normalisation.epsilon))
    precondition(residual.map { $0.shape == layout.outputShape } ?? true, "normalise: x \(x.shape), residual \(residual?.shape ?? [])")
    return perImage(layout.images, layout.outputShape) { n, y in
      let table = layout.label(n) * c
      kernels.normalise(
        x.source + n * layout.size, layout.image, halves: layout.halves, mean: batchStatistics.mean.source, factor: factors.source + table,
        shift: beta.source + table, residual: residual.map { $0.source + n * layout.outputSize }, into: y)
    }
  }

  public func normaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    let layout = NormalisationLayout(x, normalisation)
    precondition(dy.shape == layout.outputShape, "normaliseGradients: x \(x.shape), dy \(dy.shape)")
    let (mean, gamma) = (normalisation.batchStatistics.mean, normalisation.gamma)
    let inverse = inverseDeviation(normalisation.batchStatistics.variance, normalisation.epsilon)
    var result = NormalisationGradients()
    let needsSums = wants.tables || throughStatistics
    let sums = needsSums ? imageSums(x, dy, mean, inverse, layout) : []
    if wants.tables { (result.beta, result.gamma) = tables(sums, layout, gamma.shape) }
    if wants.x { result.x = inputGradient(x, dy, mean, inverse, gamma, layout, sums: throughStatistics ? sums : nil) }
    return result
  }

  private func inverseDeviation(_ variance: Tensor, _ epsilon: Float) -> Tensor {
    let inverse = make(variance.shape)
    let (from, into) = (variance.source, inverse.buffer.pointer)
    for j in 0..<variance.count { into[j] = 1 / (from[j] + epsilon).squareRoot() }
    return inverse
  }

  /// gamma * inverse, row by row of the tables.
  private func factors(_ gamma: Tensor, _ inverse: Tensor) -> Tensor {
    let result = make(gamma.shape)
    let (c, from, by, into) = (inverse.count, gamma.source, inverse.source, result.buffer.pointer)
    for row in 0..<gamma.shape[0] { for j in 0..<c { into[row * c + j] = from[row * c + j] * by[j] } }
    return result
  }

  /// For every image and channel sum dy and sum dy x̂: numbers [n][0 or 1][c].
  private func imageSums(_ x: Tensor, _ dy: Tensor, _ mean: Tensor, _ inverse: Tensor, _ layout: NormalisationLayout) -> [Double] {
    let c = layout.image.channels
    let blocks = make([workers.count, 2 * c])
    return [Double](unsafeUninitializedCapacity: layout.images * 2 * c) { sums, count in
      guard let base = sums.baseAddress else { return }
      nonisolated(unsafe) let out = base
      workers.run(layout.images) { n, worker in
        kernels.gradientSums(
          x.source + n * layout.size, dy.source + n * layout.outputSize, layout.image, halves: layout.halves, mean: mean.source,
          inverse: inverse.source, block: blocks.buffer.pointer + worker * 2 * c, sumDy: out + 2 * n * c, sumDyX: out + (2 * n + 1) * c)
      }
      count = layout.images * 2 * c
    }
  }

  private func tables(_ sums: [Double], _ layout: NormalisationLayout, _ shape: [Int]) -> (beta: Tensor, gamma: Tensor) {
    let c = layout.image.channels
    var beta = [Double](repeating: 0, count: shape[0] * c)
    var gamma = beta
    for n in 0..<layout.images {
      let table = layout.label(n) * c
      for j in 0..<c {
        beta[table + j] += sums[2 * n * c + j]
        gamma[table + j] += sums[(2 * n + 1) * c + j]
      }
    }
    return (tensor(beta.map(Float.init), shape), tensor(gamma.map(Float.init), shape))
  }

  private func inputGradient(
    _ x: Tensor, _ dy: Tensor, _ mean: Tensor, _ inverse: Tensor, _ gamma: Tensor, _ layout: NormalisationLayout, sums: [Double]?
  ) -> Tensor {
    let c = layout.image.channels
    let factors = factors(gamma, inverse)
    let a = zeros([c])
    let b = zeros([c])
    if let sums {
      let (table, scales, first, second) = (gamma.source, inverse.source, a.buffer.pointer, b.buffer.pointer)
      let population = Double(layout.images * layout.image.height * layout.image.width)
      for j in 0..<c {
        var dySum = 0.0
        var dyXSum = 0.0
        for n in 0..<layout.images {
          let factor = Double(table[layout.label(n) * c + j])
          dySum += factor * sums[2 * n * c + j]
          dyXSum += factor * sums[(2 * n + 1) * c + j]
        }
        let scale = Double(scales[j])
        first[j] = Float(scale * dySum / population)
        second[j] = Float(scale * scale * dyXSum / population)
      }
    }
    return perImage(layout.images, x.shape) { n, dx in
      kernels.normaliseGradient(
        x.source + n * layout.size, dy.source + n * layout.outputSize, layout.image, halves: layout.halves, mean: mean.source,
        factor: factors.source + layout.label(n) * c, a: a.source, b: b.source, into: dx)
    }
  }
}

/// The images of a normalised tensor, and which row of the tables an image uses: its label's, or the only one.
private struct NormalisationLayout {
  let images: Int
  let image: ImageSize
  let halves: Bool
  let outputShape: [Int]
  /// Numbers of an image, and of its result.
  let size: Int, outputSize: Int
  private let labels: [Int]

  /// Vectors of a batch (N, C) are images of one pixel.
  init(_ x: Tensor, _ normalisation: Normalisation) {
    let (gamma, labels) = (normalisation.gamma, normalisation.labels)
    images = x.shape[0]
    let c = x.shape[x.shape.count - 1]
    image = ImageSize(
      height: x.shape.count == 4 ? x.shape[1] : 1, width: x.shape.count == 4 ? x.shape[2] : x.count / max(images * c, 1), channels: c)
    halves = normalisation.halves
    size = image.height * image.width * c
    outputShape = halves ? [images, image.height / 2, image.width / 2, c] : x.shape
    outputSize = halves ? image.height / 2 * (image.width / 2) * c : size
    precondition(gamma.shape.count == 2 && gamma.shape[1] == c, "normalise: x \(x.shape), tables \(gamma.shape)")
    precondition(
      labels.isEmpty ? gamma.shape[0] == 1 : labels.count == images,
      "normalise: \(labels.count) labels for x \(x.shape), tables \(gamma.shape)")
    precondition(labels.allSatisfy { $0 >= 0 && $0 < gamma.shape[0] }, "normalise: a label outside the tables \(gamma.shape)")
    self.labels = labels
  }

  func label(_ image: Int) -> Int { labels.isEmpty ? 0 : labels[image] }
}
