/// Entry points that join several operations, made of these.
extension Backend {
  /// The only element of a tensor of one.
  public func scalar(_ x: Tensor) -> Float {
    precondition(x.count == 1, "scalar: shape \(x.shape) has \(x.count) elements")
    return host(x)[0]
  }

  /// The largest magnitude of every row of the first dimension; not a number where a row has an element that is not finite.
  public func magnitudes(_ x: Tensor) -> [Float] {
    let size = x.count / max(x.shape[0], 1)
    return host(x).withUnsafeBufferPointer { values in
      (0..<x.shape[0]).map { row in
        var (largest, isFinite): (Float, Bool) = (0, true)
        for value in values[row * size..<(row + 1) * size] {
          isFinite = isFinite && value.isFinite
          if value.magnitude > largest { largest = value.magnitude }
        }
        return isFinite ? largest : .nan
      }
    }
  }

  public func convolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape) -> (
    y: Tensor, statistics: BatchStatistics?
  ) { (composedConvolution(x, w, bias: bias, residual: residual, shape), nil) }

  public func convolutionInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    composedConvolutionInputGradient(dy, w, x: x, shape)
  }

  public func convolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    composedConvolutionWeightGradient(x, dy, shape)
  }

  public func normalise(_ x: Tensor, by normalisation: Normalisation, beta: Tensor, residual: Tensor?) -> Tensor {
    var y = bareNormalise(x, by: normalisation.bare, beta: beta)
    if normalisation.halves { y = averagePool(y, 2) }
    return residual.map { sum(y, $0) } ?? y
  }

  public func normaliseGradients(
    _ x: Tensor, _ dy: Tensor, by normalisation: Normalisation, throughStatistics: Bool, wants: NormalisationGradients.Wants
  ) -> NormalisationGradients {
    let inner = normalisation.halves ? averagePoolGradient(dy, inputShape: x.shape, 2) : dy
    return bareNormaliseGradients(x, inner, by: normalisation.bare, throughStatistics: throughStatistics, wants: wants)
  }

  /// w' = w * gamma / sqrt(variance + epsilon) by output channel, bias' = beta + (bias - mean) * gamma / sqrt(variance + epsilon).
  public func folded(_ w: Tensor, bias: Tensor?, _ normalisation: Normalisation, beta: Tensor) -> (w: Tensor, bias: Tensor) {
    let statistics = normalisation.batchStatistics
    let deviations = host(statistics.variance).map { ($0 + normalisation.epsilon).squareRoot() }
    let factor = zip(host(normalisation.gamma), deviations).map { $0 / $1 }
    let (k, means) = (factor.count, host(statistics.mean))
    let shift = host(beta).enumerated().map { $1 - means[$0] * factor[$0] }
    let scaled = host(w).enumerated().map { $1 * factor[$0 % k] }
    let before = bias.map(host) ?? [Float](repeating: 0, count: k)
    return (tensor(scaled, w.shape), tensor(factor.indices.map { factor[$0] * before[$0] + shift[$0] }, [k]))
  }

  public func addAveragePoolGradient(_ dy: Tensor, _ k: Int, to dx: inout Tensor) {
    add(averagePoolGradient(dy, inputShape: dx.shape, k), times: 1, to: &dx)
  }

  public func meanBinaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor { mean(binaryCrossEntropy(logits, isOne: isOne)) }

  public func meanBinaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor {
    binaryCrossEntropyGradient(logits, isOne: isOne, meanGradient(dy, inputShape: [logits.count]))
  }

  public func meanCrossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor { mean(crossEntropy(logits, labels)) }

  public func meanCrossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor {
    crossEntropyGradient(logits, labels, meanGradient(dy, inputShape: [labels.count]))
  }
}

/// A convolution and what surrounds it, one operation after another.
extension Backend {
  func composedConvolution(_ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape) -> Tensor {
    let activated = shape.negativeSlope.map { leakyReLU(x, negativeSlope: $0) } ?? x
    var y = bareConvolution(shape.upsamples ? upsample(activated) : activated, w, bias: bias, shape.bare)
    if shape.halves { y = averagePool(y, 2) }
    if let residual { add(shape.repeatsResidual ? upsample(residual) : residual, times: 1, to: &y) }
    return y
  }

  func composedConvolutionInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let inner = shape.upsamples ? [x.shape[0], 2 * x.shape[1], 2 * x.shape[2], x.shape[3]] : x.shape
    var dx = bareConvolutionInputGradient(spread(dy, x, shape), w, inputShape: inner, shape.bare)
    if shape.upsamples { dx = upsampleGradient(dx) }
    return shape.negativeSlope.map { leakyReLUGradient(x, dx, negativeSlope: $0) } ?? dx
  }

  func composedConvolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let activated = shape.negativeSlope.map { leakyReLU(x, negativeSlope: $0) } ?? x
    return bareConvolutionWeightGradient(shape.upsamples ? upsample(activated) : activated, spread(dy, x, shape), shape.bare)
  }

  /// The gradient before halving.
  private func spread(_ dy: Tensor, _ x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    guard shape.halves else { return dy }
    let inner = [x.shape[0], shape.innerSize(x.shape[1]), shape.innerSize(x.shape[2]), dy.shape[3]]
    return averagePoolGradient(dy, inputShape: inner, 2)
  }
}

extension Normalisation {
  /// The formula alone.
  fileprivate var bare: Normalisation {
    var bare = self
    bare.halves = false
    return bare
  }
}
