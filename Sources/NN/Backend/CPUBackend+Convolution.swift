/// Convolutions: which way serves which shape.
extension CPUBackend {
  public func convolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape
  ) -> (y: Tensor, statistics: BatchStatistics?) {
    let (n, h, width, c) = image("convolution", x.shape)
    precondition(
      w.shape.count == 4 && w.shape[0] == shape.kernel && w.shape[1] == shape.kernel && w.shape[2] == c,
      "convolution: x \(x.shape), w \(w.shape), kernel \(shape.kernel)")
    let k = w.shape[3]
    let outputShape = [n, shape.outputSize(h), shape.outputSize(width), k]
    precondition(bias.map { $0.shape == [k] } ?? true, "convolution: w \(w.shape), bias \(bias?.shape ?? [])")
    let residualShape = shape.repeatsResidual ? [n, outputShape[1] / 2, outputShape[2] / 2, k] : outputShape
    precondition(residual.map { $0.shape == residualShape } ?? true, "convolution: y \(outputShape), residual \(residual?.shape ?? [])")
    precondition(
      !shape.repeatsResidual || (!shape.halves && outputShape[1] % 2 == 0 && outputShape[2] % 2 == 0),
      "convolution: y \(outputShape), no residual can be repeated")
    switch way(shape, x.shape, outputs: k) {
    case .winograd: return winogradConvolution(x, w, bias: bias, residual: residual, shape)
    case .threeToMany where residual == nil: return (threeToManyConvolution(x, w, bias: bias), nil)
    case .manyToThree where residual == nil:
      return (manyToThreeConvolution(x, projection(w), negativeSlope: shape.negativeSlope, bias: bias), nil)
    default: return (composedConvolution(x, w, bias: bias, residual: residual, shape), nil)
    }
  }

  public func convolutionInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    requireGradient("convolutionInputGradient", dy, x, shape)
    precondition(w.shape[2] == x.shape[3] && w.shape[3] == dy.shape[3], "convolutionInputGradient: dy \(dy.shape), w \(w.shape), x \(x.shape)")
    switch way(shape, x.shape, outputs: w.shape[3]) {
    case .winograd: return winogradInputGradient(dy, w, x: x, shape)
    case .threeToMany: return manyToThreeConvolution(dy, turnedProjection(w), negativeSlope: nil, bias: nil)
    case .manyToThree: return threeToManyInputGradient(dy, w, x: x, negativeSlope: shape.negativeSlope)
    case .exact: return composedConvolutionInputGradient(dy, w, x: x, shape)
    }
  }

  public func convolutionWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    requireGradient("convolutionWeightGradient", dy, x, shape)
    switch way(shape, x.shape, outputs: dy.shape[3]) {
    case .winograd: return winogradWeightGradient(x, dy, shape)
    case .threeToMany: return threeToManyWeightGradient(x, dy, negativeSlope: nil)
    case .manyToThree: return manyToThreeWeightGradient(x, dy, negativeSlope: shape.negativeSlope)
    case .exact: return composedConvolutionWeightGradient(x, dy, shape)
    }
  }

  private enum Way { case winograd, threeToMany, manyToThree, exact }

  private func way(_ shape: ConvolutionShape, _ input: [Int], outputs k: Int) -> Way {
    let c = input[3]
    guard convolutions == .winograd, shape.kernel == 3, shape.stride == 1, shape.padding == 1 else { return .exact }
    let fits = { (channels: Int) in channels % self.kernels.channelBlock == 0 && channels > 0 }
    if fits(c), fits(k) {
      let isEven = shape.innerSize(input[1]) % 2 == 0 && shape.innerSize(input[2]) % 2 == 0
      return shape.halves && (!isEven || shape.upsamples) ? .exact : .winograd
    }
    guard !shape.upsamples, !shape.halves else { return .exact }
    if c == 3, fits(k), shape.negativeSlope == nil { return .threeToMany }
    return k == 3 && fits(c) ? .manyToThree : .exact
  }

  private func requireGradient(_ operation: String, _ dy: Tensor, _ x: Tensor, _ shape: ConvolutionShape) {
    let (n, h, width, _) = image(operation, x.shape)
    precondition(
      dy.shape.count == 4 && Array(dy.shape.prefix(3)) == [n, shape.outputSize(h), shape.outputSize(width)],
      "\(operation): dy \(dy.shape), x \(x.shape)")
  }
}
