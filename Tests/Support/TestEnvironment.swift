import Foundation

/// The environment of the programs that tests start: it is the tests' own, whatever the person who runs them has set.
///
/// A program gets where programs and libraries are found, an English locale, a home of nobody's, and the variables that the test names. It does
/// not see the person's OPENBLAS_*, ADVGAN_*, OMP_*, SLURM_*, LC_* or TMPDIR, all of which change what it does or prints.
public enum TestEnvironment {
  private static let inherited = ["PATH", "LD_LIBRARY_PATH"]

  /// The variables of a program, those of the test first.
  public static func with(_ named: [String: String] = [:]) -> [String: String] {
    let own = ProcessInfo.processInfo.environment.filter { inherited.contains($0.key) }
    return named.merging(["LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]) { given, _ in given }.merging(own) { given, _ in given }
  }

  /// The folder of larger real data that the person names in ADVGAN_TEST_DATA; nil where there is none.
  public static var data: String? { ProcessInfo.processInfo.environment["ADVGAN_TEST_DATA"] }
}
