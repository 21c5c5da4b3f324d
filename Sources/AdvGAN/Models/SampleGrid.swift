import IO
import NN

/// Generated images in rows and columns, a class a column, one noise vector a row.
public struct SampleGrid: Sendable {
  public let labels: [Int]
  public let rows: Int

  /// The most classes that a training's grids show: all images of a grid are made in one batch.
  static let mostClasses = 20

  public init(labels: [Int], rows: Int) {
    precondition(rows >= 1 && !labels.isEmpty, "SampleGrid: \(rows) rows of \(labels.count) classes")
    (self.labels, self.rows) = (labels, rows)
  }

  /// The grid as one image, two black pixels between its cells. The same stream gives the same noise.
  public func image(_ generator: GeneratorModel, _ phase: Phase, _ stream: RandomStream) -> Image {
    let backend = generator.backend
    let noise = (0..<rows).map { row in
      var own = stream.derived("grid row", row)
      return backend.normal([1, generator.network.latentSize], &own)
    }
    // One batch for all: in training phase an image depends on the others in it.
    let z = backend.joined(noise.flatMap { row in labels.map { _ in row } })
    let images = generator.images(z, (0..<rows).flatMap { _ in labels }, phase).images
    let side = images.shape[1]
    let size = side * side * 3
    let bytes = backend.bytes(images)
    let cells = (0..<rows * labels.count).map { Array(bytes[$0 * size..<($0 + 1) * size]) }
    return assembled(cells, side: side)
  }

  private func assembled(_ cells: [[UInt8]], side: Int) -> Image {
    let gap = 2
    let width = labels.count * (side + gap) - gap
    let height = rows * (side + gap) - gap
    var rgb = [UInt8](repeating: 0, count: width * height * 3)
    for (index, cell) in cells.enumerated() {
      let top = index / labels.count * (side + gap)
      let left = index % labels.count * (side + gap)
      for y in 0..<side {
        let start = ((top + y) * width + left) * 3
        rgb.replaceSubrange(start..<start + side * 3, with: cell[y * side * 3..<(y + 1) * side * 3])
      }
    }
    return Image(width: width, height: height, rgb: rgb)
  }
}

/// Images of a generator outside of a job: `advgan-job sample`.
public struct Drawing {
  private let model: GeneratorModel
  private let phase: Phase
  /// How many classes the generator knows.
  public let classes: Int

  public init(_ given: GivenModel, on backend: any Backend) throws { (model, classes, phase) = try given.generator(on: backend) }

  /// A grid as a PNG file, a class a column; labels in 0 ..< classes.
  public func png(labels: [Int], rows: Int, seed: Int) -> [UInt8] {
    PNG.encode(SampleGrid(labels: labels, rows: rows).image(model, phase, RandomStream(seed: UInt64(seed))))
  }
}
