/// One operation at one shape, to be measured through the entry points that training uses.
public struct KernelCase {
  /// What it does, such as "convolution 3x3 forward".
  public let name: String
  /// Such as "64 x 32 x 32, 128 -> 128".
  public let shape: String
  public let work: Work
  /// Makes the inputs, and gives what computes with them.
  let prepare: (CPUBackend) -> () -> Void

  /// What a round does, whichever way it is computed.
  public enum Work: Equatable, Sendable {
    /// Floating-point operations by the plain definition: a way that needs fewer can exceed the processor's peak.
    case operations(Double)
    /// Bytes, where every input is read once and every result written once.
    case bytes(read: Double, written: Double)

    /// Of so many numbers.
    static func numbers(read: Int, written: Int) -> Work { .bytes(read: 4 * Double(read), written: 4 * Double(written)) }
  }

  /// Measures it for so many seconds, at least two rounds.
  public func measured(on backend: CPUBackend, seconds: Double, clock: () -> Double) -> KernelMeasurement {
    KernelMeasurement(name: name, shape: shape, work: work, time: BestTime(seconds: seconds, clock: clock, round: prepare(backend)))
  }
}

/// How fast one operation was.
public struct KernelMeasurement: Equatable, Sendable {
  public let name: String, shape: String, work: KernelCase.Work, time: BestTime

  /// Operations or bytes a second.
  public var rate: Double {
    switch work {
    case .operations(let count): count / time.seconds
    case .bytes(let read, let written): (read + written) / time.seconds
    }
  }

  /// The rate as a part of the peak that it is measured against: arithmetic, or memory that is read, or read and written.
  public func part(of peaks: Peaks) -> Double {
    switch work {
    case .operations: rate / peaks.operations
    case .bytes(_, let written): rate / (written == 0 ? peaks.read : peaks.copied)
    }
  }
}
