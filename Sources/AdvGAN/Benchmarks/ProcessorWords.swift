/// Which kernels do the arithmetic, in a word for records of measurements.
public func processorWords() -> String { "cpu" }
