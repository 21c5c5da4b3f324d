import AdvGAN
import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job attack`.
struct Attack: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the accuracy of a discriminator under attack.",
    discussion: """
      Sizes are on the [0, 1] pixel scale, as fractions (8/255) or decimals. An image counts only if it is classified right as it is and \
      after every restart. By default the last iterate of each restart counts, as in most papers.
      """)

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: ArgumentHelp(
      "A data set's artifact, cifar-10-binary.tar.gz, or an archive or folder of class-named folders.", valueName: "path"),
    completion: .file())
  var data: String

  @Option(
    help: "Which images: \(Split.allCases.map(\.rawValue).joined(separator: ", ")).", completion: .list(Split.allCases.map(\.rawValue)))
  var split = "test"

  @Option(help: ArgumentHelp("Only the first so many images of the split.", valueName: "images"))
  var limit: Int?

  @Option(help: ArgumentHelp("Sizes of the perturbation, separated by commas.", valueName: "sizes"))
  var epsilon = "0,2/255,4/255,8/255"

  @Option(help: "The attack: \(Attacks.names.joined(separator: ", ")).", completion: .list(Attacks.names))
  var attack = "pgd"

  @Option(help: "Steps of the attack.")
  var steps = 20

  @Option(help: ArgumentHelp("Size of a step; by default 2.5 epsilon / steps.", valueName: "size"))
  var step: String?

  @Flag(help: "Start from a random point of the ball instead of the image.")
  var randomStart = false

  @Option(help: "How often the attack is tried.")
  var restarts = 1

  @Option(
    help: "Which iterates of the attack count: \(IterateRule.allCases.map(\.rawValue).joined(separator: ", ")).",
    completion: .list(IterateRule.allCases.map(\.rawValue)))
  var counted = IterateRule.last.rawValue

  @Option(help: "Images at a time.")
  var batch = 100

  @Option(help: "Seed of the random starts.")
  var seed = 0

  @OptionGroup var backendOptions: BackendOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws { _ = try plan() }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let record = try AttackReport.measure(
      modelOptions.model(), data: FilePath(data), plan: plan(), on: backendOptions.backend(kernels), progress: LineProgress(terminal))
    if json {
      terminal.print(Document.text("attack", record.members ?? [:]))
    } else {
      AttackTable.lines(record).forEach(terminal.print)
    }
  }

  /// The options as a plan; their mistakes as usage errors.
  func plan() throws -> EvaluationPlan {
    guard let split = Split(rawValue: split) else { throw ValidationError("--split must be train, validation or test, not '\(split)'") }
    guard let rule = IterateRule(rawValue: counted) else { throw ValidationError("--counted must be every or last, not '\(counted)'") }
    guard let kind = Attacks.named(attack) else {
      throw ValidationError("there is no attack '\(attack)'; known: \(Attacks.names.joined(separator: ", "))")
    }
    for (name, value) in [
      ("--limit", limit ?? 1), ("--steps", steps), ("--restarts", restarts), ("--batch", batch),
    ]
    where value < 1 {
      throw ValidationError("\(name) must be at least 1, not \(value)")
    }
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, not \(seed)") }
    return EvaluationPlan(
      splits: [split], limit: limit, attack: kind,
      epsilons: try epsilon.split(separator: ",", omittingEmptySubsequences: false).map { try size(String($0), "--epsilon") }, steps: steps,
      step: try step.map { try size($0, "--step") }, randomStart: randomStart, restarts: restarts, rule: rule, batch: batch, seed: seed)
  }

  private func size(_ text: String, _ option: String) throws -> Epsilon {
    guard let size = Epsilon(parsing: text) else {
      throw ValidationError("\(option) takes sizes from 0 to 1 such as 8/255 or 0.03, not '\(text)'")
    }
    return size
  }
}

/// A measurement as a person reads it.
enum AttackTable {
  static func lines(_ record: JSON) -> [String] {
    var rows = [["WEIGHTS", "SPLIT", "IMAGES", "EPSILON", "PAPER'S SCALE", "ACCURACY"]]
    for model in record["models"]?.elements ?? [] {
      for split in model["splits"]?.elements ?? [] {
        for point in split["points"]?.elements ?? [] {
          let images = split["images"]?.whole ?? 0
          let correct = point["correct"]?.whole ?? 0
          rows.append([
            model["weights"]?.text ?? "", split["split"]?.text ?? "", "\(images)", point["epsilon_text"]?.text ?? "",
            rounded(point["epsilon_paper_scale"]?.real, 4), rounded((point["accuracy"]?.real).map { 100 * $0 }, 2) + " % (\(correct))",
          ])
        }
      }
    }
    return Table.lines(rows)
  }

  private static func rounded(_ value: Double?, _ digits: Int) -> String {
    guard let value else { return "" }
    let scale = (0..<digits).reduce(1.0) { size, _ in size * 10 }
    let text = "\((value * scale).rounded() / scale)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// How far a command is, on a line that is rewritten; nothing where nobody watches.
struct LineProgress: ProgressReporter {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  func report(_ done: Int, of total: Int, unit: String, note: String) {
    terminal.rewrite("\(done) of \(total) \(unit)\(note.isEmpty ? "" : ": \(note)")")
  }
}
