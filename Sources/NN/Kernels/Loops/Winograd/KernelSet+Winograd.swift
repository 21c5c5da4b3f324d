import NNKernels

extension KernelSet {
  public func transformFilter(_ w: Source, inputs: Int, outputs: Int, channels: Range<Int>, into u: Target, scratch: Target) {
    Filter.transform(w, inputs: inputs, outputs: outputs, channels: channels, into: u, scratch: scratch)
  }

  public func transformTurnedFilter(_ w: Source, inputs: Int, outputs: Int, channels: Range<Int>, into u: Target, scratch: Target) {
    Filter.transformTurned(w, inputs: inputs, outputs: outputs, channels: channels, into: u, scratch: scratch)
  }

  public func convolutionScratch(inputs: Int, tiles: Int) -> Int {
    TileConvolution.head + transformedInputs(inputs: inputs, tiles: tiles) + TileConvolution.products(tiles: tiles)
  }

  public func convolve(_ job: WinogradConvolution, first: Int, count: Int, tiles: Int, scratch: Target, zeros: Source) {
    TileConvolution.groups(job, first: first, count: count, tiles: tiles, scratch: scratch, zeros: zeros)
  }

  public func transformedInputs(inputs: Int, tiles: Int) -> Int { Packing(channels: inputs, tiles: tiles).size() }

  public func transformInputs(
    _ inputs: TileInputs, first: Int, count: Int, place: Int, tiles: Int, into v: Target, scratch: Target, zeros: Source
  ) {
    let packing = Packing(channels: inputs.channels, tiles: tiles)
    scratch[Winograd.products * lanes] = InputTiles.touchRows(inputs, first: first, count: count)
    InputTiles.transform(inputs, first: first, count: count, rows: 0..<6, into: v + place * lanes, packing, scratch: scratch, zeros: zeros)
  }

  public func outputBlocks(outputs: Int) -> Int { outputs / (vectorsPerBlock(outputs: outputs) * lanes) }

  public func transformedScratch(blocks: Int, tiles: Int) -> Int { TileConvolution.head + blocks * TileConvolution.products(tiles: tiles) }

  public func convolveTransformed(
    _ job: WinogradConvolution, first: Int, count: Int, blocks: Range<Int>, v: Source, place: Int, tiles: Int, scratch: Target
  ) {
    TileConvolution.finish(
      job, first: first, count: count, blocks: blocks, v + place * lanes, Packing(channels: job.inputs, tiles: tiles),
      scratch: scratch, m: scratch + TileConvolution.head, tiles: count, ahead: .nothing)
  }

  public func weightGradientScratch(inputs: Int, outputs: Int, tiles: Int) -> Int {
    WeightGradient.scratch(inputs: inputs, outputs: outputs, tiles: tiles)
  }

  public func weightGradient(
    _ job: WinogradWeightGradient, _ share: WeightGradientShare, first: Int, count: Int, tiles: Int, into sums: Target, scratch: Target,
    zeros: Source
  ) { WeightGradient.accumulate(job, share, first: first, count: count, tiles: tiles, into: sums, scratch: scratch, zeros: zeros) }

  public func transformGradients(
    _ job: WinogradWeightGradient, first: Int, count: Int, place: Int, tiles: Int, into d: Target, scratch: Target, zeros: Source
  ) {
    GradientTiles.transform(
      job, first: first, count: count, channels: 0..<job.outputs, rows: 0..<6, into: d + place * lanes,
      Packing(channels: job.outputs, tiles: tiles), scratch: scratch, zeros: zeros)
  }

  public func sumTransformed(
    _ job: WinogradWeightGradient, v: Source, d: Source, tiles: Int, channels: Range<Int>, outputs: Range<Int>, isFresh: Bool,
    into sums: GradientSums
  ) {
    WeightGradient.accumulate(
      job, v: v, Packing(channels: job.inputs, tiles: tiles), d: d, Packing(channels: job.outputs, tiles: tiles), count: tiles,
      channels: channels, outputs: outputs, isFresh: isFresh, into: sums)
  }

  public func finishWeightGradient(
    _ job: WinogradWeightGradient, _ sums: GradientSums, groups: Int, channels: Range<Int>, outputs: Range<Int>, into dw: Target,
    scratch: Target
  ) { WeightGradient.finish(job, sums, groups: groups, channels: channels, outputs: outputs, into: dw, scratch: scratch) }
}
