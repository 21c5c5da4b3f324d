import Glibc

/// A thread of the system, whose start may fail and is known to have failed (Foundation's `Thread` says nothing then, and never runs).
public struct SystemThread: @unchecked Sendable {
  private let thread: pthread_t

  /// Runs `body`. nil where the system has no room for another thread; `body` is then not run.
  /// - Parameter stack: bytes; nil for what the system gives.
  public init?(stack: Int? = nil, _ body: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    if let stack { pthread_attr_setstacksize(&attributes, stack) }
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(body))
    let result = pthread_create(
      &thread, &attributes,
      { raw in
        if let raw { Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().body() }
        return nil
      }, start.toOpaque())
    guard result == 0 else {
      start.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end. To be called once, or ``detach()``.
  public func join() { pthread_join(thread, nil) }

  /// Lets it go: nobody waits for it.
  public func detach() { pthread_detach(thread) }

  private final class Start {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
