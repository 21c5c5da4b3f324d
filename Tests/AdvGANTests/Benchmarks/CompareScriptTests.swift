import Testing

/// What stands in `benchmarks`.
@Suite struct CompareScriptTests {
  /// Nothing of it where there is no Python: the program itself does without.
  @Test func theScriptPassesItsOwnTests() throws {
    let tests = try ShellTests(running: "CompareTests.sh")
    #expect(tests.status == 0, "\(tests.others.joined(separator: "\n"))")
    #expect(tests.passed.count > 15 || tests.others.contains { $0.hasPrefix("skipped: ") })
  }
}
