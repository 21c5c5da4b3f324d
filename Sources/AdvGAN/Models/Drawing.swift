import IO
import NN

/// Images of a generator outside of a job: `advgan-job sample`.
public struct Drawing {
  private let model: GeneratorModel
  private let phase: Phase
  /// How many classes the generator knows.
  public let classes: Int

  public init(_ given: GivenModel, on backend: any Backend) throws {
    (model, classes, phase) = try given.generator(on: backend)
  }

  /// A grid as a PNG file, a class a column; labels in 0 ..< classes.
  public func png(labels: [Int], rows: Int, seed: Int) -> [UInt8] {
    PNG.encode(SampleGrid(labels: labels, rows: rows).image(model, phase, RandomStream(seed: UInt64(seed))))
  }
}
