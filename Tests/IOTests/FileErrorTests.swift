import Glibc
import Testing

@testable import IO

struct FileErrorTests {
  /// A name may hold what a terminal obeys.
  @Test func whatATerminalWouldObeyIsSpeltOut() {
    let error = FileError(.missing, "a\u{1B}[31m\nb.tar", found: "x\u{7}\u{202E}")
    #expect(error.description == "a\\u{1B}[31m\\u{A}b.tar: does not exist; found x\\u{7}\\u{202E}")
    #expect("caf\u{E9} \u{1F600}".printable() == "caf\u{E9} \u{1F600}")
    #expect("a\u{1B}[\tb\u{0}\u{202E}".masked() == "a\u{FFFD}[\tb\u{FFFD}\u{FFFD}")
    #expect("a\tb\nc\r".printable(keepsLines: true) == "a\tb\nc\\u{D}")
  }

  @Test func aDenialNamesTheOwnerAndTheRemedy() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("x", [1])
    #expect(chmod(file.string, 0o640) == 0)
    let user = FileOwner.name(of: geteuid())
    let own = try #require(FileError(.permissionDenied, file, while: "opening it").advice)
    #expect(own == "\(file) belongs to \(user) (mode 640), and this program runs as \(user): change its mode (chmod u+rwX), or choose another place")
    // What is not there belongs to whom the nearest folder belongs to.
    #expect(FileError(.permissionDenied, "/proc/no/such", while: "making it").advice?.hasPrefix("/proc belongs to 'root' (mode 555)") == true)
    #expect(FileOwner.name(of: 4_123_456) == "user 4123456")
  }

  @Test func aLinkToNowhereIsToldAsWhatItIs() throws {
    let folder = try TemporaryFolder()
    let link = folder("link")
    #expect(symlink("/nowhere/scratch", link.string) == 0)
    for action in [{ try LocalDisk().makeDirectories(link) }, { _ = try InputFile(link) }] {
      let error = #expect(throws: FileError.self) { try action() }
      #expect(error?.kind == .missing && error?.found?.hasPrefix("a link to /nowhere/scratch, where nothing is") == true)
    }
  }

  @Test func isOneSentenceOfItsParts() {
    let error = FileError(
      .damaged, "a.tar", at: "member 'x.png'", expected: "512 bytes", found: "12", advice: "make it again")
    #expect("\(error)" == "a.tar, member 'x.png': is damaged; expected 512 bytes, found 12; make it again")
  }

  @Test func leavesOutWhatIsNotKnown() {
    #expect("\(FileError(.missing, "a.tar"))" == "a.tar: does not exist")
    #expect("\(FileError(.io, "a", found: "x"))" == "a: input or output failed; found x")
    #expect("\(FileError(.io, "a", expected: "y"))" == "a: input or output failed; expected y")
  }

  @Test(arguments: [
    (Errno.noSpace, FileError.Kind.noSpace), (.diskQuotaExceeded, .noSpace), (.permissionDenied, .permission),
    (.readOnlyFileSystem, .permission), (.noSuchFileOrDirectory, .missing), (.notDirectory, .missing), (.ioError, .io),
    (.fileNameTooLong, .unsupported), (.fileTooLarge, .noSpace), (.noLocks, .io),
  ])
  func tellsTheSystemsErrorsApartAndAdvises(errno: Errno, kind: FileError.Kind) {
    let error = FileError(errno, "a", while: "writing")
    #expect(error.kind == kind)
    #expect(error.advice != nil)
    #expect(error.found == "\"\(errno)\" while writing")
  }
}
