import ArgumentParser

/// `advgan-job manual`, for whoever changes the program: `docs/man/advgan-job.1` is what it prints.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the manual page, for man(1).", shouldDisplay: false)

  func run() throws {
    try ManualPage.text().forEachLine(Terminal.standard.print)
  }
}

extension String {
  fileprivate func forEachLine(_ body: (String) -> Void) {
    split(separator: "\n", omittingEmptySubsequences: false).dropLast().forEach { body(String($0)) }
  }
}
