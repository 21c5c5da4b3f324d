import NNKernels

/// Weight gradients of 3 x 3 convolutions by Winograd's tiles.
extension CPUBackend {
  func winogradWeightGradient(_ x: Tensor, _ dy: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = image("convolutionWeightGradient", x.shape)
    let k = dy.shape[3]
    let grid = TileGrid(images: n, height: shape.innerSize(h), width: shape.innerSize(width))
    guard grid.count > 0 else { return zeros([3, 3, c, k]) }
    var job = WinogradWeightGradient(grid, inputs: c, outputs: k, x: x.source, dy: dy.source)
    job.negativeSlope = shape.negativeSlope
    job.upsamples = shape.upsamples
    job.spreads = shape.halves
    let dw = make([3, 3, c, k])
    switch WeightGradientPlan(tiles: grid.count, inputs: c, outputs: k, threads: workers.count) {
    case .groups(let count, let shares, let chunk): sumInGroups(job, count, shares, chunk: chunk, into: dw.buffer.pointer)
    case .together(let chunk): sumTogether(job, chunk: chunk, into: dw.buffer.pointer)
    }
    return dw
  }

  private func sumInGroups(_ job: WinogradWeightGradient, _ groups: Int, _ shares: [WeightGradientShare], chunk: Int, into dw: Target) {
    let (c, k, tiles) = (job.inputs, job.outputs, job.grid.count)
    let sums = make([groups, 36, c, k]).buffer
    let room = kernels.weightGradientScratch(inputs: c, outputs: shares[0].channels.count, tiles: chunk)
    let scratch = scratch(room)
    let zeros = zeros([max(c, k)])
    workers.run(groups * shares.count) { task, worker in
      let group = task / shares.count
      let first = tiles * group / groups
      let last = tiles * (group + 1) / groups
      kernels.weightGradient(
        job, shares[task % shares.count], first: first, count: last - first, tiles: chunk, into: sums.pointer + group * 36 * c * k,
        scratch: scratch.pointer + worker * room, zeros: zeros.source)
    }
    workers.run(c / 16) { part, worker in
      kernels.finishWeightGradient(
        job, GradientSums(sums.pointer + 16 * part * k, row: k, plane: c * k), groups: groups, channels: 16 * part..<16 * part + 16,
        outputs: 0..<k, into: dw, scratch: scratch.pointer + worker * room)
    }
  }

  /// Transforms many tiles first, then sums over all of them in blocks of channels whose sums stay in a core's own cache.
  private func sumTogether(_ job: WinogradWeightGradient, chunk: Int, into dw: Target) {
    let (c, k, tiles) = (job.inputs, job.outputs, job.grid.count)
    let v = make([kernels.transformedInputs(inputs: c, tiles: chunk)]).buffer
    let d = make([kernels.transformedInputs(inputs: k, tiles: chunk)]).buffer
    let blocks = ChannelBlocks(inputs: c, outputs: k)
    let isWhole = chunk >= tiles
    // Where all tiles are transformed at once, the sums of a block need not outlive it.
    let sums = isWhole ? nil : make([36, c, k]).buffer
    let room = 36 * blocks.inputs * blocks.outputs + 4096
    let scratch = scratch(room)
    for first in stride(from: 0, to: tiles, by: chunk) {
      let count = min(chunk, tiles - first)
      transform(job, first: first, count: count, v.pointer, d.pointer, scratch.pointer, room: room)
      workers.run(blocks.count) { block, worker in
        let (channels, outputs) = blocks[block]
        let own = scratch.pointer + worker * room
        let place =
          sums.map { GradientSums($0.pointer + channels.lowerBound * k + outputs.lowerBound, row: k, plane: c * k) }
          ?? GradientSums(own + 4096, row: outputs.count, plane: channels.count * outputs.count)
        kernels.sumTransformed(
          job, v: v.pointer, d: d.pointer, tiles: count, channels: channels, outputs: outputs, isFresh: first == 0, into: place)
        guard first + count == tiles else { return }
        kernels.finishWeightGradient(job, place, groups: 1, channels: channels, outputs: outputs, into: dw, scratch: own)
      }
    }
  }

  private func transform(_ job: WinogradWeightGradient, first: Int, count: Int, _ v: Target, _ d: Target, _ scratch: Target, room: Int) {
    let zeros = zeros([max(job.inputs, job.outputs)])
    workers.run((count + 7) / 8) { part, worker in
      let place = part * 8
      let n = min(8, count - place)
      let own = scratch + worker * room
      kernels.transformInputs(
        job.tileInputs, first: first + place, count: n, place: place, tiles: count, into: v, scratch: own, zeros: zeros.source)
      kernels.transformGradients(
        job, first: first + place, count: n, place: place, tiles: count, into: d, scratch: own, zeros: zeros.source)
    }
  }
}

/// A filter's channels in blocks of at most 128 inputs and 64 outputs.
private struct ChannelBlocks {
  let inputs: Int, outputs: Int
  private let c: Int, k: Int

  init(inputs c: Int, outputs k: Int) {
    (self.c, self.k) = (c, k)
    inputs = min(c, 128)
    outputs = min(k, 64)
  }

  private var down: Int { (c + inputs - 1) / inputs }
  var count: Int { down * ((k + outputs - 1) / outputs) }

  subscript(block: Int) -> (channels: Range<Int>, outputs: Range<Int>) {
    let channel = block % down * inputs
    let output = block / down * outputs
    return (channel..<min(c, channel + inputs), output..<min(k, output + outputs))
  }
}

/// How a weight gradient is cut into pieces of work.
enum WeightGradientPlan {
  /// Groups of tiles with sums of their own, `chunk` tiles transformed at a time. How many depends on shapes alone, because it decides
  /// the order of summation; the shares that each group is split into change no bit.
  case groups(Int, shares: [WeightGradientShare], chunk: Int)
  /// Where there are many channels: `chunk` tiles transformed at a time, summed over in blocks of channels.
  case together(chunk: Int)

  init(tiles: Int, inputs c: Int, outputs k: Int, threads: Int) {
    if c * k >= 32_768 {
      // The transforms of a chunk stay below 40 MB.
      let chunks = max(1, (36 * (c + k) * tiles + 9_999_999) / 10_000_000)
      self = .together(chunk: (tiles + chunks - 1) / chunks)
      return
    }
    let groups = max(1, min(8, tiles / 512))
    var parts = c * k <= 4096 ? 1 : 2
    if groups * parts < threads { parts = 6 }
    let shares = (0..<parts).map { WeightGradientShare(rows: 6 * $0 / parts..<6 * ($0 + 1) / parts, channels: 0..<k) }
    self = .groups(groups, shares: shares, chunk: c + k <= 384 ? 32 : 48)
  }
}
