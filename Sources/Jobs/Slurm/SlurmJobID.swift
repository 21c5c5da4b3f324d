/// The number that Slurm gave a job, and the cluster where there are several.
public struct SlurmJobID: Hashable, Sendable, CustomStringConvertible {
  public let number: Int
  public let cluster: String?

  /// nil for what Slurm never says: numbers are positive and fit 32 bits, clusters have plain names.
  public init?(_ number: Int, cluster: String? = nil) {
    guard (1...Int(UInt32.max)).contains(number) else { return nil }
    if let cluster, cluster.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/) == nil { return nil }
    (self.number, self.cluster) = (number, cluster)
  }

  /// Reads what `sbatch --parsable` prints: `123` or `123;cluster`, and nothing else but one line feed.
  init?(parsing answer: String) {
    guard let match = answer.wholeMatch(of: /([0-9]{1,10})(?:;([^;\n]+))?\n?/), let number = Int(match.output.1) else { return nil }
    self.init(number, cluster: match.output.2.map(String.init))
  }

  public var description: String { "\(number)\(cluster.map { " of \($0)" } ?? "")" }
}
