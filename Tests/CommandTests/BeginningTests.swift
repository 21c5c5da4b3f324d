import Foundation
import IO
import Testing

@testable import advgan_job

/// What the program does before it does anything.
@Suite struct BeginningTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  /// Else the next file that is opened takes the number of the closed stream, and printed lines land in it.
  @Test(arguments: [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"]) func closedStreamsDoNotReachFiles(_ closed: String) throws {
    let job = """
      version: 1
      artifacts: a
      stages:
        d: {run: extract, with: {source: folders, archive: images}}
      """
    try sandbox.write("job.yaml", job)
    for name in ["a", "b"] {
      try LocalDisk().makeDirectories(sandbox.folder.appending("images/\(name)"))
      let image = PNG.encode(Image(width: 2, height: 2, rgb: [UInt8](repeating: 9, count: 12)))
      try AtomicFile.write(image, to: sandbox.folder.appending("images/\(name)/1.png"), on: LocalDisk())
    }
    let answer = try sandbox.run([], by: ["/bin/sh", "-c", "\"$0\" make -f job.yaml \(closed) && \"$0\" verify -f job.yaml"])
    #expect(answer.status == 0, "\(answer.output) \(answer.error)")
    for file in try FileManager.default.subpathsOfDirectory(atPath: sandbox.folder.appending("a").string) where !file.hasSuffix(".log") {
      let bytes = FileManager.default.contents(atPath: sandbox.folder.appending("a/\(file)").string) ?? Data()
      #expect(bytes.firstRange(of: Data("no artifact yet".utf8)) == nil && bytes.firstRange(of: Data("d: done".utf8)) == nil, "\(file)")
    }
  }

  /// OpenBLAS's threads take 128 MB of address space each, and more on machines with more processors.
  @Test func littleAddressSpaceIsEnoughForAWord() throws {
    let answer = try sandbox.run([], by: ["/bin/sh", "-c", "ulimit -v 250000; exec timeout 60 \"$0\" --version"])
    #expect(answer.status == 0 && answer.output == "0.1.0\n")
  }

  /// It starts itself again under its own name, once, and tells its arguments on.
  @Test func oneThreadOfOpenBLASIsAskedForWhateverTheEnvironmentSays() throws {
    for environment in [[:], ["OPENBLAS_NUM_THREADS": "7"], ["OPENBLAS_NUM_THREADS": "1"]] as [[String: String]] {
      let answer = try sandbox.run(["make", "--nope"], environment)
      #expect(answer.status == 64 && answer.error.contains("Unknown option '--nope'"))
    }
  }
}
