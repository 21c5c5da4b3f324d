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
      Epsilons are on the [0, 1] pixel scale, as fractions (8/255) or decimals. An image counts only if it is classified right as it is and \
      after every restart. As in most papers, the attack starts at the image and the last iterate counts, unless --attack says otherwise.
      """)

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: ArgumentHelp("A data set's artifact, cifar-10-binary.tar.gz, or an archive or folder of class-named folders.", valueName: "path"),
    completion: .file()) var data: String

  @Option(
    help: "Which images: \(Split.allCases.map(\.rawValue).joined(separator: ", ")).", completion: .list(Split.allCases.map(\.rawValue)))
  var split = "test"

  @Option(help: ArgumentHelp("Only the first so many images of the split.", valueName: "images")) var limit: Int?

  @Option(help: ArgumentHelp("Radii of the threat, separated by commas.", valueName: "epsilons")) var epsilon = "0,2/255,4/255,8/255"

  @Option(
    help: ArgumentHelp(
      """
      An attack (\(Attacks.names.joined(separator: ", "))), with settings that differ: pgd:steps=50,restarts=5,random_start=true. Given more \
      than once, an image must withstand all.
      """, valueName: "attack"), completion: .list(Attacks.names)) var attack = ["pgd"]

  @Option(help: "Images at a time.") var batch = 100

  @Option(help: "Seed of the random starts.") var seed = 0

  @OptionGroup var backendOptions: BackendOptions

  @Flag(help: "Print JSON.") var json = false

  func validate() throws { _ = try plan() }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let plan = try plan()
    for remark in plan.remarks { terminal.complain("warning: \(remark)") }
    let document = try EvaluationDocument(
      measuring: modelOptions.model(), on: FilePath(data), plan, backendOptions.backend(kernels), progress: LineProgress(terminal))
    for remark in document.unmeasuredRemarks { terminal.complain("warning: \(remark)") }
    if json { terminal.print(Document.text("attack", document)) } else { AttackTable.lines(document).forEach(terminal.print) }
  }

  /// The options as a plan; their mistakes as usage errors.
  func plan() throws -> EvaluationPlan {
    guard let split = Split(rawValue: split) else { throw ValidationError("--split must be train, validation or test, not '\(split)'") }
    for (name, value) in [("--limit", limit ?? 1), ("--batch", batch)] where value < 1 {
      throw ValidationError("\(name) must be at least 1, not \(value)")
    }
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, not \(seed)") }
    let epsilons = try epsilon.split(separator: ",", omittingEmptySubsequences: false).map { try size(String($0), "--epsilon") }
    guard Set(epsilons.map(\.text)).count == epsilons.count else { throw ValidationError("--epsilon names a size twice: '\(epsilon)'") }
    return EvaluationPlan(splits: [split], limit: limit, attacks: try attack.map(choice), epsilons: epsilons, batch: batch, seed: seed)
  }

  /// `pgd`, or `pgd:steps=50,restarts=5`, with the settings that a job file has.
  private func choice(_ attack: String) throws -> AttackChoice {
    let parts = attack.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var settings: [String: JSON] = ["kind": .string(parts[0])]
    for pair in parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
      guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
        throw ValidationError("--attack takes a name, or a name with settings such as pgd:steps=50,restarts=5, not '\(attack)'")
      }
      let key = String(pair[..<sign])
      guard settings[key] == nil else { throw ValidationError("--attack names '\(key)' twice in '\(attack)'") }
      settings[key] = Self.value(pair[pair.index(after: sign)...])
    }
    do {
      return try AttackChoice(settings, defaults: Self.defaults, option: "--attack")
    } catch let error as JobFileError {
      throw ValidationError(error.message)
    }
  }

  /// A number or a flag as such, all else as text.
  private static func value(_ text: Substring) -> JSON { (try? JSON(parsing: Array(text.utf8))) ?? .string(String(text)) }

  /// As in most papers.
  private static let defaults: [String: JSON] = ["steps": 20, "random_start": false, "counted": "last"]

  private func size(_ text: String, _ option: String) throws -> Epsilon {
    guard let size = Epsilon(parsing: text) else {
      throw ValidationError("\(option) takes sizes from 0 to 1 such as 8/255 or 0.03, not '\(text)'")
    }
    return size
  }
}

/// A measurement as a person reads it.
enum AttackTable {
  /// One line an epsilon, and below it one an attack where there are several.
  static func lines(_ document: EvaluationDocument) -> [String] {
    var rows = [["WEIGHTS", "SPLIT", "IMAGES", "EPSILON", "PAPER'S SCALE", "ATTACK", "ACCURACY"]]
    let all = document.attacks.count == 1 ? document.attacks[0].name : "all"
    for model in document.models {
      for split in model.splits {
        for point in split.points {
          func row(_ attack: String, _ correct: Int, _ unmeasured: Int, _ accuracy: Double) -> [String] {
            [
              model.weights, split.split, "\(split.images)", point.epsilonText, rounded(point.epsilonPaperScale, 4), attack,
              "\(rounded(100 * accuracy, 2)) % (\(correct)\(unmeasured > 0 ? ", \(unmeasured) not measured" : ""))",
            ]
          }
          rows.append(row(point.epsilon == 0 ? "none" : all, point.correct, point.unmeasured, point.accuracy))
          rows += (point.byAttack ?? []).map { row($0.attack, $0.correct, $0.unmeasured, $0.accuracy) }
        }
      }
    }
    return Table.lines(rows)
  }

  private static func rounded(_ value: Double, _ digits: Int) -> String {
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
