import CProcessor
import NNKernels

/// Memory that will be needed soon, asked for bit by bit during the products, which need little themselves.
struct ReadingAhead {
  /// Tiles whose outputs are written next, and tiles whose inputs are read next.
  let outputs: Range<Int>, inputs: Range<Int>

  static let nothing = ReadingAhead(outputs: 0..<0, inputs: 0..<0)

  /// Asks for one of as many parts as a tile has products.
  @inline(__always)
  func ask(_ job: WinogradConvolution, part: Int) {
    let parts = job.isReduced ? 25 : 36
    for t in outputs.count * part / parts..<outputs.count * (part + 1) / parts {
      rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, Source(job.y))
      if let gate = job.gate { rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, gate) }
      if let residual = job.residual { rows(job, outputs.lowerBound + t, isHalf: job.sums || job.repeatsResidual, job.outputs, residual) }
    }
    for t in inputs.count * part / parts..<inputs.count * (part + 1) / parts {
      rows(job, inputs.lowerBound + t, isHalf: job.upsamples, job.inputs, job.x)
    }
  }

  /// The pixels of a tile: 4 x 4, or 2 x 2 of an image half the size.
  @inline(never)
  private func rows(_ job: WinogradConvolution, _ tile: Int, isHalf: Bool, _ channels: Int, _ x: Source) {
    let (image, row, column) = job.grid.place(tile)
    let shift = isHalf ? 1 : 0
    let height = job.grid.height >> shift
    let width = job.grid.width >> shift
    let side = 4 >> shift
    let numbers = min(side, width - column * side) * channels
    for y in row * side..<min(height, row * side + side) {
      let from = x + ((image * height + y) * width + column * side) * channels
      var i = 0
      while i < numbers {
        prefetch_far(from + i)
        i += 16
      }
    }
  }
}
