import Foundation
import IO
import Jobs

/// Draws figures by running gnuplot as a child process.
struct Gnuplot: Sendable {
  /// The program, found on the user's path.
  var program = "gnuplot"
  /// What it may see: the folders of the path, fonts, the home folder.
  var environment = ProcessInfo.processInfo.environment
  /// Seconds that a figure may take; one takes a fraction of a second.
  var patience = 120.0
  /// Raised where the figure is no longer wanted.
  var stop = StopFlag()

  private static let mostOutput = 64 << 20

  /// Draws one figure as SVG. The same figure gives the same bytes with the same gnuplot; its version is left out of them.
  /// - Throws: `GnuplotError` when the program is absent, refuses the script or takes too long; `Stopped`.
  func draw(_ plot: Plot) throws -> [UInt8] {
    // GNUTERM would win over -d, which leaves the user's own start-up file out. A comma as the decimal sign would be the locale's work.
    let seen = environment.filter { $0.key != "GNUTERM" }.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    guard let child = ChildProgram(named: program, environment: seen) else { throw GnuplotError.absent(program) }
    let answer: ChildProgram.Answer
    do {
      answer = try child.run(["-d"], input: plot.script, within: patience, most: Self.mostOutput) { stop.reason == nil }
    } catch {
      if case .unwanted = error { throw Stopped() }
      throw GnuplotError.noAnswer(figure: plot.name, error)
    }
    guard answer.status == 0, answer.output.hasSuffix("</svg>\n\n") || answer.output.hasSuffix("</svg>\n") else {
      throw GnuplotError.refused(figure: plot.name, message: answer.error)
    }
    return Array(Self.signed(answer.output, title: plot.caption).utf8)
  }

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
  case noAnswer(figure: String, ChildProgramError)
  case refused(figure: String, message: String)

  var description: String {
    switch self {
    case .absent(let program):
      return "the report's figures are drawn by gnuplot, and no program '\(program)' was found: run data-prep/setup, which installs it"
    case .noAnswer(let figure, let why): return "gnuplot did not draw the figure '\(figure)': \(why)"
    case .refused(let figure, let message):
      let words = message.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      return "gnuplot did not draw the figure '\(figure)': \(words.isEmpty ? "it ended without a word" : words.joined(separator: " "))"
    }
  }
}
