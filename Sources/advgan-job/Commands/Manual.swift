import ArgumentParser

/// `advgan-job manual`, for developers: `docs/man/advgan-job.1` is what it prints.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the manual page, for man(1).", shouldDisplay: false)

  func run() throws {
    Terminal.standard.print(String(try ManualPage.text().dropLast()))
  }
}
