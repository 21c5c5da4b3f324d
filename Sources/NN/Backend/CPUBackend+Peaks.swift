import NNKernels

/// What all threads together can do at most.
extension CPUBackend {
  /// Multiplies and adds on every thread, touching no memory.
  /// - Returns: how many operations that were; a multiply-add counts two.
  func multiplyAdds(rounds: Int) -> Double {
    let chunks = 8 * workers.count
    let results = make([chunks])
    workers.run(chunks) { chunk, _ in
      results.buffer.pointer[chunk] = kernels.multiplyAdds(rounds: rounds, start: Float(chunk))
    }
    return Double(chunks) * Double(rounds) * Double(kernels.operationsPerRound)
  }

  /// Reads every number of `x`.
  func readThrough(_ x: Tensor) {
    let results = make([x.count / Self.block + 1])
    overBlocks(x.count) { results.buffer.pointer[$0.lowerBound / Self.block] = kernels.total(x.source, $0) }
  }

  /// Copies `x` over `y`, which has as many numbers.
  func copy(_ x: Tensor, over y: Tensor) {
    precondition(x.count == y.count, "copy: \(x.shape) over \(y.shape)")
    overBlocks(x.count) { (y.buffer.pointer + $0.lowerBound).update(from: x.source + $0.lowerBound, count: $0.count) }
  }

  private static let block = 262_144

  private func overBlocks(_ count: Int, _ body: (Range<Int>) -> Void) {
    workers.run((count + Self.block - 1) / Self.block) { chunk, _ in
      body(chunk * Self.block..<min(count, (chunk + 1) * Self.block))
    }
  }
}
