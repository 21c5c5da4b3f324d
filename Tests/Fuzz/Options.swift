import IO

/// The command line.
struct Options {
  /// Inputs of each kind.
  private(set) var inputs = 2000
  /// After which no further input is begun; nil for none.
  private(set) var seconds: Int?
  private(set) var seed: UInt64 = 1
  private(set) var targets: [any Target] = []
  /// Folders with more files to begin with.
  private(set) var seeds: [String] = []
  /// Where inputs that something was found with are kept.
  private(set) var keep = FilePath("fuzz-findings")
  /// Of one worker, in MiB, beside what it takes before it reads a file.
  private(set) var memory = 512
  /// In seconds, for one input.
  private(set) var time = 10
  /// An input to read again.
  private(set) var repeated: String?

  /// - Throws: `UsageError`.
  init(_ arguments: [String]) throws(UsageError) {
    var words = arguments[...]
    while let option = words.popFirst() {
      guard let value = words.popFirst() else { throw UsageError("\(option) takes a value") }
      switch option {
      case "--inputs": inputs = try Self.number(option, value)
      case "--seconds": seconds = try Self.number(option, value)
      case "--seed": seed = UInt64(try Self.number(option, value))
      case "--seeds": seeds.append(value)
      case "--keep": keep = FilePath(value)
      case "--memory": memory = try Self.number(option, value)
      case "--time": time = try Self.number(option, value)
      case "--repeat": repeated = value
      case "--kind":
        guard let target = Targets.named(value) else {
          throw UsageError("there is no kind '\(value)'; known: \(Targets.all.map(\.name).joined(separator: ", "))")
        }
        targets.append(target)
      default: throw UsageError("unknown option \(option)")
      }
    }
    if repeated != nil, targets.count != 1 { throw UsageError("--repeat takes one --kind") }
    if targets.isEmpty { targets = Targets.all }
  }

  private static func number(_ option: String, _ value: String) throws(UsageError) -> Int {
    guard let number = Int(value), (1...1_000_000_000).contains(number) else { throw UsageError("\(option) takes a number above 0, not '\(value)'") }
    return number
  }
}

/// A command line that this program does not understand, in a sentence.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
