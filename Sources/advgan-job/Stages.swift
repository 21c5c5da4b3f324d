import AdvGAN
import Jobs

/// The kinds of stages that job files may name: one line a kind.
enum Stages {
  static let registry = StageRegistry([
    Extract.self,
    CoTrain.self,
    FineTune.self,
    Evaluate.self,
    Report.self,
  ])
}
