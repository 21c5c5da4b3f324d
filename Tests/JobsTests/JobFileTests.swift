import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct JobFileTests {
  func job(_ text: String, file: FilePath = "jobs/cifar10.yaml") throws -> Job {
    try Job(parsing: "version: 1\n" + text, file: file, registry: FakeStages.registry)
  }

  @Test func aMatrixBecomesAStageForEachCombination() throws {
    let job = try job(
      """
      stages:
        walk: {run: walk, matrix: {steps: [3, 5], hold: [1, 2]}, with: {steps: "${steps}", hold: "${hold}"}}
        all-walks: {run: join, needs: {parts: walk}}
        one: {run: count, needs: {text: "walk@hold=2,steps=5"}}
      """)
    let names = ["walk@hold=1,steps=3", "walk@hold=1,steps=5", "walk@hold=2,steps=3", "walk@hold=2,steps=5"]
    #expect(job.stages.map(\.name) == names + ["all-walks", "one"])
    #expect(job.stage("all-walks")?.needs == ["parts": names])
    #expect(job.stage(names[3])?.settings == .object(["steps": .integer(5), "hold": .integer(2), "polite": .bool(true)]))
    #expect(try job.stages(for: ["walk"]) == names)
  }

  @Test func theOrderOfAMatrixsKeysNamesNothingDifferently() throws {
    let a = try job("stages: {w: {run: walk, matrix: {a: [1], b: [2]}, with: {steps: \"${a}\", hold: \"${b}\"}}}\n")
    let b = try job("stages: {w: {run: walk, matrix: {b: [2], a: [1]}, with: {steps: \"${a}\", hold: \"${b}\"}}}\n")
    #expect(a.stages.map(\.name) == ["w@a=1,b=2"] && b.stages.map(\.name) == ["w@a=1,b=2"])
  }

  @Test func aMatrixReachesNeedsAndTheMiddleOfTexts() throws {
    let job = try job(
      """
      stages:
        w: {run: walk, matrix: {n: [1, 2]}, with: {steps: "${n}"}}
        c: {run: count, matrix: {n: [1, 2]}, needs: {text: "w@n=${n}"}, with: {letter: "<${n}>"}}
      """)
    #expect(job.stage("c@n=2")?.needs == ["text": ["w@n=2"]])
    #expect(job.stage("c@n=2")?.settings["letter"] == .string("<2>"))
  }

  @Test func aFractionInAMatrixGivesANameForAFile() throws {
    let job = try job("stages: {c: {run: join, matrix: {e: [8/255]}, with: {separator: \"${e}\"}}}\n")
    #expect(job.stages.map(\.name) == ["c@e=8_255"])
    #expect(job.stages[0].settings["separator"] == .string("8/255"))
  }

  /// Written in `needs` and on the command line as in the matrix.
  @Test func aStageOfAMatrixOfFractionsCanBeReferredTo() throws {
    let job = try job(
      """
      stages:
        a: {run: join, matrix: {e: [4/255, 8/255]}, with: {separator: "${e}"}}
        b: {run: count, matrix: {e: [4/255, 8/255]}, needs: {text: "a@e=${e}"}, with: {letter: "${e}"}}
      targets: {some: ["b@e=4/255"]}
      """)
    #expect(job.stage("b@e=8_255")?.needs == ["text": ["a@e=8_255"]])
    #expect(try job.stages(for: ["some", "a@e=8/255"]) == ["b@e=4_255", "a@e=8_255"])
  }

  @Test func mergeKeysFillInWhatIsNotGiven() throws {
    let job = try job(
      """
      stages:
        a: {run: walk, with: &w {steps: 7, hold: 3}}
        b:
          run: walk
          with:
            <<: *w
            hold: 4
        c: {run: walk, with: {<<: [{steps: 9}, *w]}}
      """)
    #expect(job.stage("b")?.settings == .object(["steps": .integer(7), "hold": .integer(4), "polite": .bool(true)]))
    #expect(job.stage("c")?.settings == .object(["steps": .integer(9), "hold": .integer(3), "polite": .bool(true)]))
  }

  @Test(arguments: ["\r\n", "\r", "\n"]) func linesAreQuotedWhateverEndsThem(_ end: String) {
    let text = ["\u{FEFF}version: 1", "stages:", "  s: {run: nonsense}"].joined(separator: end)
    #expect(JobFileErrorTests.message(text).contains(":3:12: error: stage 's' runs 'nonsense'"))
    #expect(JobFileErrorTests.message(text).contains("\n    3 |   s: {run: nonsense}\n      |            ^~~~~~~~"))
  }

  @Test func aLongLineIsCutAroundTheMark() {
    let filler = String(repeating: "x", count: 100_000)
    let found = JobFileErrorTests.message("version: 1\nstages: {a: {run: join, with: {separator: \"\(filler)\", stepz: 1, other: \"\(filler)\"}}}\n")
    let lines = found.split(separator: "\n").map(String.init)
    #expect(lines.count == 3 && lines.allSatisfy { $0.count < 200 })
    #expect(lines[1].contains("\", stepz: 1, other") && lines[1].hasPrefix("    2 | ...") && lines[1].hasSuffix("..."))
    #expect(lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } == lines[1].range(of: "stepz").map {
      lines[1].distance(from: lines[1].startIndex, to: $0.lowerBound)
    })
  }

  @Test func targetsNameStagesAndMatricesAndAllIsEverythingByDefault() throws {
    let stages = "stages:\n  b: {run: walk}\n  a: {run: walk, matrix: {n: [1, 2]}, with: {steps: \"${n}\"}}\n"
    #expect(try job(stages).stages(for: []) == ["b", "a@n=1", "a@n=2"])
    let named = try job(stages + "targets: {all: b, some: [a, b]}\n")
    #expect(try named.stages(for: []) == ["b"])
    #expect(try named.stages(for: ["some", "a@n=2"]) == ["a@n=1", "a@n=2", "b", "a@n=2"])
    #expect { try named.stages(for: ["sone"]) } throws: {
      "\($0)" == "jobs/cifar10.yaml has no target or stage 'sone' (did you mean 'some'?)"
    }
  }

  @Test func artifactsDefaultToAFolderNamedAfterTheFile() throws {
    #expect(try job("stages: {a: {run: walk}}\n").artifacts == "artifacts/cifar10")
    #expect(try job("artifacts: elsewhere/x\nstages: {a: {run: walk}}\n").artifacts == "elsewhere/x")
  }

  @Test func checkpointsAreInheritedKeyByKey() throws {
    let job = try job("checkpoint: {every: 2h, keep: 5}\nstages: {a: {run: walk, checkpoint: {every: 30s}}, b: {run: walk}}\n")
    #expect(job.stage("a")?.checkpoint == CheckpointPolicy(every: 30, keep: 5))
    #expect(job.stage("b")?.checkpoint == CheckpointPolicy(every: 7200, keep: 5))
    #expect(try self.job("stages: {a: {run: walk}}\n").stages[0].checkpoint == CheckpointPolicy(every: 600, keep: 2))
  }

  @Test func stagesComeAfterWhatTheyNeed() throws {
    let job = try job("stages: {c: {run: join, needs: {parts: [b, a]}}, b: {run: join, needs: {parts: a}}, a: {run: walk}}\n")
    #expect(job.stages.map(\.name) == ["a", "b", "c"])
    #expect(job.graph.closure(of: ["b"]) == ["a", "b"])
  }

  @Test func anchorsAndAliasesMayShareSettings() throws {
    let job = try job("stages:\n  a: {run: walk, with: &same {steps: 7}}\n  b: {run: walk, with: *same}\n")
    #expect(job.stages.map { $0.settings["steps"] } == [.integer(7), .integer(7)])
  }
}
