import Foundation
import IO
import Testing

/// The program itself, in a process of its own: exit statuses, and where its words go.
@Suite(.serialized) struct ExitStatusTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  /// Runs `advgan-job` in the sandbox's folder.
  func run(_ arguments: String...) throws -> (status: Int32, output: String, error: String) {
    let answer = try sandbox.run(arguments)
    return (answer.status, answer.output, answer.error)
  }

  @Test func wrongUsage() throws {
    let (status, output, error) = try run("make", "--nope")
    #expect(status == 64 && output == "" && error.contains("Unknown option '--nope'"))
    #expect(try run("make", "-j", "0").status == 64)
  }

  @Test func noJobFile() throws {
    let (status, output, error) = try run("make")
    #expect(status == 66 && output == "")
    #expect(error == "advgan-job: jobs/sample.yaml: does not exist; expected a job file; name a job file with --file\n")
    #expect(try run("make", "-C", "nowhere").status == 66)
  }

  @Test func aBadJobFileIsShownAsACompilerShowsIt() throws {
    try sandbox.write("job.yaml", "version: 1\nstages:\n  a: {run: extract, neds: {}}\n")
    for command in ["make", "status"] {
      let (status, output, error) = try run(command, "-f", "job.yaml")
      #expect(status == 65 && output == "")
      #expect(
        error == """
          job.yaml:3:21: error: unknown key 'neds' in stage 'a' (did you mean 'needs'?)
              3 |   a: {run: extract, neds: {}}
                |                     ^~~~

          """)
    }
  }

  @Test func theDefaultJobFileIsSoughtAfterTheChangeOfDirectory() throws {
    try LocalDisk().makeDirectories(sandbox.folder.appending("sub/jobs"))
    try sandbox.write("sub/jobs/sample.yaml", "version: 7\nstages: {a: {run: b}}\n")
    let (status, _, error) = try run("make", "-C", "sub")
    #expect(status == 65 && error.hasPrefix("jobs/sample.yaml:1:10: error: job files of version 7"))
  }

  @Test func inspectingWhatIsNotThereOrNoArtifact() throws {
    #expect(try run("inspect", "none.tar").status == 66)
    let (status, _, error) = try run("inspect", "./in.txt")
    #expect(status == 3 && error.hasPrefix("advgan-job: ./in.txt: is damaged; expected a tar, found another kind of file"))
  }

  @Test func helpAndVersion() throws {
    #expect(try run("--help").status == 0)
    #expect(try run("--version").output == "0.1.0\n")
  }
}
