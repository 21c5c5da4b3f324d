import Foundation
import IO

/// Draws figures by running gnuplot as a child process.
struct Gnuplot: Sendable {
  /// The program, found on the user's path.
  var program = "gnuplot"

  /// Draws one figure as SVG. The same figure gives the same bytes with the same gnuplot; its version is skipped of them.
  /// - Throws: `GnuplotError` when the program is absent or refuses the script.
  func draw(_ plot: Plot) throws -> [UInt8] {
    guard let input = try? ScratchFile(), let output = try? ScratchFile(), let complaints = try? ScratchFile() else {
      throw GnuplotError.noScratchFile
    }
    try input.fill(plot.script)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // -d: without the user's own start-up file. GNUTERM would win over that. A comma as the decimal sign would be locale's work.
    process.arguments = ["-u", "GNUTERM", "LC_ALL=C.UTF-8", program, "-d"]
    (process.standardInput, process.standardOutput, process.standardError) = (handle(input), handle(output), handle(complaints))
    do {
      try process.run()
    } catch {
      throw GnuplotError.notStarted("\(error.localizedDescription)")
    }
    process.waitUntilExit()
    if process.terminationStatus == 127 { throw GnuplotError.absent(program) }
    let drawn = try output.content()
    guard process.terminationStatus == 0, process.terminationReason == .exit, drawn.hasSuffix("</svg>\n\n") || drawn.hasSuffix("</svg>\n")
    else { throw GnuplotError.refused(figure: plot.name, message: try complaints.content()) }
    return Array(Self.signed(drawn, title: plot.caption).utf8)
  }

  private func handle(_ file: ScratchFile) -> FileHandle { FileHandle(fileDescriptor: file.descriptor.rawValue, closeOnDealloc: false) }

  /// gnuplot signs its images with its version, a fact about the machine that does not belong into an artifact, and calls them all "Gnuplot".
  static func signed(_ svg: String, title: String) -> String {
    svg.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("<desc>Produced by GNUPLOT") }.joined(
      separator: "\n"
    ).replacing("<title>Gnuplot</title>", with: "<title>\(Markup.escape(title))</title>", maxReplacements: 1)
  }
}

/// Why a figure was not drawn, in one sentence.
enum GnuplotError: Error, Equatable, CustomStringConvertible {
  case absent(String)
  case notStarted(String)
  case refused(figure: String, message: String)
  case noScratchFile

  var description: String {
    switch self {
    case .absent(let program):
      return "the report's figures are drawn by gnuplot, and no program '\(program)' was found: run data-prep/setup, which installs it"
    case .notStarted(let why):
      return
        "gnuplot, which draws the report's figures, could not be started: \(why); see whether the machine has room for one more process"
    case .refused(let figure, let message):
      let words = message.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      return "gnuplot did not draw the figure '\(figure)': \(words.isEmpty ? "it ended without a word" : words.joined(separator: " "))"
    case .noScratchFile:
      return "no scratch file could be made in the folder for temporary files, where figures are drawn: free some space there and run again"
    }
  }
}
