/// So many steps at a factor of the base rate.
public struct RateStage: Equatable, Sendable {
  public let steps: Int, factor: Float

  public init(steps: Int, factor: Float) {
    self.steps = steps
    self.factor = factor
  }
}

/// A learning rate over the steps of a run.
public enum Schedule: Equatable, Sendable {
  case constant
  /// Halved after every so many steps (the published co-training: 50 epochs).
  case halving(every: Int)
  /// Constant until `start`, then linearly to 0 at `end` (SN-GAN).
  case linear(start: Int, end: Int)
  /// One stage after another; after the last its factor stays.
  case stages([RateStage])
  /// Linearly from 0 to 1 at `peak`, then linearly to 0 at `end` (Smith's one cycle, as fast adversarial training uses it).
  case oneCycle(peak: Int, end: Int)

  /// The factor on the base rate at a step, counted from 0.
  public func factor(at step: Int) -> Float {
    switch self {
    case .constant: return 1
    case .halving(let every):
      var factor: Float = 1
      for _ in 0..<min(step / max(every, 1), 126) { factor /= 2 }
      return factor
    case .linear(let start, let end):
      if step < start { return 1 }
      return end <= start ? 0 : max(0, Float(end - step) / Float(end - start))
    case .stages(let stages):
      var left = step
      for stage in stages {
        if left < stage.steps { return stage.factor }
        left -= stage.steps
      }
      return stages.last?.factor ?? 1
    case .oneCycle(let peak, let end):
      // The first step moves already, and so does the last.
      if step < peak { return Float(step + 1) / Float(peak) }
      return end <= peak ? 0 : max(0, Float(end - step) / Float(end - peak))
    }
  }
}
