import COpenBLAS
import Glibc
import NNKernels
import Synchronization

/// Matrix products by OpenBLAS, on one thread a chunk. Every chunk is fixed by the shapes alone, so are the orders of summation.
extension CPUBackend {
  public func linear(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor {
    precondition(x.shape.count == 2 && w.shape.count == 2 && x.shape[1] == w.shape[1], "linear: x \(x.shape), w \(w.shape)")
    let (n, c, k) = (x.shape[0], x.shape[1], w.shape[0])
    let y = make([n, k])
    overRows(n) { rows in
      let out = y.buffer.pointer + rows.lowerBound * k
      matrixProduct(x.source + rows.lowerBound * c, w.source, out, rows: rows.count, inner: c, columns: k, transposeB: true)
      if let bias { kernels.addBias(bias.source, columns: k, to: out, rows: 0..<rows.count) }
    }
    return y
  }

  public func linearInputGradient(_ dy: Tensor, _ w: Tensor) -> Tensor {
    precondition(dy.shape.count == 2 && dy.shape[1] == w.shape[0], "linearInputGradient: dy \(dy.shape), w \(w.shape)")
    let (n, c, k) = (dy.shape[0], w.shape[1], w.shape[0])
    let dx = make([n, c])
    overRows(n) { rows in
      matrixProduct(
        dy.source + rows.lowerBound * k, w.source, dx.buffer.pointer + rows.lowerBound * c, rows: rows.count, inner: k, columns: c)
    }
    return dx
  }

  public func linearWeightGradient(_ x: Tensor, _ dy: Tensor) -> Tensor {
    precondition(
      x.shape.count == 2 && dy.shape.count == 2 && x.shape[0] == dy.shape[0], "linearWeightGradient: x \(x.shape), dy \(dy.shape)")
    let dw = make([dy.shape[1], x.shape[1]])
    matrixProduct(dy.source, x.source, dw.buffer.pointer, rows: dy.shape[1], inner: x.shape[0], columns: x.shape[1], transposeA: true)
    return dw
  }

  public func columnSums(_ dy: Tensor) -> Tensor {
    let c = dy.shape[dy.shape.count - 1]
    let rows = dy.count / max(c, 1)
    let grain = 256
    let chunks = (rows + grain - 1) / grain
    let parts = zeros([chunks, c])
    workers.run(chunks) { chunk, _ in
      kernels.addColumns(dy.source, columns: c, rows: chunk * grain..<min(rows, (chunk + 1) * grain), to: parts.buffer.pointer + chunk * c)
    }
    return summed(parts, groups: chunks, into: [c])
  }

  /// Sum of the groups, first to last.
  func summed(_ parts: Tensor, groups: Int, into shape: [Int]) -> Tensor {
    let total = zeros(shape)
    let size = total.count
    overElements(size) { range in
      for group in 0..<groups { kernels.addScaled(1, parts.source + group * size, to: total.buffer.pointer, range) }
    }
    return total
  }

  private func overRows(_ count: Int, _ body: (Range<Int>) -> Void) {
    let grain = 16
    workers.run((count + grain - 1) / grain) { chunk, _ in body(chunk * grain..<min(count, (chunk + 1) * grain)) }
  }
}

extension CPUBackend {
  /// Bytes that OpenBLAS takes for each thread that multiplies, on x86-64 (`BUFFER_SIZE`), and a little.
  private static let openBLASBuffer = 160 << 20

  /// OpenBLAS takes memory of its own at the first product of a thread, and tries for ever where the system has none (under `ulimit -v`).
  /// So it is asked for here, where its lack can be told.
  func claimMemoryOfOpenBLAS() {
    let bytes = workers.count * Self.openBLASBuffer
    let room = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let room, room != MAP_FAILED else { BufferPool.endForWant(of: bytes, beside: 0) }
    munmap(room, bytes)
    // Large enough that no shortcut for small products is taken; the threads wait for each other, so that each makes one.
    let side = 128
    let numbers = [Float](repeating: 0, count: side * side)
    let arrived = Atomic<Int>(0)
    workers.run(workers.count) { _, _ in
      var product = numbers
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      var spins = 0
      while arrived.load(ordering: .sequentiallyConsistent) < workers.count, spins < 100_000 {
        spins += 1
        sched_yield()
      }
      matrixProduct(numbers, numbers, &product, rows: side, inner: side, columns: side)
    }
  }
}

/// y = a b (+ y), row-major; a: (rows, inner) or its transpose, b: (inner, columns) or its transpose.
func matrixProduct(
  _ a: Source, _ b: Source, _ y: Target, rows: Int, inner: Int, columns: Int, transposeA: Bool = false, transposeB: Bool = false,
  adding: Bool = false
) {
  guard rows > 0, columns > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns),
    Int32(inner), 1, a, Int32(transposeA ? rows : inner), b, Int32(transposeB ? inner : columns), adding ? 1 : 0, y, Int32(columns))
}
