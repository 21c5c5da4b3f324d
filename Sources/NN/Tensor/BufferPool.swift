import Glibc

/// Memory of tensors, handed out again instead of being returned: a fresh page costs more than the arithmetic on it.
///
/// Not for use from two threads at once; every backend owns one.
final class BufferPool {
  private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
  private(set) var bytesHeld = 0

  deinit {
    for list in free.values { for pointer in list { Glibc.free(pointer) } }
  }

  /// Room for `count` numbers, unset, 64 bytes aligned (2 MiB and huge pages for large ones).
  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = Self.sizeClass(count)
    if let pointer = free[size]?.popLast() { return pointer }
    let bytes = size * 4
    let large = bytes >= 1 << 21
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, large ? 1 << 21 : 64, bytes) == 0, let raw else {
      preconditionFailure("out of memory: a tensor of \(count) numbers (\(bytes >> 20) MiB) beside \(bytesHeld >> 20) MiB in use")
    }
    if large { madvise(raw, bytes, MADV_HUGEPAGE) }
    bytesHeld += bytes
    return raw.assumingMemoryBound(to: Float.self)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
    free[Self.sizeClass(count), default: []].append(pointer)
  }

  /// Sizes in eighths of a power of two, at least 16 numbers, so that nearly equal sizes share their memory.
  private static func sizeClass(_ count: Int) -> Int {
    let wanted = max(count, 16)
    let step = max(16, (1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)) / 8)
    return (wanted + step - 1) / step * step
  }
}

/// The memory of one tensor; goes back to its pool when the last tensor that uses it is gone.
final class Buffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  private let pool: BufferPool
  private var derived: [Derivation: Buffer] = [:]

  /// What is worth keeping beside the numbers of a filter for as long as they stand still.
  enum Derivation {
    case winogradFilter, turnedWinogradFilter, turned, projection, turnedProjection
  }

  init(_ count: Int, from pool: BufferPool) {
    self.count = count
    self.pool = pool
    pointer = pool.take(count)
  }

  /// What was made of these numbers before, or what `make` makes of them now.
  func derived(_ kind: Derivation, _ make: () -> Buffer) -> Buffer {
    if let known = derived[kind] { return known }
    let made = make()
    derived[kind] = made
    return made
  }

  /// The numbers are about to change.
  func forgetDerived() { if !derived.isEmpty { derived = [:] } }

  deinit { pool.giveBack(pointer, count) }
}
