import IO

/// Labelled images of one size: their pixels in memory, or in the tar of a data set, from which each is read when it is asked for.
///
/// Equal are sets that hold the same pixels in memory, or name the same images of one tar.
public struct ImageSet: Equatable, Sendable {
  enum Supply: Equatable, Sendable {
    /// (N, H, W, 3), row-major, RGB in 0...255.
    case memory([UInt8])
    case tar(StoredImages)
  }

  /// In pixels, as they are kept.
  public let height: Int
  /// In pixels, as they are kept.
  public let width: Int
  /// (N), indices of classes, from 0.
  public let labels: [Int]
  /// The side in pixels that images have in a batch; nil for the size they are kept in.
  public internal(set) var side: Int?
  let supply: Supply

  /// Images in memory.
  /// - Parameter pixels: (N, H, W, 3), row-major, RGB in 0...255.
  public init(height: Int, width: Int, pixels: [UInt8], labels: [Int]) {
    precondition(
      height > 0 && width > 0 && pixels.count == labels.count * height * width * 3,
      "ImageSet: \(labels.count) images of \(width)x\(height) need 3 bytes a pixel, got \(pixels.count) bytes")
    (self.height, self.width, self.labels) = (height, width, labels)
    supply = .memory(pixels)
  }

  /// Images that stay where they are.
  init(_ stored: StoredImages) {
    (height, width, labels) = (stored.height, stored.width, stored.labels)
    supply = .tar(stored)
  }

  /// The number of images, N.
  public var count: Int { labels.count }

  /// The image at `index`, in 0..<count, as it is kept.
  /// - Throws: where the images lie in a tar: `.damaged` for one that is not whole, or not of the size of the first; `.io`.
  public subscript(index: Int) -> Image {
    get throws(FileError) {
      switch supply {
      case .memory(let pixels):
        let size = height * width * 3
        return Image(width: width, height: height, rgb: Array(pixels[index * size..<(index + 1) * size]))
      case .tar(let stored): return try stored.image(index)
      }
    }
  }

  /// How many images each of `classes` classes has, by label.
  public func counts(classes: Int) -> [Int] { labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[$1] += 1 } }
}

/// Fills an `ImageSet` in any order.
struct ImageSetBuilder {
  private var shape: ImageShape
  private var pixels: [UInt8] = []
  private var labels: [Int]

  /// - Parameters:
  ///   - path: where the images come from, for messages.
  init(count: Int, from path: FilePath) {
    shape = ImageShape(from: path)
    labels = [Int](repeating: 0, count: count)
  }

  /// Puts an image in its place.
  /// - Throws: `.unsupported` where its size is not that of the first.
  mutating func set(_ index: Int, _ image: Image, label: Int, named name: String) throws(FileError) {
    try shape.check((image.width, image.height), named: name)
    let size = image.rgb.count
    if pixels.isEmpty { pixels = [UInt8](repeating: 0, count: labels.count * size) }
    pixels.replaceSubrange(index * size..<(index + 1) * size, with: image.rgb)
    labels[index] = label
  }

  /// The set, after every place was filled; nil for a set of none.
  consuming func finish() -> ImageSet? {
    guard let side = shape.size else { return nil }
    return ImageSet(height: side.height, width: side.width, pixels: pixels, labels: labels)
  }
}

/// The one size that all images of a data set have.
struct ImageShape {
  /// In pixels; nil until the first image came.
  private(set) var size: (width: Int, height: Int)?
  private let isRequested: Bool
  private let path: FilePath

  /// - Parameters:
  ///   - side: the requested width and height; nil takes the first image's.
  ///   - path: where the images come from, for messages.
  init(side: Int? = nil, from path: FilePath) {
    size = side.map { ($0, $0) }
    isRequested = side != nil
    self.path = path
  }

  /// Goes on behind images of this size.
  mutating func resume(with size: (width: Int, height: Int)) { self.size = size }

  /// - Throws: `.unsupported`, naming the image, where it has another size.
  mutating func check(_ found: (width: Int, height: Int), named name: String) throws(FileError) {
    guard let size else {
      self.size = found
      return
    }
    guard found == size else {
      throw FileError(
        .unsupported, path, at: "member '\(name)'",
        expected: "\(size.width)x\(size.height) pixels, \(isRequested ? "the requested size" : "like the images before it")",
        found: "\(found.width)x\(found.height)", advice: "scale all images to one size first")
    }
  }
}
