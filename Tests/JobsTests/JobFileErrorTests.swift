import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Messages word for word: they are what a person sees first.
@Suite struct JobFileErrorTests {
  static func message(_ text: String) -> String {
    do {
      _ = try Job(parsing: text, file: "job.yaml", registry: FakeStages.registry)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func whatATerminalWouldObeyIsNotQuoted() {
    let source = SourceText(file: "a\u{1B}b.yaml", text: "x\u{1B}[31m: 1")
    let error = source.error("key 'x\u{1B}'", at: JobFileError.Place(line: 1, column: 7, length: 1))
    #expect(error.description == "a\\u{1B}b.yaml:1:7: error: key 'x\\u{1B}'\n    1 | x\u{FFFD}[31m: 1\n      |       ^")
  }

  @Test func whatAStageQuotesStaysOnItsLine() {
    #expect("\(StageError("there is no network 'x\nadvgan-job: done\u{1B}[A'"))" == "there is no network 'x\\u{A}advgan-job: done\\u{1B}[A'")
  }

  @Test(arguments: [
    ("version: 1\nstages:\n\ta: 1", "job.yaml:3:1: error: a tab, where YAML takes spaces alone\n"),
    ("version: 1\nstages:\n  a: {run: walk}\n\u{A0}stages: 1", "job.yaml:4:1: error: unknown key '\\u{A0}stages' in the job file (did you mean 'stages'?)\n"),
    ("version: 1\nx\u{7}: 1", "job.yaml:2:2: error: not YAML: control characters are not allowed\n    2 | x\u{FFFD}: 1\n      |  ^"),
  ])
  func whatIsNotSeenIsNamed(_ text: String, _ start: String) {
    #expect(Self.message(text).hasPrefix(start), "\(Self.message(text))")
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x76, 0], "job.yaml: error: the job file is UTF-16: save it as UTF-8"),
    ([0x76, 0xE4], "job.yaml: error: the job file is not UTF-8: save it as UTF-8"),
  ] as [([UInt8], String)])
  func otherEncodingsAreNamed(_ bytes: [UInt8], _ sentence: String) {
    let error = #expect(throws: JobFileError.self) { try Job(parsing: bytes, file: "job.yaml", registry: FakeStages.registry) }
    #expect(error?.description == sentence)
  }

  @Test func anUnknownSettingIsShownInItsLineWithASuggestion() {
    #expect(
      Self.message(
        """
        version: 1
        stages:
          words:
            run: walk
            with: {step: 3}
        """) == """
          job.yaml:5:12: error: unknown key 'step' in stage 'words' (did you mean 'steps'?)
              5 |     with: {step: 3}
                |            ^~~~
          """)
  }

  @Test(arguments: ["out/x.tar", "out/../out/./x.tar", "out/.advgan/records/x.json"])
  func anInputThatTheJobWritesItselfIsRefused(path: String) {
    let message = Self.message(
      """
      version: 1
      artifacts: out
      stages:
        x:
          run: source
          with: {file: \(path)}
      """)
    let normal = path.hasSuffix("x.tar") ? "out/x.tar" : path
    #expect(
      message.split(separator: "\n").first.map(String.init)
        == "job.yaml:6:11: error: 'file' of stage 'x' is \(normal), which this job writes itself: name another file, or another folder of artifacts")
  }

  @Test func anUnknownKeyOfAStage() {
    #expect(
      Self.message(
        """
        version: 1
        stages:
          words:
            run: walk
            wiht: {steps: 3}
        """) == """
          job.yaml:5:5: error: unknown key 'wiht' in stage 'words' (did you mean 'with'?)
              5 |     wiht: {steps: 3}
                |     ^~~~
          """)
  }

  @Test func anUnknownKeyOfTheFile() {
    #expect(
      Self.message("version: 1\nstages: {a: {run: walk}}\nfoo: 1\n") == """
        job.yaml:3:1: error: unknown key 'foo' in the job file (known: version, artifacts, checkpoint, resources, stages, targets)
            3 | foo: 1
              | ^~~
        """)
  }

  @Test func aCycle() {
    #expect(
      Self.message(
        """
        version: 1
        stages:
          x: {run: walk}
          a: {run: join, needs: {parts: [c, x]}}
          b: {run: join, needs: {parts: a}}
          c: {run: join, needs: {parts: [b]}}
        """) == """
          job.yaml:4:3: error: stages wait for each other: a -> c -> b -> a
              4 |   a: {run: join, needs: {parts: [c, x]}}
                |   ^
          """)
  }

  @Test func aStageThatWaitsForItself() {
    #expect(Self.message("version: 1\nstages:\n  a: {run: join, needs: {parts: a}}\n").contains("stages wait for each other: a -> a"))
  }

  @Test func aMissingStage() {
    #expect(
      Self.message(
        """
        version: 1
        stages:
          dataset: {run: walk}
          sum:
            run: join
            needs:
              parts: [datset]
        """) == """
          job.yaml:7:15: error: 'parts' in 'needs' of stage 'sum' names the stage 'datset', which is not in this file (did you mean 'dataset'?)
              7 |       parts: [datset]
                |               ^~~~~~
          """)
  }

  @Test func anUnknownKindOfStage() {
    #expect(
      Self.message("version: 1\nstages:\n  a: {run: wlak}\n") == """
        job.yaml:3:12: error: stage 'a' runs 'wlak', which is no kind of stage (did you mean 'walk'?)
            3 |   a: {run: wlak}
              |            ^~~~
        """)
  }

  @Test func anUnknownRole() {
    #expect(
      Self.message("version: 1\nstages:\n  a: {run: walk}\n  b: {run: count, needs: {txet: a}}\n") == """
        job.yaml:4:27: error: unknown role 'txet' in 'needs' of stage 'b', which runs 'count' (did you mean 'text'?)
            4 |   b: {run: count, needs: {txet: a}}
              |                           ^~~~
        """)
  }

  @Test func aRoleThatIsNeededAndNotGiven() {
    #expect(
      Self.message("version: 1\nstages:\n  b: {run: count}\n") == """
        job.yaml:3:3: error: stage 'b' runs 'count', which needs 'text': write needs: {text: STAGE}
            3 |   b: {run: count}
              |   ^
        """)
  }

  @Test func aMatrixWhereOneStageIsTaken() {
    #expect(
      Self.message(
        "version: 1\nstages:\n  a: {run: walk, matrix: {n: [1, 2]}, with: {steps: \"${n}\"}}\n  b: {run: count, needs: {text: a}}\n")
          == """
          job.yaml:4:33: error: 'text' takes one stage, but 'a' is a matrix of 2: name one of a@n=1, a@n=2
              4 |   b: {run: count, needs: {text: a}}
                |                                 ^
          """)
  }

  @Test(arguments: [
    ("{steps: x}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is 'x'"),
    ("{steps: 0}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is '0'"),
    ("{steps: 1.5}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is '1.5'"),
    ("{steps: [1]}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is a list"),
    ("{steps: {}}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is an empty mapping"),
    ("{steps: }", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is nothing"),
    ("{steps: \"3\"}", "'steps' in stage 'a' must be a whole number from 1 to 1000000, but is the text \"3\" (remove the quotes)"),
    ("{polite: yes}", "'polite' in stage 'a' must be true or false, but is 'yes'"),
    ("[1, 2]", "stage 'a' must be a mapping, but is a list"),
  ])
  func aWrongTypeIsNamed(with: String, sentence: String) {
    let message = Self.message("version: 1\nstages:\n  a: {run: walk, with: \(with)}\n")
    #expect(message.hasPrefix("job.yaml:3:"))
    #expect(message.contains("error: \(sentence)\n"))
  }

  @Test(arguments: [
    ("", "the job file is empty"),
    ("- a\n", "the job file must be a mapping, but is a list"),
    ("stages: {a: {run: walk}}\n", "the job file lacks 'version': give a whole number of at least 1"),
    ("version: 2\nstages: {a: {run: walk}}\n", "job files of version 2 are not known to this program, which reads version 1"),
    ("version: 1\n", "the job file lacks 'stages'"),
    ("version: 1\nstages: {}\n", "'stages' must be a mapping from names to stages, but is an empty mapping"),
    ("version: 1\nstages: {a: {with: {}}}\n", "stage 'a' lacks 'run'"),
    ("version: 1\nstages: {a/b: {run: walk}}\n", "'a/b' is no name for a stage: use up to 60 letters, digits, '.', '_' and '-'"),
    ("version: 1\nstages: {a: {run: walk}, a: {run: walk}}\n", "the key 'a' is given twice in one mapping (first here)"),
    ("version: 1\nstages: {a: {run: walk\n", "not YAML: "),
    ("version: 1\nstages: {a: {run: walk}}\ntargets: {all: b}\n", "target 'all' names the stage 'b', which is not in this file"),
    ("version: 1\nstages: {a: {run: walk}}\ntargets: {a: a}\n", "the target 'a' has the name of a stage"),
    ("version: 1\nstages: {a: {run: join, needs: {parts: [b, b]}}, b: {run: walk}}\n", "'parts' names the stage 'b' twice"),
    ("version: 1\ncheckpoint: {every: soon}\nstages: {a: {run: walk}}\n", "'every' must be a time such as 30s, 10min or 2h, but is 'soon'"),
    (
      "version: 1\nstages: {a: {run: walk, resources: {memory: lots}}}\n", "'memory' must be a whole number and K, M, G or T, but is 'lots'"
    ),
    ("version: 1\nstages: {a: {run: walk, matrix: {n: [3]}}}\n", "nothing in stage 'a' names '${n}', so that its matrix would make equal stages"),
    (
      "version: 1\nstages: {a: {run: walk, matrix: {a: &v [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], b: *v, c: *v, d: *v, e: *v, f: *v, g: *v, h: *v, i: *v}}}\n",
      "the matrix of stage 'a' has 1000000000 combinations; a matrix may have 10000"
    ),
    ("version: 1\nstages: {all: {run: walk}}\n", "a stage cannot be called 'all', which stands for all stages"),
    (
      "version: 1\nstages: {a: {run: join, matrix: {n: [\(String(repeating: "n", count: 200))]}, with: {separator: \"${n}\"}}}\n",
      "is too long for the name of a stage, 204 bytes of 180"
    ),
    ("version: 1\nx: &a [1]\n? *a\n: 1\n", "a key must be one word"),
    ("version: 1\nx: &a [1]\ny: {*a : 1}\n", "a key must be one word"),
    ("version: 1\nx: &a [1]\n[*a]: 1\n", "a key must be one word"),
    ("version: 1\nstages: {a: {run: walk, matrix: {n: 3}}}\n", "'n' in the matrix of stage 'a' must be a list of values, but is '3'"),
    ("version: 1\nstages: {a: {run: walk, matrix: {n: [3, 3]}, with: {steps: \"${n}\"}}}\n", "two combinations of a matrix are both named 'a@n=3'"),
    ("version: 1\nstages: {a: {run: walk, matrix: {n: [3]}, with: {steps: \"${m}\", hold: \"${n}\"}}}\n", "'${m}' is not in the matrix of stage 'a'"),
    ("version: 1\nstages: {a: {run: trouble, with: {kind: stop}}}\n", "(did you mean 'stops'?)"),
    ("version: 1\nstages: {a: {run: trouble, with: {kind: settings}}}\n", "'kind' may not be 'settings'"),
    ("version: 1\nstages: {a: {run: trouble, with: {kind: bare_sentence}}}\n", "stage 'a': the letters are not in the mood"),
    ("version: 1\nstages: {a: {run: source}}\n", "stage 'a' lacks 'file': give a path"),
  ])
  func aMistakeIsNamed(text: String, sentence: String) {
    #expect(Self.message(text).contains("error: ") && Self.message(text).contains(sentence))
  }

  /// Hostile files: a job or a message, never a trap.
  @Test func everyPrefixOfAJobFileIsAJobOrAMessage() {
    let text = """
      version: 1
      checkpoint: {every: 10min, keep: 2}
      stages:
        a: {run: walk, matrix: {n: [1, 2]}, with: {steps: "${n}"}, resources: {cpus: 2}}
        b: {run: join, needs: {parts: [a, "a@n=1"]}}
      targets: {all: [b]}
      """
    for length in 0...text.count { #expect(!Self.message(String(text.prefix(length))).isEmpty) }
    #expect(Self.message(text).contains("'parts' names the stage 'a@n=1' twice"))
  }
}
