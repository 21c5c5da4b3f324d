import ArgumentParser
import NN

/// A command of this program's own, not one that prints help: it begins when it is known by which kernels it may compute.
protocol ProgramCommand: ParsableCommand {
  mutating func run(with kernels: KernelChoice) throws
}
