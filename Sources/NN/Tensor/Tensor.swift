/// Float32 numbers with a shape, the last dimension running fastest. Images are (N, H, W, C), vectors of a batch (N, C).
///
/// A value: copies share their memory until one of them is written to. Made and computed on by a `Backend` only.
public struct Tensor {
  public let shape: [Int]
  private(set) var buffer: Buffer

  /// Shares the numbers of `buffer` under a shape of as many elements.
  init(shape: [Int], buffer: Buffer) {
    precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == buffer.count, "Tensor: shape \(shape) for \(buffer.count) numbers")
    self.shape = shape
    self.buffer = buffer
  }

  /// Number of elements.
  public var count: Int { buffer.count }

  /// The same numbers under another shape; no copy.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "reshape: \(self.shape) has \(count) numbers, \(shape) has \(shape.reduce(1, *))")
    return Tensor(shape: shape, buffer: buffer)
  }

  /// All numbers, copied out.
  public var values: [Float] { Array(UnsafeBufferPointer(start: buffer.pointer, count: count)) }

  /// The only number of a tensor of one element.
  public var scalar: Float {
    precondition(count == 1, "scalar: shape \(shape) has \(count) numbers")
    return buffer.pointer[0]
  }

  /// Reading for kernels of this module.
  var source: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }

  /// Writing for kernels of this module: copies first where the memory is shared.
  mutating func target(copyingWith pool: BufferPool) -> UnsafeMutablePointer<Float> {
    if !isKnownUniquelyReferenced(&buffer) {
      let own = Buffer(buffer.count, from: pool)
      own.pointer.update(from: buffer.pointer, count: buffer.count)
      buffer = own
    }
    buffer.forgetDerived()
    return buffer.pointer
  }
}
