import NNKernels

extension KernelSet {
  public func convolveThreeToMany(
    _ x: Source, height: Int, width: Int, rows: Range<Int>, _ w: Source, outputs: Int, bias: Source?, gate: Source?, gateSlope: Float,
    into y: Target, scratch: Target
  ) {
    FewChannels.spread(
      x, height: height, width: width, rows: rows, w, outputs: outputs, bias: bias, gate: gate, gateSlope: gateSlope, into: y,
      scratch: scratch)
  }

  public func convolveManyToThree(
    _ x: Source, height: Int, width: Int, inputs: Int, rows: Range<Int>, _ w: Source, inputSlope: Float?, bias: Source?, into y: Target,
    scratch: Target
  ) {
    FewChannels.gather(
      x, height: height, width: width, inputs: inputs, rows: rows, w, inputSlope: inputSlope, bias: bias, into: y, scratch: scratch)
  }

  public func threeToManyWeightGradient(
    _ x: Source, _ dy: Source, height: Int, width: Int, outputs: Int, slope: Float?, into sums: Target, scratch: Target
  ) {
    FewChannels.spreadWeightGradient(x, dy, height: height, width: width, outputs: outputs, slope: slope, into: sums, scratch: scratch)
  }
}
