import Glibc
import Synchronization

/// Memory of tensors, handed out again instead of being returned: a fresh page costs more than the arithmetic on it.
///
/// Every backend owns one. Safe from any thread: a tensor may come to its end on another thread than its backend works on.
final class BufferPool: Sendable {
  private let state = Mutex(State())

  /// Unchecked for the pointers: memory in `free` is nobody's.
  private struct State: @unchecked Sendable {
    var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var bytesHeld = 0
  }

  /// A pointer that leaves the lock.
  private struct Place: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
  }

  /// Bytes taken from the system so far.
  var bytesHeld: Int { state.withLock { $0.bytesHeld } }

  deinit {
    state.withLock { state in
      for list in state.free.values { for pointer in list { Glibc.free(pointer) } }
    }
  }

  /// Room for `count` elements, unset, 64 bytes aligned (2 MiB and huge pages for large ones).
  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = Self.sizeClass(count)
    if let place = state.withLock({ $0.free[size]?.popLast().map(Place.init) }) { return place.pointer }
    let bytes = size * 4
    let large = bytes >= 1 << 21
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, large ? 1 << 21 : 64, bytes) == 0, let raw else {
      Self.endForWant(of: bytes, beside: bytesHeld)
    }
    if large { madvise(raw, bytes, MADV_HUGEPAGE) }
    state.withLock { $0.bytesHeld += bytes }
    return raw.assumingMemoryBound(to: Float.self)
  }

  /// Ends the process in one sentence, with the status of a failure. No operation of a backend throws, and what a training saved is on the disk: it goes on
  /// from there.
  static func endForWant(of bytes: Int, beside held: Int) -> Never {
    let sentence =
      "advgan-job: out of memory: \(bytes >> 20) MiB more were wanted, beside \(held >> 20) MiB in use for tensors; run with a smaller "
      + "batch or width, with fewer stages at once (-j), or with more memory (ulimit -v, the job's --mem)\n"
    _ = sentence.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    _exit(2)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
    let place = Place(pointer: pointer)
    state.withLock { $0.free[Self.sizeClass(count), default: []].append(place.pointer) }
  }

  /// Sizes in eighths of a power of two, at least 16 numbers, so that nearly equal sizes share their memory.
  private static func sizeClass(_ count: Int) -> Int {
    let wanted = max(count, 16)
    let step = max(16, (1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)) / 8)
    return (wanted + step - 1) / step * step
  }
}

/// The memory of a tensor of the CPU; goes back to its pool when the last tensor that uses it is gone.
final class Buffer: Storage {
  let pointer: UnsafeMutablePointer<Float>
  private let pool: BufferPool
  private var derived: [Derivation: Buffer] = [:]

  /// A filter in another form, kept beside its elements for as long as they stand still.
  enum Derivation: Hashable {
    /// In the order of the kernels of that name.
    case winogradFilter(kernels: String), turnedWinogradFilter(kernels: String)
    case turned, projection, turnedProjection
  }

  init(_ count: Int, from pool: BufferPool) {
    self.pool = pool
    pointer = pool.take(count)
    super.init(count: count)
  }

  /// What was made of these elements before, or what `make` makes of them now.
  func derived(_ kind: Derivation, _ make: () -> Buffer) -> Buffer {
    if let known = derived[kind] { return known }
    let made = make()
    derived[kind] = made
    return made
  }

  /// The elements are about to change.
  func forgetDerived() { if !derived.isEmpty { derived = [:] } }

  deinit { pool.giveBack(pointer, count) }
}

/// What CPUs see of their tensors.
extension Tensor {
  init(shape: [Int], buffer: Buffer) { self.init(shape: shape, storage: buffer) }

  var buffer: Buffer {
    // Quicker than a cast by name: this is asked for often.
    precondition(type(of: storage) == Buffer.self, "a CPU is given a tensor of another backend")
    return unsafeDowncast(storage, to: Buffer.self)
  }

  /// For kernels that read.
  var source: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }

  /// For kernels that write: copies first where the memory is shared.
  mutating func target(copyingWith pool: BufferPool) -> UnsafeMutablePointer<Float> {
    makeUnique { shared in
      let own = Buffer(shared.count, from: pool)
      own.pointer.update(from: Tensor(shape: [shared.count], storage: shared).source, count: shared.count)
      return own
    }
    let own = buffer
    own.forgetDerived()
    return own.pointer
  }
}
