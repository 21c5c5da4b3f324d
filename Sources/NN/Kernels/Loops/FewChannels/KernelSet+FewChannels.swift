import NNKernels

extension KernelSet {
  public func convolveThreeToMany(
    _ x: Source, height: Int, width: Int, rows: Range<Int>, _ w: Source, outputs: Int, bias: Source?, gate: Source?, gateNegativeSlope: Float,
    into y: Target, scratch: Target
  ) {
    FewChannels.spread(
      x, height: height, width: width, rows: rows, w, outputs: outputs, bias: bias, gate: gate, gateNegativeSlope: gateNegativeSlope, into: y,
      scratch: scratch)
  }

  public func convolveManyToThree(
    _ x: Source, height: Int, width: Int, inputs: Int, rows: Range<Int>, _ w: Source, negativeSlope: Float?, bias: Source?, into y: Target,
    scratch: Target
  ) {
    FewChannels.gather(
      x, height: height, width: width, inputs: inputs, rows: rows, w, negativeSlope: negativeSlope, bias: bias, into: y, scratch: scratch)
  }

  public func threeToManyWeightGradient(
    _ x: Source, _ dy: Source, height: Int, width: Int, outputs: Int, negativeSlope: Float?, into sums: Target, scratch: Target
  ) {
    FewChannels.spreadWeightGradient(x, dy, height: height, width: width, outputs: outputs, negativeSlope: negativeSlope, into: sums, scratch: scratch)
  }
}
