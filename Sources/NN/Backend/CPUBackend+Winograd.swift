import NNKernels

/// 3 x 3 convolutions by Winograd's tiles. How tiles are grouped changes no bit of y, only those of its batch statistics.
extension CPUBackend {
  func winogradConvolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, _ shape: ConvolutionShape
  ) -> (y: Tensor, statistics: BatchStatistics?) {
    let (n, h, width, c) = image("convolution", x.shape)
    let k = w.shape[3]
    let y = make([n, shape.outputSize(h), shape.outputSize(width), k])
    let filter = winogradFilter(w)
    let grid = TileGrid(images: n, height: shape.innerSize(h), width: shape.innerSize(width))
    var job = WinogradConvolution(grid, inputs: c, outputs: k, x: x.source, filter: filter.pointer, y: y.buffer.pointer)
    job.negativeSlope = shape.negativeSlope
    job.upsamples = shape.upsamples
    job.sums = shape.halves
    job.factor = shape.halves ? 0.25 : 1
    job.bias = bias?.source
    job.residual = residual?.source
    job.repeatsResidual = shape.repeatsResidual
    let plan = plan(job)
    guard shape.measures, !shape.halves else {
      convolve(job, plan)
      return (y, nil)
    }
    let groups = (grid.count + plan.tiles - 1) / plan.tiles
    let parts = Buffer(groups * 2 * k, from: pool)
    job.batchStatistics = parts.pointer
    job.statisticsGroup = plan.tiles
    convolve(job, plan)
    let pixels = (0..<groups).map { grid.pixels(in: $0 * plan.tiles..<min(grid.count, ($0 + 1) * plan.tiles)) }
    return (y, merged(parts.pointer, pixels, channels: k))
  }

  func winogradInputGradient(_ dy: Tensor, _ w: Tensor, x: Tensor, _ shape: ConvolutionShape) -> Tensor {
    let (n, h, width, c) = image("convolutionInputGradient", x.shape)
    let dx = make(x.shape)
    let filter = turnedWinogradFilter(w)
    let grid = TileGrid(images: n, height: shape.innerSize(h), width: shape.innerSize(width))
    var job = WinogradConvolution(grid, inputs: w.shape[3], outputs: c, x: dy.source, filter: filter.pointer, y: dx.buffer.pointer)
    job.upsamples = shape.halves
    job.sums = shape.upsamples
    job.factor = shape.halves ? 0.25 : 1
    if let negativeSlope = shape.negativeSlope {
      job.gate = x.source
      job.gateNegativeSlope = negativeSlope
    }
    convolve(job, plan(job))
    return dx
  }

  /// How a convolution's tiles are cut.
  private func plan(_ job: WinogradConvolution) -> ConvolutionPlan {
    ConvolutionPlan(tiles: job.grid.count, inputs: job.inputs, blocks: kernels.outputBlocks(outputs: job.outputs))
  }

  private func convolve(_ job: WinogradConvolution, _ plan: ConvolutionPlan) {
    let zeros = zeros([job.inputs])
    switch plan {
    case .groups(let tiles):
      let room = kernels.convolutionScratch(inputs: job.inputs, tiles: tiles)
      let scratch = scratch(room)
      let share = tiles * max(1, min(4, job.grid.count / tiles / (4 * workers.count)))
      workers.run((job.grid.count + share - 1) / share) { task, worker in
        kernels.convolve(
          job, first: task * share, count: min(share, job.grid.count - task * share), tiles: tiles,
          scratch: scratch.pointer + worker * room, zeros: zeros.source)
      }
    case .together(let chunk, let tiles, let blocks):
      for first in stride(from: 0, to: job.grid.count, by: max(1, chunk)) {
        convolveTogether(job, first..<min(first + chunk, job.grid.count), tiles: tiles, blocks: blocks, zeros.source)
      }
    }
  }

  /// Transforms the inputs of all these tiles, then splits the work over output channels too.
  private func convolveTogether(_ job: WinogradConvolution, _ range: Range<Int>, tiles: Int, blocks: Int, _ zeros: Source) {
    let count = range.count
    let v = make([kernels.transformedInputs(inputs: job.inputs, tiles: count)])
    let room = kernels.transformedScratch(blocks: blocks, tiles: tiles)
    let scratch = scratch(room)
    workers.run((count + 7) / 8) { part, worker in
      kernels.transformInputs(
        job.tileInputs, first: range.lowerBound + part * 8, count: min(8, count - part * 8), place: part * 8, tiles: count, into: v.buffer.pointer,
        scratch: scratch.pointer + worker * room, zeros: zeros)
    }
    let all = kernels.outputBlocks(outputs: job.outputs)
    let parts = (all + blocks - 1) / blocks
    workers.run(parts * ((count + tiles - 1) / tiles)) { task, worker in
      let block = task % parts * blocks
      let place = task / parts * tiles
      kernels.convolveTransformed(
        job, first: range.lowerBound + place, count: min(tiles, count - place), blocks: block..<min(all, block + blocks), v: v.source,
        place: place, tiles: count, scratch: scratch.pointer + worker * room)
    }
  }

  private func winogradFilter(_ w: Tensor) -> Buffer {
    w.buffer.derived(.winogradFilter(kernels: kernels.name)) { transformed(w, channels: w.shape[2]) { kernels.transformFilter } }
  }

  private func turnedWinogradFilter(_ w: Tensor) -> Buffer {
    w.buffer.derived(.turnedWinogradFilter(kernels: kernels.name)) { transformed(w, channels: w.shape[3]) { kernels.transformTurnedFilter } }
  }

  private typealias FilterTransform = (Source, Int, Int, Range<Int>, Target, Target) -> Void

  private func transformed(_ w: Tensor, channels: Int, _ transform: () -> FilterTransform) -> Buffer {
    let (c, k) = (w.shape[2], w.shape[3])
    let u = Buffer(36 * c * k, from: pool)
    let room = 12_288
    let scratch = scratch(room)
    let transform = transform()
    workers.run(channels / kernels.channelBlock) { chunk, worker in
      transform(w.source, c, k, kernels.channelBlock * chunk..<kernels.channelBlock * (chunk + 1), u.pointer, scratch.pointer + worker * room)
    }
    return u
  }
}

/// How the tiles of a convolution are cut into pieces of work. No number of y depends on it, but the batch statistics that a convolution takes
/// of y depend on `tiles`, and that on shapes alone.
enum ConvolutionPlan: Equatable {
  /// Groups of so many tiles, each from pixels to pixels: the transformed inputs of a group stay in a core's own cache.
  case groups(tiles: Int)
  /// Where inputs have too many channels for that: `chunk` tiles are transformed first, then multiplied in pieces of `tiles` tiles by
  /// `blocks` blocks of output channels, so that filters and inputs are each fetched a few times only.
  case together(chunk: Int, tiles: Int, blocks: Int)

  init(tiles count: Int, inputs c: Int, blocks: Int) {
    if c < 512 {
      self = .groups(tiles: c > 128 ? 12 : 24)
    } else {
      let chunk = 96 * max(1, 2730 / c)
      self = .together(chunk: min(count, chunk), tiles: min(count, 96), blocks: min(2, blocks))
    }
  }

  /// Tiles that are finished at a time.
  var tiles: Int {
    switch self {
    case .groups(let tiles), .together(_, let tiles, _): tiles
    }
  }
}
