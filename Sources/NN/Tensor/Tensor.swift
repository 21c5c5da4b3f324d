/// Memory of the elements of a tensor. It belongs to the backend that made it: no other code looks inside.
open class Storage {
  /// Number of elements.
  public let count: Int

  public init(count: Int) { self.count = count }
}

/// Float32 elements with a shape, the last dimension running fastest. Images are (N, H, W, C), vectors of a batch (N, C).
///
/// A value: copies share their memory until one of them is written to. Made, computed on and read by a `Backend` only; see
/// ``Backend/host(_:)``.
public struct Tensor {
  public let shape: [Int]
  public private(set) var storage: Storage

  /// Shares `storage` under a shape of as many elements.
  public init(shape: [Int], storage: Storage) {
    precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == storage.count, "Tensor: shape \(shape) for \(storage.count) elements")
    (self.shape, self.storage) = (shape, storage)
  }

  /// Number of elements.
  public var count: Int { storage.count }

  /// The same elements under another shape; no copy.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "reshape: \(self.shape) has \(count) elements, \(shape) has \(shape.reduce(1, *))")
    return Tensor(shape: shape, storage: storage)
  }

  /// For a backend that is about to write: replaces the memory by a copy where other tensors share it.
  public mutating func makeUnique(_ copy: (Storage) -> Storage) {
    if !isKnownUniquelyReferenced(&storage) { storage = copy(storage) }
  }
}
