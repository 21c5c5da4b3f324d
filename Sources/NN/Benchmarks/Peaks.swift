/// The most that a machine can do with these threads and kernels: operations and bytes a second.
public struct Peaks: Equatable, Sendable {
  /// Floating-point operations in registers alone.
  public let operations: Double
  /// Bytes read of memory much larger than the caches.
  public let read: Double
  /// Bytes read and written in copying it.
  public let copied: Double

  init(operations: Double, read: Double, copied: Double) {
    (self.operations, self.read, self.copied) = (operations, read, copied)
  }

  /// Measures each for so many seconds.
  /// - Parameter bytes: of the memory that is read, and of that which is copied over; far more than the caches hold.
  public init(of backend: CPUBackend, seconds: Double, bytes: Int = 256 << 20, clock: () -> Double) {
    let count = bytes / 4
    let x = backend.zeros([count])
    let y = backend.zeros([count])
    let rounds = 500_000
    let adding = BestTime(seconds: seconds, clock: clock) { _ = backend.multiplyAdds(rounds: rounds) }
    let reading = BestTime(seconds: seconds, clock: clock) { backend.readThrough(x) }
    let copying = BestTime(seconds: seconds, clock: clock) { backend.copy(x, over: y) }
    operations = backend.multiplyAdds(rounds: 1) * Double(rounds) / adding.seconds
    read = 4 * Double(count) / reading.seconds
    copied = 8 * Double(count) / copying.seconds
  }
}
