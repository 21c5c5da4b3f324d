import AdvGAN
import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job sample`.
struct Sample: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make images with a generator.",
    discussion:
      "Writes a PNG with a class a column and one noise vector a row. An artifact gives its averaged generator unless --member says else.")

  @OptionGroup var modelOptions: ModelOptions

  @Option(help: ArgumentHelp("Classes by number, such as 0-9 or 3,5,7; by default the first ten.", valueName: "list")) var labels: String?

  @Option(help: "Rows of the grid.") var rows = 8

  @Option(help: "Seed of the noise.") var seed = 0

  @OptionGroup var backendOptions: BackendOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The image to write.", valueName: "file.png"), completion: .file(extensions: ["png"]))
  var output: String

  func validate() throws {
    guard (1...1000).contains(rows) else { throw ValidationError("--rows must lie between 1 and 1000, not \(rows)") }
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, not \(seed)") }
    if let labels { _ = try Self.classes(labels) }
  }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let drawing = try Drawing(modelOptions.model(), on: backendOptions.backend(kernels))
    let labels = try labels.map(Self.classes) ?? Array(0..<min(10, drawing.classes))
    if let wrong = labels.first(where: { $0 >= drawing.classes }) {
      throw ValidationError("--labels names class \(wrong), but the generator knows 0 to \(drawing.classes - 1)")
    }
    let png = drawing.png(labels: labels, rows: rows, seed: seed)
    try AtomicFile.write(png, to: FilePath(output), on: LocalDisk())
    terminal.print("\(output): \(rows) x \(labels.count) images")
  }

  /// `0-9`, `3,5,7`, `0-2,5`.
  static func classes(_ text: String) throws -> [Int] {
    let mistake = ValidationError("--labels takes classes such as 0-9 or 3,5,7, not '\(text)'")
    let labels = try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [Int] in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 0, first <= last, last < 100_000
      else { throw mistake }
      return Array(first...last)
    }
    guard (1...1000).contains(labels.count) else { throw mistake }
    return labels
  }
}
