/// Slurm, as far as this program speaks to it.
public protocol SlurmClient: Sendable {
  /// Hands in a batch script.
  func submit(_ script: String) throws(SlurmError) -> SlurmJobID

  /// What Slurm says of jobs; those that it has forgotten are skipped.
  /// - Parameter seconds: to wait for the answer.
  func jobs(_ ids: [SlurmJobID], within seconds: Double) throws(SlurmError) -> [SlurmJob]

  /// Cancels jobs, in this order; those that ended already are no error.
  func cancel(_ ids: [SlurmJobID]) throws(SlurmError)

  /// Puts a running job back into the queue, which ends its processes.
  /// - Parameter job: a number, or `ARRAY_TASK` for one job of an array.
  func requeue(_ job: String) throws(SlurmError)
}

/// What went wrong between this program and Slurm: one sentence without a full stop.
public struct SlurmError: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ sentence: String) { description = sentence }
}
