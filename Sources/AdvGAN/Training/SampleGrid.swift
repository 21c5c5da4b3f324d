import IO
import NN

/// Generated pictures in rows and columns, a class a column, one noise vector a row.
public struct SampleGrid: Sendable {
  public let labels: [Int]
  public let rows: Int

  public init(labels: [Int], rows: Int) {
    precondition(rows >= 1 && !labels.isEmpty, "SampleGrid: \(rows) rows of \(labels.count) classes")
    self.labels = labels
    self.rows = rows
  }

  /// The grid as one picture, two black pixels between its cells. The same stream gives the same noise.
  public func picture(_ generator: GeneratorModel, _ phase: Phase, _ stream: RandomStream) -> Picture {
    let backend = generator.backend
    var cells: [[UInt8]] = []
    var side = 0
    for row in 0..<rows {
      var noise = stream.derived("grid row", row)
      let z = backend.normal([1, generator.network.latentSize], &noise)
      let line = generator.pictures(backend.joined(labels.map { _ in z }), labels, phase).pictures
      side = line.shape[1]
      let bytes = backend.bytes(line)
      let size = side * side * 3
      cells += labels.indices.map { Array(bytes[$0 * size..<($0 + 1) * size]) }
    }
    return assembled(cells, side: side)
  }

  private func assembled(_ cells: [[UInt8]], side: Int) -> Picture {
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
    return Picture(width: width, height: height, rgb: rgb)
  }
}
