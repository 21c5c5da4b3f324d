import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// A store that exists in memory only: what a run would leave, without running anything.
struct PretendStore {
  var listing = Listing()

  /// The digests of what is outside, for every stage.
  init(_ job: Job, file: String = "content") {
    for stage in job.stages {
      listing.externals[stage.name] = stage.stage.externalInputs.mapValues { _ in SHA256.digest(of: Array(file.utf8)) }
    }
  }

  /// Makes one stage: its content is a function of its settings and inputs; `deaf` stages come out the same whatever their inputs.
  mutating func make(_ stage: JobStage, isDeaf: Bool = false) {
    let inputs = stage.needs.mapValues { $0.map { Manifest.Input(stage: $0, digest: content($0)) } }
    let external = (listing.externals[stage.name] ?? [:]).compactMapValues(\.self)
    let seed = Fingerprint.of(
      run: stage.kind, version: stage.version, settings: stage.settings, inputs: isDeaf ? [:] : inputs, external: external)
    let manifest = Manifest(
      stage: stage.name, run: stage.kind, version: stage.version, settings: stage.settings, inputs: inputs, external: external,
      members: [Manifest.Member(name: "text.txt", size: 1, sha256: seed)])
    listing.artifacts[stage.name] = .present(manifest.head)
  }

  func content(_ stage: String) -> Digest {
    guard case .present(let manifest)? = listing.artifacts[stage] else { preconditionFailure("PretendStore: '\(stage)' is not there") }
    return manifest.content
  }

  /// Takes an artifact away; its record stays, unless it is forgotten too.
  mutating func remove(_ stage: String, isForgotten: Bool = false) {
    if isForgotten {
      listing.artifacts[stage] = .absent(last: nil)
    } else if case .present(let manifest)? = listing.artifacts[stage] {
      listing.artifacts[stage] = .absent(last: manifest)
    }
  }

  /// Runs plans until nothing is left to do, and returns the stages in the order in which they ran.
  mutating func makeAll(_ job: Job, _ targets: [String], deaf: Set<String> = []) -> [String] {
    var ran: [String] = []
    while let next = Planner(job).plan(targets, listing).stages.first(where: { [.run, .resume].contains($0.decision) }) {
      guard let stage = job.stage(next.name), ran.count < 1000 else { break }
      make(stage, isDeaf: deaf.contains(stage.name))
      ran.append(next.name)
    }
    return ran
  }
}

@Suite struct PlannerTests {
  static let stages = """
    stages:
      text: {run: source, with: {file: in.txt}}
      a: {run: count, needs: {text: text}, with: {letter: a}}
      both: {run: join, needs: {parts: [a, text]}}
      walk: {run: walk, with: {steps: 50}}
    """

  func job(_ text: String = stages) throws -> Job {
    try Job(parsing: "version: 1\n" + text, file: "job.yaml", registry: FakeStages.registry)
  }

  func reasons(_ job: Job, _ listing: Listing, _ options: RequestOptions = []) throws -> [String] {
    Planner(job).plan(try job.request(options), listing).stages.map { "\($0.name): \($0.decision), \($0.reason)" }
  }

  @Test func anEmptyStoreNeedsEverything() throws {
    let job = try job()
    let store = PretendStore(job)
    #expect(
      try reasons(job, store.listing) == [
        "text: run, no artifact yet", "a: run, no artifact yet", "both: run, no artifact yet", "walk: run, no artifact yet",
      ])
    #expect(Planner(job).plan(["both"], store.listing).summary == "3 run")
  }

  @Test func reasonsNameWhatChanged() throws {
    let old = try job()
    var store = PretendStore(old)
    _ = store.makeAll(old, try old.stages(for: []))
    func first(_ from: String, _ to: String, _ stage: String) throws -> String? {
      let new = try job(Self.stages.replacing(from, with: to))
      return Planner(new).plan(try new.stages(for: []), store.listing)[stage].map { "\($0.decision): \($0.reason)" }
    }
    #expect(try first("letter: a", "letter: b", "a") == "run: params changed: letter a -> b")
    #expect(
      try first("letter: a", "letter: b, ignores_case: false", "a") == "run: params changed: ignores_case true -> false, letter a -> b")
    #expect(try first("steps: 50", "steps: 50, hold: 3", "walk") == "run: params changed: hold unset -> 3")
    #expect(try first("[a, text]", "[text, a]", "both") == "run: needs changed: parts a text -> text a")
    #expect(try first("needs: {parts: [a, text]}", "needs: {}", "both") == "run: needs changed: parts a text -> nothing")
    #expect(try first("walk: {run: walk, with: {steps: 50}}", "walk: {run: join}", "walk") == "run: run changed: walk -> join")
  }

  @Test func reasonsNameInputsThatCameOutDifferent() throws {
    let job = try job()
    var store = PretendStore(job)
    _ = store.makeAll(job, try job.stages(for: []))
    let changed = try self.job(Self.stages.replacing("letter: a", with: "letter: b"))
    store.make(try #require(changed.stage("a")))
    #expect(try reasons(changed, store.listing)[2] == "both: run, input changed: a")
  }

  @Test func aRaisedVersionIsAReason() throws {
    let job = try job()
    var store = PretendStore(job)
    let walk = try #require(job.stage("walk"))
    let manifest = Manifest(stage: "walk", run: "walk", version: 0, settings: walk.settings, inputs: [:], external: [:], members: [])
    store.listing.artifacts["walk"] = .present(manifest)
    #expect(try reasons(job, store.listing, ["walk"]) == ["walk: run, stage version 0 -> 1"])
  }

  @Test func damageIsAReason() throws {
    let job = try job()
    var store = PretendStore(job)
    store.listing.artifacts["walk"] = .damaged("x.tar: is damaged")
    #expect(try reasons(job, store.listing, ["walk"]) == ["walk: run, artifact damaged: x.tar: is damaged"])
  }

  @Test func aCheckpointOfTheSameFingerprintIsResumedAndAnotherIsNot() throws {
    let job = try job()
    var store = PretendStore(job)
    let fingerprint = try #require(Planner(job).plan(["walk"], store.listing)["walk"]?.fingerprint)
    store.listing.checkpoints["walk"] = [
      fingerprint: CheckpointHead(fingerprint: fingerprint, step: 20, total: 50, saved: 1_778_554_680, processor: "test", members: [])
    ]
    #expect(try reasons(job, store.listing, ["walk"]) == ["walk: resume, interrupted at step 20 of 50 (checkpoint 2026-05-12 02:58 UTC)"])
    #expect(try reasons(job, store.listing, RequestOptions(["walk"], always: true)) == ["walk: run, forced (-B)"])
    let changed = try self.job(Self.stages.replacing("steps: 50", with: "steps: 51"))
    #expect(
      try reasons(changed, store.listing, ["walk"])
        == ["walk: run, no artifact yet (the checkpoint at step 20 is of other settings or inputs)"])
  }

  @Test func whatWaitsIsMaybeAndSaysForWhom() throws {
    let job = try job()
    var store = PretendStore(job)
    _ = store.makeAll(job, try job.stages(for: []))
    let changed = try self.job(Self.stages.replacing("in.txt}", with: "in.txt, upper: true}"))
    let plan = Planner(changed).plan(try changed.stages(for: []), store.listing)
    #expect(plan["text"]?.reason == "params changed: upper false -> true")
    #expect(plan["a"].map { "\($0.decision): \($0.reason)" } == "maybe: waits for text; up to date if its artifact comes out identical")
    #expect(plan["both"].map { "\($0.decision): \($0.reason)" } == "maybe: waits for a, text; up to date if their artifacts come out identical")
    #expect(plan.summary == "1 run, 2 maybe, 1 up to date" && !plan.isUpToDate)
    #expect(plan["a"]?.fingerprint == nil)
  }

  @Test func aMissingFileOfAFreshArtifactIsNoReason() throws {
    let job = try job()
    var store = PretendStore(job)
    _ = store.makeAll(job, ["text"])
    store.listing.externals["text"] = ["file": nil]
    #expect(try reasons(job, store.listing, ["text"]) == ["text: upToDate, up to date"])
    store.remove("text", isForgotten: true)
    let plan = Planner(job).plan(["text"], store.listing)
    #expect(plan["text"]?.missing == ["file"] && plan["text"]?.decision == .run)
  }

  @Test func aChainOfMissingArtifactsIsRebuiltOnlyWhereItIsNeeded() throws {
    let chain =
      "stages: {a: {run: walk}, b: {run: join, needs: {parts: a}}, c: {run: join, needs: {parts: b}}, d: {run: join, needs: {parts: c}}}\n"
    let job = try job(chain)
    var store = PretendStore(job)
    _ = store.makeAll(job, ["d"])
    for stage in ["a", "b", "c"] { store.remove(stage) }
    #expect(Planner(job).plan(["d"], store.listing).isUpToDate)
    #expect(Planner(job).plan(["d", "b"], store.listing).stages.map(\.decision) == [.run, .run, .upToDate, .upToDate])
    store.remove("b", isForgotten: true)
    // Nobody remembers what b was: it must be made again, and what follows waits for the outcome.
    #expect(Planner(job).plan(["d"], store.listing).stages.map(\.decision) == [.run, .run, .maybe, .maybe])
    #expect(store.makeAll(job, ["d"]) == ["a", "b"])
  }

  @Test func aSettingTooLongForALineIsNamedAlone() {
    let words = String(repeating: "long ", count: 15)
    let before: JSON = .object(["labels": .array([.string(words)]), "title": .string("a")])
    let now: JSON = .object(["labels": .array([.string(words + "more")]), "title": .string("b")])
    #expect(Reasons.settings(from: before, to: now) == ["labels", "title a -> b"])
  }
}
