import IO
import Testing

@testable import Jobs
@testable import advgan_job

/// What a shell offers, and the manual page.
@Suite struct CompletionTests {
  let desk: Desk
  static let text = """
    version: 1
    stages:
      data: {run: extract, with: {source: folders, archive: x}}
      train: {run: finetune, needs: {dataset: data}, matrix: {lambda: [0, 0.5]}}
    targets: {quick: [data]}
    """

  init() throws { desk = try Desk() }

  static let names = ["all", "data", "quick", "train", "train@lambda=0", "train@lambda=0.5"]

  func names(_ words: String) -> [String] {
    TargetCompletion.names(for: ["advgan-job"] + words.split(separator: " ").map(String.init), on: desk.disk)
  }

  @Test func targetsAreThoseOfTheJobFileOnTheLine() throws {
    try desk.write("job.yaml", Self.text)
    let file = desk.folder.appending("job.yaml")
    for words in ["-f \(file)", "-f\(file)", "--file \(file)", "--file=\(file)", "-f x.yaml -f \(file)", "-C \(desk.folder) -f job.yaml"] {
      #expect(names("make \(words)") == Self.names, "\(words)")
    }
  }

  @Test func theDefaultJobFileIsSoughtInTheFolderOnTheLine() throws {
    try desk.disk.makeDirectories(desk.folder.appending("jobs"))
    try desk.write("jobs/sample.yaml", Self.text)
    #expect(names("status --directory=\(desk.folder)") == Self.names)
  }

  @Test func aJobFileThatCannotBeReadOffersNothingAndSaysNothing() throws {
    try desk.write("job.yaml", "version: 1\nstages: {a: {run: nonsense}}\n")
    for words in ["-f", "-f none.yaml", "-f \(desk.folder)/job.yaml", "-f \(desk.folder)"] { #expect(names("make \(words)") == []) }
    let answer = try desk.run(["---completion", "make", "--", "positional@0", "3", "0", "advgan-job", "make", "-f", "job.yaml", ""])
    #expect(answer.status == 0 && answer.output.trimmingPrefix("\n") == "" && answer.error == "")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func everyShellIsToldToAsk(_ shell: String) throws {
    try desk.write("job.yaml", Self.text)
    let script = try desk.run(["--generate-completion-script", shell])
    #expect(script.status == 0 && script.output.contains("completion"))
    for command in ["make", "status", "graph", "log", "inspect", "verify", "diff", "clean"] {
      #expect(script.output.contains("---completion \(command) -- positional@0"), "\(command)")
    }
    let answer = try desk.run(["---completion", "log", "--", "positional@0", "4", "0", "advgan-job", "log", "-f", "--file", "job.yaml", ""])
    #expect(answer.output.split(separator: "\n").map(String.init) == Self.names)
  }

  /// `advgan-job manual > docs/man/advgan-job.1` brings it up to date.
  @Test func theManualPageIsWhatTheProgramSaysOfItself() throws {
    let page = try desk.disk.read(Repository.path("docs/man/advgan-job.1"))
    #expect(String(decoding: page, as: UTF8.self) == (try ManualPage.text()), "run: advgan-job manual > docs/man/advgan-job.1")
  }

  @Test func aManualPagesTextHoldsNoRequests() {
    #expect(ManualPage.paragraph(".SH x\n'quoted' a\\b --json") == ["\\&.SH x", "\\&'quoted' a\\eb \\-\\-json"])
  }
}

/// The sources that these tests were built from.
enum Repository {
  static func path(_ name: String, file: String = #filePath) -> FilePath {
    FilePath(file).removingLastComponent().removingLastComponent().removingLastComponent().appending(name)
  }
}
