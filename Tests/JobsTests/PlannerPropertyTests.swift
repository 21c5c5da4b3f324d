import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Random graphs of `join` stages; the number after the seed in a message repeats the graph.
@Suite struct PlannerPropertyTests {
  struct Graph {
    var needs: [[Int]]
    var settings: [Int]

    init(_ dice: inout Dice) {
      let count = Int.random(in: 1...9, using: &dice)
      needs = (0..<count).map { stage in (0..<stage).filter { _ in Int.random(in: 0..<3, using: &dice) == 0 } }
      settings = Array(repeating: 0, count: count)
    }

    func job() throws -> Job {
      let stages = needs.indices.map { stage in
        "  s\(stage): {run: join, needs: {parts: [\(needs[stage].map { "s\($0)" }.joined(separator: ", "))]}, with: {separator: v\(settings[stage])}}\n"
      }
      return try Job(parsing: "version: 1\nstages:\n" + stages.joined(), file: "job.yaml", registry: FakeStages.registry)
    }

    func descendants(of stage: Int) -> Set<String> {
      var found: Set<Int> = [stage]
      for other in needs.indices where needs[other].contains(where: found.contains) { found.insert(other) }
      return Set(found.subtracting([stage]).map { "s\($0)" })
    }

    var names: [String] { needs.indices.map { "s\($0)" } }
  }

  static let seeds: [UInt64] = Array(1...60)

  @Test(arguments: seeds) func afterARunEverythingIsFresh(seed: UInt64) throws {
    var dice = Dice(state: seed)
    let graph = Graph(&dice)
    let job = try graph.job()
    var store = PretendStore(job)
    #expect(Set(store.makeAll(job, graph.names)) == Set(graph.names), "seed \(seed)")
    let plan = Planner(job).plan(graph.names, store.listing)
    #expect(plan.isUpToDate && plan.stages.count == graph.names.count, "seed \(seed)")
  }

  @Test(arguments: seeds) func oneChangedSettingMakesItsStageRunAndItsDescendantsMaybe(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var graph = Graph(&dice)
    var store = PretendStore(try graph.job())
    _ = store.makeAll(try graph.job(), graph.names)
    let changed = Int.random(in: graph.needs.indices, using: &dice)
    graph.settings[changed] = 1
    let job = try graph.job()
    let plan = Planner(job).plan(graph.names, store.listing)
    let heirs = graph.descendants(of: changed)
    func named(_ decision: PlannedStage.Decision) -> Set<String> { Set(plan.stages.filter { $0.decision == decision }.map(\.name)) }
    #expect(named(.run) == ["s\(changed)"], "seed \(seed)")
    #expect(named(.maybe) == heirs, "seed \(seed)")
    #expect(Set(store.makeAll(job, graph.names)) == heirs.union(["s\(changed)"]), "seed \(seed)")
    #expect(Planner(job).plan(graph.names, store.listing).isUpToDate, "seed \(seed)")
  }

  @Test(arguments: seeds) func aDeafStageSparesWhatOnlyItFeeds(seed: UInt64) throws {
    var dice = Dice(state: seed)
    let graph = Graph(&dice)
    let deaf = Set(graph.names)
    var store = PretendStore(try graph.job())
    _ = store.makeAll(try graph.job(), graph.names, deaf: deaf)
    // Every stage ignores its inputs, so a new start of the first one reruns its consumers and nobody behind them.
    let first = Int.random(in: graph.needs.indices, using: &dice)
    var changed = graph
    changed.settings[first] = 1
    let ran = Set(store.makeAll(try changed.job(), graph.names, deaf: deaf))
    let consumers = graph.needs.indices.filter { graph.needs[$0].contains(first) }.map { "s\($0)" }
    #expect(ran == Set(consumers).union(["s\(first)"]), "seed \(seed)")
  }

  @Test(arguments: seeds) func lostArtifactsAreRebuiltOnlyAsFarAsNeededAndThenNothingIsLeft(seed: UInt64) throws {
    var dice = Dice(state: seed)
    let graph = Graph(&dice)
    let job = try graph.job()
    let target = [graph.names[graph.names.count - 1]]
    var store = PretendStore(job)
    _ = store.makeAll(job, graph.names)
    let lost = graph.names.filter { _ in Bool.random(using: &dice) }
    for stage in lost { store.remove(stage) }
    let ran = store.makeAll(job, target)
    // Records remain, and nothing changed: only a lost target needs anything, and then only lost stages run.
    if lost.contains(target[0]) {
      #expect(ran.contains(target[0]) && Set(ran).isSubset(of: lost), "seed \(seed)")
    } else {
      #expect(ran == [], "seed \(seed)")
    }
    #expect(Planner(job).plan(target, store.listing).isUpToDate, "seed \(seed)")
  }
}
