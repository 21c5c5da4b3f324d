import IO
import Jobs

/// Small kinds of stages for the tests of the job runner.
public enum FakeStages {
  public static let registry = StageRegistry([Source.self, Count.self, Join.self, Walk.self, Gather.self, Trouble.self])
}

/// Takes a text in from outside.
struct Source: Stage {
  static let name = "source"
  static let summary = "takes a text in from outside"
  static let version = 1
  static let roles: [InputRole] = []
  let file: FilePath
  /// The parts of the file that count; nil for all.
  let parts: [String]?
  let isUpper: Bool

  init(_ settings: inout SettingsReader) throws {
    file = try settings.path("file")
    parts = try settings.optionalText("part").map { [$0] }
    isUpper = try settings.flag("upper", default: false)
  }

  var externalInputs: [String: ExternalInput] { ["file": ExternalInput(file, parts: parts)] }

  func run(_ workspace: Workspace) throws {
    let text = String(decoding: try workspace.disk.read(file), as: UTF8.self)
    try workspace.write("text.txt", Array((isUpper ? text.uppercased() : text).utf8))
  }
}

/// Counts a letter in a text.
struct Count: Stage {
  static let name = "count"
  static let summary = "counts a letter in a text"
  static let version = 1
  static let roles: [InputRole] = [.one("text")]
  let letter: String
  let ignoresCase: Bool

  init(_ settings: inout SettingsReader) throws {
    letter = try settings.text("letter", default: "a")
    ignoresCase = try settings.flag("ignores_case", default: true)
  }

  func run(_ workspace: Workspace) throws {
    let text = String(decoding: try workspace["text"].bytes(of: "text.txt"), as: UTF8.self)
    let count = text.count { ignoresCase ? $0.lowercased() == letter.lowercased() : String($0) == letter }
    try workspace.write("text.txt", Array("\(letter): \(count)\n".utf8))
  }
}

/// Joins texts, and publishes the result for people.
struct Join: Stage {
  static let name = "join"
  static let summary = "joins texts"
  static let version = 1
  static let roles: [InputRole] = [.any("parts")]
  let separator: String
  let isPublished: Bool

  init(_ settings: inout SettingsReader) throws {
    separator = try settings.text("separator", default: "+")
    isPublished = try settings.flag("published", default: false)
  }

  func run(_ workspace: Workspace) throws {
    workspace.log.info("joins by \(workspace.kernels ?? "any") kernels")
    let parts = try (workspace.inputs["parts"] ?? []).map { String(decoding: try $0.bytes(of: "text.txt"), as: UTF8.self) }
    try workspace.write("text.txt", Array(parts.joined(separator: separator).utf8))
  }

  func publishedFiles(stage: String) -> [String] { isPublished ? ["\(stage).txt"] : [] }

  func publish(_ artifact: Artifact, records: [String: RunRecord], into folder: FilePath, on disk: any Disk) throws {
    let text = try artifact.bytes(of: "text.txt") + Array("\nfrom \(records.keys.sorted())".utf8)
    try AtomicFile.write(text, to: folder.appending("\(artifact.manifest.stage).txt"), on: disk)
  }
}

/// Walks a number of steps, each depending on the one before; keeps checkpoints, and stops when asked.
struct Walk: Stage {
  static let name = "walk"
  static let summary = "makes steps, each depending on the one before"
  static let version = 1
  static let roles: [InputRole] = []
  let steps: Int
  /// Waits at this step for the stop flag, unless it resumed.
  let hold: Int?
  /// Checkpoints and stops when asked; else it does neither.
  let isPolite: Bool

  init(_ settings: inout SettingsReader) throws {
    steps = try settings.integer("steps", default: 10, in: 1...1_000_000)
    hold = try settings.optionalInteger("hold")
    isPolite = try settings.flag("polite", default: true)
  }

  func run(_ workspace: Workspace) throws {
    var trace = Digest(hex: String(repeating: "0", count: 64)).map(\.hex) ?? ""
    var first = 0
    let saved = try workspace.checkpoints.newest()
    if let saved, let bytes = saved.files["trace"] { (first, trace) = (saved.step, String(decoding: bytes, as: UTF8.self)) }
    for step in first..<steps {
      trace = SHA256.digest(of: Array("\(trace) \(step)".utf8)).hex
      workspace.progress.report(step + 1, of: steps, unit: "steps", note: "")
      if step == hold, saved == nil { wait(at: step, workspace) }
      guard isPolite else { continue }
      if workspace.stop.reason != nil || workspace.checkpoints.due() {
        try workspace.checkpoints.save(step: step + 1, of: steps, ["trace": Array(trace.utf8)])
      }
      try workspace.stop.check()
    }
    try workspace.write("text.txt", Array(trace.utf8))
  }

  /// Until the stop flag is raised; for ever where this walk is not polite, but it reports its step again when the flag is raised.
  private func wait(at step: Int, _ workspace: Workspace) {
    while workspace.stop.reason == nil { pause() }
    if isPolite { return }
    workspace.progress.report(step + 1, of: steps, unit: "steps")
    while true { pause() }
  }
}

/// Makes its result piece by piece, and stops when asked.
struct Gather: Stage {
  static let name = "gather"
  static let summary = "makes its result piece by piece"
  static let version = 1
  static let roles: [InputRole] = []
  let count: Int
  /// Bytes in each piece.
  let size: Int
  /// What it warns of.
  let warning: String?

  init(_ settings: inout SettingsReader) throws {
    count = try settings.integer("pieces", default: 3, in: 1...1000)
    size = try settings.integer("size", default: 10, in: 0...100_000_000)
    warning = try settings.optionalText("warning")
  }

  func run(_ workspace: Workspace) throws {
    if let warning { workspace.log.warning("\(warning)") }
    let saved = Set(try workspace.checkpoints.pieces().map(\.step))
    for step in 1...count where !saved.contains(step) {
      let bytes = [UInt8](repeating: UInt8(ascii: "a") + UInt8(step % 26), count: size)
      try workspace.checkpoints.append(step: step, of: count, ["bytes": bytes, "number": Array("\(step)".utf8)])
      workspace.progress.report(step, of: count, unit: "pieces")
      try workspace.stop.check()
    }
    try workspace.write("all.txt", Array("\(count)".utf8))
    for piece in try workspace.checkpoints.pieces() {
      for name in piece.names { try workspace.add("pieces/\(piece.step)/\(name)", from: piece, name) }
    }
    try workspace.write("text.txt", Array("gathered".utf8))
  }
}

/// Fails in a way of the job file's choice.
struct Trouble: Stage {
  static let name = "trouble"
  static let summary = "fails"
  static let version = 1
  static let roles: [InputRole] = [.any("parts")]
  let kind: String

  init(_ settings: inout SettingsReader) throws {
    kind = try settings.choice("kind", of: ["sentence", "no_space", "settings", "bare_sentence", "stops", "link_name"])
    if kind == "bare_sentence" { throw StageError("the letters are not in the mood") }
    if kind == "settings" { throw settings.error(at: "kind", "'kind' may not be 'settings'") }
  }

  func run(_ workspace: Workspace) throws {
    switch kind {
    case "no_space": throw FileError(Errno.noSpace, workspace.output.appending("big"), while: "writing")
    case "stops": throw Stopped()
    case "link_name": try workspace.write(".advgan.json", [1])
    default: throw StageError("the letters are not in the mood")
    }
  }
}
