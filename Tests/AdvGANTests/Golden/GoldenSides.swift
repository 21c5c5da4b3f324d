import NN
import TestSupport

@testable import NN

/// The numbers of a golden file that come too near a kink (within 1e-4 of the root mean square of their tensor), and on which side they are.
struct GoldenSides {
  /// Inputs of ReLUs by the number of the call, places in memory: whether positive.
  let reLU: [Int: Signs.Places<Bool>]
  /// Gradients of an attack by the number of its step.
  let sign: [Int: Signs.Places<Bool>]
  /// How many calls of a ReLU, and steps of an attack, the reference made.
  let reLUCalls: Int, signSteps: Int
  /// Gradients of each player's first step of Adam, by the place of the parameter among those that learn.
  private var first: [[Int: Signs.Places<Float>]] = []
  /// Parameters of each player that nothing but rounding moves.
  private var still: [Set<Int>] = []

  private struct Summary: Decodable { let reluCalls: Int, signSteps: Int, margin: Double }
  private struct Networks: Decodable { let training: Summary?, inference: Summary? }
  private struct Steps: Decodable { let sides: Summary, still: [String] }

  /// Of one pass of a whole network; nil where the file lists none because every number keeps its distance.
  init?(_ pass: String, of network: GoldenNetwork) throws {
    let summaries = try network.fixture("").settings(Networks.self, "seeds_and_margins")
    guard let summary = pass == "training" ? summaries.training : summaries.inference else { return nil }
    try self.init(network.fixture("\(pass)_sides"), summary)
  }

  /// Of three steps of co-training, by players whose parameters are these, in the order of their updates.
  init(_ variant: Fixture, players: KeyValuePairs<String, [ParameterSpecification]>) throws {
    let steps = try variant.settings(Steps.self)
    let fixture = variant.sibling("\(variant.group)/sides")
    try self.init(fixture, steps.sides)
    for (player, specifications) in players {
      let learned = specifications.filter { $0.kind == .weight }
      first.append(try Self.firstGradients(fixture, player, learned))
      still.append(Set(learned.indices.filter { steps.still.contains("\(player)/\(learned[$0].name)") }))
    }
  }

  private init(_ fixture: Fixture, _ summary: Summary) throws {
    guard summary.margin >= 1e-4 else { throw FixtureProblem(what: "a margin of \(summary.margin) in '\(fixture.group)'") }
    func lists(_ name: String) throws -> [Int: Signs.Places<Bool>] {
      guard fixture.has(name) else { return [:] }
      let rows = try fixture.labels(name)
      var result: [Int: Signs.Places<Bool>] = [:]
      for row in stride(from: 0, to: rows.count, by: 3) { result[rows[row], default: []].append((rows[row + 1], rows[row + 2] == 1)) }
      return result
    }
    (reLU, sign) = (try lists("relu"), try lists("sign"))
    (reLUCalls, signSteps) = (summary.reluCalls, summary.signSteps)
  }

  /// What Adam's step `number` (players in turn) is to find: known gradients, by the parameter's place among those that learn.
  func gradients(ofStep number: Int) -> [Int: Signs.Places<Float>] { number < first.count ? first[number] : [:] }

  /// Parameters whose gradient is to vanish in Adam's step `number`.
  func still(inStep number: Int) -> Set<Int> { still.isEmpty ? [] : still[number % still.count] }

  /// From places as PyTorch stores a parameter to places in memory.
  private static func firstGradients(
    _ fixture: Fixture, _ player: String, _ learned: [ParameterSpecification]
  ) throws -> [Int: Signs.Places<Float>] {
    var result: [Int: Signs.Places<Float>] = [:]
    for (index, specification) in learned.enumerated() where fixture.has("adam/\(player)/\(specification.name)") {
      var dense = [Float](repeating: .nan, count: specification.shape.reduce(1, *))
      let places = try fixture.labels("adam/\(player)/\(specification.name)")
      let values = try fixture.plain("adam_values/\(player)/\(specification.name)").values
      for (place, value) in zip(places, values) { dense[place] = value }
      result[index] = specification.memoryOrder(dense).enumerated().filter { !$0.element.isNaN }.map { ($0.offset, $0.element) }
    }
    return result
  }
}
