import IO

/// Pictures of one size with their labels, in memory.
public struct PictureSet: Equatable, Sendable {
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int
  /// (N, H, W, 3), row-major, RGB in 0...255.
  public let pixels: [UInt8]
  /// (N), indices of classes, from 0.
  public let labels: [Int]

  public init(height: Int, width: Int, pixels: [UInt8], labels: [Int]) {
    precondition(
      height > 0 && width > 0 && pixels.count == labels.count * height * width * 3,
      "PictureSet: \(labels.count) pictures of \(width)x\(height) need 3 bytes a pixel, got \(pixels.count) bytes")
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
  }

  /// The number of pictures, N.
  public var count: Int { labels.count }

  /// The picture at `index`, in 0..<count.
  public subscript(index: Int) -> Picture {
    let size = height * width * 3
    return Picture(width: width, height: height, rgb: Array(pixels[index * size..<(index + 1) * size]))
  }

  /// How many pictures each of `classes` classes has, by label.
  public func counts(classes: Int) -> [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[$1] += 1 }
  }
}

/// Fills a `PictureSet` in any order.
struct PictureSetBuilder {
  private var shape: PictureShape
  private var pixels: [UInt8] = []
  private var labels: [Int]

  /// - Parameters:
  ///   - path: where the pictures come from, for messages.
  init(count: Int, from path: FilePath) {
    shape = PictureShape(from: path)
    labels = [Int](repeating: 0, count: count)
  }

  /// Puts a picture in its place.
  /// - Throws: `.unsupported` where its size is not that of the first.
  mutating func set(_ index: Int, _ picture: Picture, label: Int, named name: String) throws(FileError) {
    try shape.check((picture.width, picture.height), named: name)
    let size = picture.rgb.count
    if pixels.isEmpty { pixels = [UInt8](repeating: 0, count: labels.count * size) }
    pixels.replaceSubrange(index * size..<(index + 1) * size, with: picture.rgb)
    labels[index] = label
  }

  /// The set, after every place was filled; nil for a set of none.
  consuming func finish() -> PictureSet? {
    guard let side = shape.size else { return nil }
    return PictureSet(height: side.height, width: side.width, pixels: pixels, labels: labels)
  }
}

/// The one size that all pictures of a data set have.
struct PictureShape {
  /// In pixels; nil until the first picture came.
  private(set) var size: (width: Int, height: Int)?
  private let isRequested: Bool
  private let path: FilePath

  /// - Parameters:
  ///   - side: the requested width and height; nil takes the first picture's.
  ///   - path: where the pictures come from, for messages.
  init(side: Int? = nil, from path: FilePath) {
    size = side.map { ($0, $0) }
    isRequested = side != nil
    self.path = path
  }

  /// Goes on behind pictures of this size.
  mutating func resume(with size: (width: Int, height: Int)) { self.size = size }

  /// - Throws: `.unsupported`, naming the picture, where it has another size.
  mutating func check(_ found: (width: Int, height: Int), named name: String) throws(FileError) {
    guard let size else {
      self.size = found
      return
    }
    guard found == size else {
      throw FileError(
        .unsupported, path, at: "member '\(name)'",
        expected: "\(size.width)x\(size.height) pixels, \(isRequested ? "the requested size" : "like the pictures before it")",
        found: "\(found.width)x\(found.height)", advice: "scale all pictures to one size first")
    }
  }
}

extension PictureShape {
  /// What a preparation leaves.
  init(_ preparation: PicturePreparation, from path: FilePath) {
    switch preparation.framing {
    case .exact(let side): self.init(side: side, from: path)
    case .centreSquare(let side): self.init(side: side, from: path)
    }
  }
}
