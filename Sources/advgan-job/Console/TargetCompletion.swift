import ArgumentParser
import IO
import Jobs

/// What a shell offers where a target or a stage is typed: the names of the job file that the line speaks of.
enum TargetCompletion {
  static let kind = CompletionKind.custom { words, _, _ in names(for: words, on: LocalDisk()) }
  static let jobFile = CompletionKind.file(extensions: ["yaml", "yml"])

  /// The names, sorted; none where the job file cannot be read, for a shell has no place for complaints.
  /// - Parameter words: the command line so far, the program's name among them.
  static func names(for words: [String], on disk: any Disk) -> [String] {
    // The `-f` of `log` follows.
    let short = words.dropFirst().first == Log._commandName ? nil : "-f"
    let file = FilePath(value(of: short, "--file", in: words) ?? JobOptions.defaultFile)
    let folder = value(of: "-C", "--directory", in: words).map { FilePath($0) }
    let path = folder.map { file.isAbsolute ? file : $0.pushing(file) } ?? file
    guard let bytes = try? disk.read(path), let text = String(validating: bytes, as: UTF8.self),
      let job = try? Job(parsing: text, file: path, registry: Stages.registry)
    else { return [] }
    return job.names.keys.sorted()
  }

  /// The last value given to an option: `-f x`, `-fx`, `--file x`, `--file=x`; empty where it is still to come.
  private static func value(of short: String?, _ long: String, in words: [String]) -> String? {
    for (index, word) in words.enumerated().reversed() {
      if word == short || word == long { return index + 1 < words.count ? words[index + 1] : "" }
      if word.hasPrefix("\(long)=") { return String(word.dropFirst(long.count + 1)) }
      if let short, word.hasPrefix(short), !word.hasPrefix("--") { return String(word.dropFirst(short.count)) }
    }
    return nil
  }
}
