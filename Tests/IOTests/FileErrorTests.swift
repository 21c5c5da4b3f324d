import IO
import Testing

struct FileErrorTests {
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
    (.fileNameTooLong, .unsupported),
  ])
  func tellsTheSystemsErrorsApartAndAdvises(errno: Errno, kind: FileError.Kind) {
    let error = FileError(errno, "a", while: "writing")
    #expect(error.kind == kind)
    #expect(error.advice != nil)
    #expect(error.found == "\"\(errno)\" while writing")
  }
}
