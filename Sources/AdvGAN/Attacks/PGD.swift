import Jobs
import NN

/// Projected gradient ascent on the sign of the gradient in the L-infinity ball (paper eq. 2; Madry et al. 2018):
///
/// x' <- clamp(x + clamp(x' + step * sign(gradient) - x, -epsilon, epsilon), -1, 1)
public struct PGD: IterativeAttack {
  public static let name = "pgd"
  public static let summary = "projected gradient ascent in the L-infinity ball (Madry et al. 2018)"

  public var steps: Int
  public var step: StepSize
  /// Whether to start from a point uniform in the ball, clamped to [-1, 1], instead of the image itself.
  public var randomStart: Bool
  public var restarts: Int
  public var objective: any AttackObjective
  public var counted: IterateRule

  public init(
    steps: Int, step: StepSize = .reaching, randomStart: Bool, restarts: Int = 1,
    objective: any AttackObjective = CrossEntropyObjective(), counted: IterateRule = .every
  ) {
    precondition(steps >= 0 && restarts >= 1, "PGD: \(steps) steps, \(restarts) restarts")
    (self.steps, self.step, self.randomStart, self.restarts, self.objective) = (steps, step, randomStart, restarts, objective)
    self.counted = counted
  }

  public init(_ settings: inout SettingsReader) throws {
    self.init(
      steps: try settings.integer("steps", default: 10, in: 1...10_000, "steps of a run"),
      step: try settings.value("step", default: .reaching, "size of a step, on the [0, 1] pixel scale"),
      randomStart: try settings.flag("random_start", default: true, "start at a uniformly random point of the ball instead of the image"),
      restarts: try settings.integer(
        "restarts", default: 1, in: 1...1000, "runs from other starting points; an image must survive all, and training takes the worst"),
      objective: try settings.choose("objective", from: AttackObjectives.all, default: CrossEntropyObjective.self, "what is maximised"),
      counted: try settings.choice("counted", default: .every, "which iterates count against an image; training takes the last"))
    if step.size(in: Epsilon(onUnitScale: 1), steps: steps).onUnitScale == 0 {
      throw settings.error(at: "step", "a 'step' of 0 moves no image; leave it out for \(StepSize.reaching.text)")
    }
    if restarts > 1, !randomStart {
      throw settings.error(
        at: "restarts", "without 'random_start' each of \(restarts) 'restarts' would be the same run; say random_start: true, or restarts: 1")
    }
  }

  public func run(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
    watch: (InputGradient) -> Void
  ) rethrows -> Tensor {
    let (x, radius) = (batch.images, Float(threat.radius.onPaperScale))
    let update = BallStep(step: Float(step.size(in: threat.radius, steps: steps).onPaperScale), radius: radius)
    var iterate = start(x, radius, classifier.backend, stream)
    for _ in 0..<steps {
      try check()
      let found = classifier.inputGradient(of: objective, at: LabelledImages(iterate, batch.labels))
      watch(found)
      classifier.backend.signStep(&iterate, from: x, along: found.gradient, update)
    }
    return iterate
  }

  /// Without a random start, no farther than its steps together.
  public func reach(in threat: Threat) -> Epsilon {
    if randomStart { return threat.radius }
    return min(threat.radius, Epsilon(onUnitScale: Double(steps) * step.size(in: threat.radius, steps: steps).onUnitScale))
  }

  private func start(_ x: Tensor, _ radius: Float, _ backend: any Backend, _ stream: RandomStream) -> Tensor {
    guard randomStart, steps > 0 else { return x }
    var own = stream
    var iterate = backend.sum(x, backend.uniform(x.shape, low: -radius, high: radius, &own))
    // A step of size 0 only projects into the ball and the range.
    backend.signStep(&iterate, from: x, along: x, BallStep(step: 0, radius: radius))
    return iterate
  }
}

/// How far an attack's step goes.
public enum StepSize: SettingValue, Equatable {
  case fixed(Epsilon)
  /// So many times epsilon / steps, at most 1.
  case share(Double)

  /// The usual step, 2.5 epsilon / steps: the edge of the ball can be reached, and the way back (Madry et al.'s robustness library).
  public static let reaching = StepSize.share(2.5)

  public func size(in radius: Epsilon, steps: Int) -> Epsilon {
    switch self {
    case .fixed(let size): size
    case .share(let factor): Epsilon(onUnitScale: min(1, factor * radius.onUnitScale / Double(max(steps, 1))))
    }
  }

  public static let notation = "a size such as 2/255 or 0.01 from 0 to 1, or a share of the way such as '2.5 epsilon / steps'"
  public static let example = reaching

  public init?(parsing text: String) {
    if let size = Epsilon(parsing: text) {
      self = .fixed(size)
      return
    }
    let words = text.split(separator: " ")
    guard words.dropFirst(words.count == 3 ? 0 : 1) == ["epsilon", "/", "steps"] else { return nil }
    guard words.count == 3 || words.count == 4, let factor = words.count == 3 ? 1 : Words.decimal(String(words[0])), factor > 0 else {
      return nil
    }
    self = .share(factor)
  }

  public var text: String {
    switch self {
    case .fixed(let size): size.text
    case .share(1): "epsilon / steps"
    case .share(let factor): "\(Words.short(factor)) epsilon / steps"
    }
  }
}
