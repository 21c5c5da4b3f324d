import AdvGAN
import ArgumentParser
import Jobs
import NN

/// A command of this program's own, not one that prints help: it begins when it is known by which kernels it may compute.
protocol ProgramCommand: ParsableCommand {
  mutating func run(with kernels: KernelChoice) throws
}

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
