import Glibc
import Synchronization

/// A fixed set of threads that work through numbered chunks together. Which thread takes a chunk is left to chance; what a chunk
/// computes must not depend on it, nor on the number of threads.
final class ThreadPool: @unchecked Sendable {
  /// Threads at work; fewer than asked for where the system has no room for so many.
  private(set) var count: Int
  private let round = Atomic<Int>(0)
  private let nextChunk = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var threads: [pthread_t] = []
  private var chunks = 0
  private var body: ((_ chunk: Int, _ worker: Int) -> Void)?

  /// `count` threads at work, the caller's among them.
  init(count: Int) {
    precondition(count >= 1, "ThreadPool: \(count) threads")
    self.count = count
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    for index in 1..<max(count, 1) where !start(index) {
      self.count = index
      break
    }
  }

  /// Ends the threads; called by the owner when no round is running.
  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    startRound()
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Calls `body(chunk, worker)` once for every chunk of 0 ..< chunks and returns when all are done; worker is in 0 ..< count.
  func run(_ chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    if count == 1 || chunks <= 1 {
      for chunk in 0..<chunks { body(chunk, 0) }
      return
    }
    withoutActuallyEscaping(body) { escapable in
      (self.body, self.chunks) = (escapable, chunks)
      nextChunk.store(0, ordering: .relaxed)
      finished.store(0, ordering: .relaxed)
      startRound()
      takeChunks(0)
      var spins = 0
      while finished.load(ordering: .acquiring) != count - 1 {
        spins += 1
        if spins > 2000 { sched_yield() }
      }
      self.body = nil
    }
  }

  private func startRound() {
    round.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)
    }
  }

  private func takeChunks(_ worker: Int) {
    guard let body else { return }
    while true {
      let chunk = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      body(chunk, worker)
    }
  }

  private final class Place {
    let pool: Unmanaged<ThreadPool>
    let index: Int
    init(_ pool: ThreadPool, _ index: Int) {
      self.pool = .passUnretained(pool)
      self.index = index
    }
  }

  /// Whether the thread could be started.
  private func start(_ index: Int) -> Bool {
    var thread = pthread_t()
    let place = Unmanaged.passRetained(Place(self, index)).toOpaque()
    // By default the limit of the shell (ulimit -s), which may be too small for products.
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 8 << 20)
    let result = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        let place = Unmanaged<Place>.fromOpaque(raw).takeRetainedValue()
        place.pool._withUnsafeGuaranteedRef { $0.work(place.index) }
        return nil
      }, place)
    guard result == 0 else {
      Unmanaged<Place>.fromOpaque(place).release()
      return false
    }
    threads.append(thread)
    return true
  }

  private func work(_ index: Int) {
    var seen = 0
    while true {
      waitForRound(after: seen)
      seen += 1
      if stopping.load(ordering: .sequentiallyConsistent) { return }
      takeChunks(index)
      finished.wrappingAdd(1, ordering: .releasing)
    }
  }

  /// Spins for some microseconds, then sleeps: rounds follow each other closely, and a busy neighbour must get its turn.
  private func waitForRound(after seen: Int) {
    for spin in 0..<200_000 {
      if round.load(ordering: .acquiring) != seen { return }
      if spin % 4096 == 4095 { sched_yield() }
    }
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while round.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(wake, mutex) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}
