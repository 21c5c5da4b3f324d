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
    let count = try labels.map(Self.classes)?.count ?? 10
    guard rows * count <= Self.mostImages else {
      throw ValidationError("\(rows) rows of \(count) classes are \(rows * count) images; a grid holds \(Self.mostImages), all made at once")
    }
    guard output.lowercased().hasSuffix(".png") else { throw ValidationError("--output names the PNG file to write, such as samples.png, not '\(output)'") }
  }

  private static let mostImages = 4096

  /// Only an image is replaced: a slip may name the weights, or the job file.
  private func checkPlace(on disk: any Disk) throws {
    let path = FilePath(output)
    let folder = path.removingLastComponent()
    guard try folder.isEmpty || disk.status(folder)?.kind == .folder else {
      throw FileError(.missing, folder, expected: "the folder to write '\(path.lastComponent?.string ?? "")' into", advice: "make it, or name another")
    }
    guard let status = try disk.status(path), status.size > 0 || status.kind != .file else { return }
    guard status.kind == .file, try InputFile(path).bytes(at: 0, count: min(status.size, PNG.beginning.count)) == PNG.beginning else {
      throw FileError(.unsupported, path, expected: "a PNG image, or nothing", found: "something else", advice: "it is not replaced: name another file")
    }
  }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    try checkPlace(on: LocalDisk())
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
