import COpenBLAS
import NNKernels

/// How one image of a batch is read: mirrored, moved.
public typealias ImageFraming = Framing

/// The processor's cores: kernels cut into fixed chunks over a pool of threads, matrix products by OpenBLAS on one thread a chunk.
public final class CPUBackend: Backend {
  let pool = BufferPool()
  let workers: ThreadPool
  public let choice: KernelChoice
  let kernels: any Kernels
  public let convolutions: ConvolutionMethod

  /// Works on `threads` threads, the caller's included, by default with the best kernels that this processor can run. One backend
  /// serves one caller at a time.
  public init(threads: Int, kernels: KernelChoice = .best, convolutions: ConvolutionMethod = .winograd) {
    workers = ThreadPool(count: threads)
    choice = kernels
    self.kernels = kernels.kernels
    self.convolutions = convolutions
    // OpenBLAS gives other low bits for other thread counts; parallelism is ours, over fixed chunks.
    openblas_set_num_threads(1)
    claimMemoryOfOpenBLAS()
  }

  deinit { workers.stop() }

  public var threads: Int { workers.count }
  public var bytesHeld: Int { pool.bytesHeld }

  public func twin(threads: Int) -> sending any Backend { CPUBackend(threads: threads, kernels: choice, convolutions: convolutions) }

  /// An unset tensor.
  func make(_ shape: [Int]) -> Tensor { Tensor(shape: shape, buffer: Buffer(shape.reduce(1, *), from: pool)) }

  /// `room` numbers for each worker. At least two megabytes, so that huge pages hold it: kernels write to dozens of places in turn.
  func scratch(_ room: Int) -> Buffer { Buffer(max(workers.count * room, 1 << 19), from: pool) }

  /// Calls `body` on fixed ranges of about 16,384 elements.
  func overElements(_ count: Int, _ body: (Range<Int>) -> Void) {
    let grain = 16_384
    workers.run((count + grain - 1) / grain) { chunk, _ in body(chunk * grain..<min(count, (chunk + 1) * grain)) }
  }

  /// A new tensor of the shape of `x`, written range by range.
  func elementwise(_ shape: [Int], _ body: (Target, Range<Int>) -> Void) -> Tensor {
    let y = make(shape)
    let out = y.buffer.pointer
    overElements(y.count) { body(out, $0) }
    return y
  }

  /// A new tensor written image by image.
  func perImage(_ images: Int, _ shape: [Int], _ body: (Int, Target) -> Void) -> Tensor {
    let y = make(shape)
    let out = y.buffer.pointer
    let size = images == 0 ? 0 : y.count / images
    workers.run(images) { n, _ in body(n, out + n * size) }
    return y
  }
}

extension CPUBackend {
  public func tensor(_ values: [Float], _ shape: [Int]) -> Tensor {
    precondition(values.count == shape.reduce(1, *), "tensor: \(values.count) numbers for shape \(shape)")
    let y = make(shape)
    values.withUnsafeBufferPointer { from in if let base = from.baseAddress { y.buffer.pointer.update(from: base, count: from.count) } }
    return y
  }

  public func host(_ x: Tensor) -> [Float] { Array(UnsafeBufferPointer(start: x.source, count: x.count)) }

  public func zeros(_ shape: [Int]) -> Tensor {
    let y = make(shape)
    y.buffer.pointer.update(repeating: 0, count: y.count)
    return y
  }

  public func uniform(_ shape: [Int], low: Float, high: Float, _ stream: inout RandomStream) -> Tensor {
    let (key, first) = stream.take(numbers: shape.reduce(1, *))
    return elementwise(shape) { y, range in
      fillUniform(
        y + range.lowerBound, key: key, firstBlock: first &+ UInt64(range.lowerBound / 4), low: low, high: high, count: range.count)
    }
  }

  public func normal(_ shape: [Int], _ stream: inout RandomStream) -> Tensor {
    let (key, first) = stream.take(numbers: shape.reduce(1, *))
    return elementwise(shape) { y, range in
      fillNormal(y + range.lowerBound, key: key, firstBlock: first &+ UInt64(range.lowerBound / 4), count: range.count)
    }
  }

  public func images(_ pixels: [UInt8], at places: [Int], framings: [ImageFraming], height: Int, width: Int, divisor: Float) -> Tensor {
    let size = height * width * 3
    precondition(places.count == framings.count, "images: \(places.count) places, \(framings.count) framings")
    precondition(
      places.allSatisfy { $0 >= 0 && ($0 + 1) * size <= pixels.count }, "images: a place outside \(pixels.count / max(size, 1)) images")
    return pixels.withUnsafeBufferPointer { all in
      perImage(places.count, [places.count, height, width, 3]) { n, y in
        guard let base = all.baseAddress else { return }
        readImage(base + places[n] * size, height: height, width: width, framing: framings[n], divisor: divisor, into: y)
      }
    }
  }

  public func bytes(_ x: Tensor) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: x.count) { bytes, count in
      if let base = bytes.baseAddress { quantise(x.source, into: base, 0..<x.count) }
      count = x.count
    }
  }

  public func rows(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    precondition(x.shape.first.map { range.lowerBound >= 0 && range.upperBound <= $0 } ?? false, "rows: \(range) of shape \(x.shape)")
    let size = x.count / max(x.shape[0], 1)
    let y = make([range.count] + x.shape.dropFirst())
    y.buffer.pointer.update(from: x.source + range.lowerBound * size, count: range.count * size)
    return y
  }

  public func joined(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "joined: no tensors")
    precondition(parts.allSatisfy { $0.shape.dropFirst() == parts[0].shape.dropFirst() }, "joined: shapes \(parts.map(\.shape))")
    let y = make([parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dropFirst())
    var out = y.buffer.pointer
    for part in parts {
      out.update(from: part.source, count: part.count)
      out += part.count
    }
    return y
  }
}
