import Foundation
import IO
import Testing

@Suite struct ChildProgramTests {
  let shell = ChildProgram("/bin/sh", environment: ["GREETING": "hello"])

  @Test func whatGoesInAndOutOfAProgram() throws {
    let answer = try shell.run(["-c", "cat; echo \"$GREETING $1\"; echo oh >&2; exit 3", "x", "a 'b' $(c)"], input: "in\n", within: 60)
    #expect(answer.status == 3 && answer.output == "in\nhello a 'b' $(c)\n" && answer.error == "oh\n")
  }

  @Test func aProgramSeesNoOtherEnvironment() throws {
    #expect(try ChildProgram("/usr/bin/env", environment: ["A": "1"]).run([], within: 60).output == "A=1\n")
  }

  @Test func aProgramThatReadsNothingAndEndsEarlyIsNoError() throws {
    #expect(try shell.run(["-c", "exit 0"], input: String(repeating: "x", count: 1 << 20), within: 60).status == 0)
  }

  @Test func aSignalIsTold() throws { #expect(try shell.run(["-c", "kill -TERM $$"], within: 60).status == 128 + SIGTERM) }

  @Test func aSilentProgramIsKilledInTime() throws {
    #expect(throws: ChildProgramError.tookTooLong("/bin/sh", 0.01)) { try shell.run(["-c", "exec sleep 1000"], within: 0.01) }
  }

  @Test func aTalkativeProgramIsKilledOrRefused() throws {
    #expect(throws: ChildProgramError.saidTooMuch("/bin/sh", 1 << 20)) { try shell.run(["-c", "exec yes"], within: 600) }
    #expect(throws: ChildProgramError.saidTooMuch("/bin/sh", 1 << 20)) {
      try shell.run(["-c", "head -c 1048577 /dev/zero >&2"], within: 600)
    }
    #expect(try shell.run(["-c", "head -c 1048576 /dev/zero"], within: 600).output.utf8.count == 1 << 20)
  }

  @Test func aProgramIsKilledOnceItIsNoLongerWanted() throws {
    var looks = 0
    #expect(throws: ChildProgramError.unwanted("/bin/sh")) {
      try shell.run(["-c", "exec sleep 1000"], within: 900) {
        looks += 1
        return looks < 3
      }
    }
  }

  @Test func scratchFilesLieInTheFolderThatIsNamedAndLeaveNothing() throws {
    let folder = try TemporaryFolder()
    let scratch = try ScratchFile(in: folder.path)
    try scratch.fill("text")
    #expect(try scratch.content() == "text" && scratch.size() == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string) == [])
    let found = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(scratch.descriptor.rawValue)")
    #expect(found.hasPrefix(folder.path.string))
    #expect(throws: Errno.noSuchFileOrDirectory) { try ScratchFile(in: "/nowhere") }
    #expect("\(ChildProgramError.noScratch("/x", .noSpace))".contains("TMPDIR may name another folder; free some space"))
    #expect("\(ChildProgramError.noScratch("/x", .tooManyOpenFiles))".hasSuffix("raise the limit of open files (ulimit -n)"))
  }

  @Test func aProgramThatIsNotThereIsToldSo() throws {
    #expect(throws: ChildProgramError.notRun("/no/such", .noSuchFileOrDirectory)) {
      try ChildProgram("/no/such", environment: [:]).run([], within: 60)
    }
    #expect("\(ChildProgramError.notRun("/no/such", .noSuchFileOrDirectory))" == "/no/such could not be run: No such file or directory")
    #expect("\(ChildProgramError.tookTooLong("/bin/sh", 2))" == "/bin/sh did not end within 2 s")
  }

  @Test func programsAreFoundInAbsoluteFoldersOfThePath() {
    #expect(ChildProgram(named: "sh", environment: ["PATH": "/nowhere::/bin"])?.path == "/bin/sh")
    for path in ["", ".", "bin", "/nowhere"] { #expect(ChildProgram(named: "sh", environment: ["PATH": path]) == nil) }
    #expect(ChildProgram(named: "sh", environment: [:]) == nil)
  }
}
