import IO
import Testing

@testable import Jobs
@testable import advgan_job

/// What a shell offers, and the manual page.
@Suite struct CompletionTests {
  let sandbox: Sandbox
  static let text = """
    version: 1
    stages:
      data: {run: extract, with: {source: folders, archive: x}}
      train: {run: finetune, needs: {dataset: data}, matrix: {lambda: [0.25, 0.5]}, with: {rate: "${lambda}"}}
    targets: {quick: [data]}
    """

  init() throws { sandbox = try Sandbox() }

  static let names = ["all", "data", "quick", "train", "train@lambda=0.25", "train@lambda=0.5"]

  func names(_ words: String) -> [String] {
    TargetCompletion.names(for: ["advgan-job"] + words.split(separator: " ").map(String.init), on: sandbox.disk)
  }

  @Test func targetsAreThoseOfTheJobFileOnTheLine() throws {
    try sandbox.write("job.yaml", Self.text)
    let file = sandbox.folder.appending("job.yaml")
    let lines = [
      "-f \(file)", "-f\(file)", "--file \(file)", "--file=\(file)", "-f x.yaml -f \(file)", "-C \(sandbox.folder) -f job.yaml",
      "-C / -C\(sandbox.folder) -f job.yaml",
    ]
    for words in lines {
      #expect(names("make \(words)") == Self.names, "\(words)")
    }
  }

  @Test func theDefaultJobFileIsSoughtInTheFolderOnTheLine() throws {
    try sandbox.disk.makeDirectories(sandbox.folder.appending("jobs"))
    try sandbox.write("jobs/sample.yaml", Self.text)
    #expect(names("status --directory=\(sandbox.folder)") == Self.names)
  }

  @Test func aJobFileThatCannotBeReadOffersNothingAndSaysNothing() throws {
    try sandbox.write("job.yaml", "version: 1\nstages: {a: {run: nonsense}}\n")
    for words in ["-f", "-f none.yaml", "-f \(sandbox.folder)/job.yaml", "-f \(sandbox.folder)"] { #expect(names("make \(words)") == []) }
    let answer = try sandbox.run(["---completion", "make", "--", "positional@0", "3", "0", "advgan-job", "make", "-f", "job.yaml", ""])
    #expect(answer.status == 0 && answer.output.trimmingPrefix("\n") == "" && answer.error == "")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func everyShellIsToldToAsk(_ shell: String) throws {
    try sandbox.write("job.yaml", Self.text)
    let script = try sandbox.run(["--generate-completion-script", shell])
    #expect(script.status == 0 && script.output.contains("completion"))
    for command in ["make", "status", "graph", "log", "inspect", "verify", "diff", "clean"] {
      #expect(script.output.contains("---completion \(command) -- positional@0"), "\(command)")
    }
    let answer = try sandbox.run(["---completion", "log", "--", "positional@0", "4", "0", "advgan-job", "log", "-f", "--file", "job.yaml", ""])
    #expect(answer.output.split(separator: "\n").map(String.init) == Self.names)
  }

  /// `advgan-job manual > docs/man/advgan-job.1` brings it up to date.
  @Test func theManualPageIsWhatTheProgramSaysOfItself() throws {
    let page = try sandbox.disk.read(Repository.path("docs/man/advgan-job.1"))
    #expect(String(decoding: page, as: UTF8.self) == (try ManualPage.text(of: AdvGANJob.self)), "run: advgan-job manual > docs/man/advgan-job.1")
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
