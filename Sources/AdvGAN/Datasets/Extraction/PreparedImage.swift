import IO

/// An image as a source brings it.
public enum RawImage: Sendable {
  /// Pixels that were never in an image file.
  case pixels(Image)
  /// The bytes of a PNG or JPEG file.
  case file([UInt8])
}

/// An image ready to be stored, or why it is skipped.
enum PreparedImage: Sendable {
  /// `size` is that of the encoded image, in pixels.
  case stored(bytes: [UInt8], size: (width: Int, height: Int))
  case tooSmall
  /// The image's fault.
  case broken(FileError)
  /// The machine's fault, which says nothing of the image.
  case failed(FileError)
}

extension ImagePreparation {
  /// Decodes, frames and encodes an image.
  /// - Parameters:
  ///   - split: decides whether `minimumSide` applies.
  ///   - name: the image's, for messages.
  ///   - path: the archive or folder, for messages.
  func prepared(_ raw: RawImage, for split: Split, named name: String, of path: FilePath) -> PreparedImage {
    let image: Image
    do throws(FileError) {
      guard let found = try decoded(raw, for: split, named: name, of: path) else { return .tooSmall }
      image = found
    } catch {
      return [.damaged, .unsupported, .unsafe].contains(error.kind) ? .broken(error) : .failed(error)
    }
    do throws(FileError) {
      return .stored(bytes: try encoded(image), size: (image.width, image.height))
    } catch {
      return .failed(error)
    }
  }

  /// The framed image; nil where it is too small.
  private func decoded(_ raw: RawImage, for split: Split, named name: String, of path: FilePath) throws(FileError) -> Image? {
    switch raw {
    case .pixels(let image): return isTooSmall(image.width, image.height, split) ? nil : framed(image)
    case .file(let bytes):
      return try ImageFile.naming(name, of: path) { () throws(FileError) in
        let size = try ImageFile.size(of: bytes, from: path)
        if isTooSmall(size.width, size.height, split) { return nil }
        return framed(try ImageFile.decode(bytes, from: path, shorterSideAtLeast: decodingSide))
      }
    }
  }

  private func isTooSmall(_ width: Int, _ height: Int, _ split: Split) -> Bool { split == .train && min(width, height) < minimumSide }

  /// A JPEG may be decoded at a half, a quarter or an eighth of its size, as long as twice the wanted side is left to the filter.
  private var decodingSide: Int? {
    if case .centreSquare(let side) = framing { 2 * side } else { nil }
  }

  private func framed(_ image: Image) -> Image {
    switch framing {
    case .exact: image
    case .centreSquare(let side): image.centreSquare(side: side)
    }
  }

  private func encoded(_ image: Image) throws(FileError) -> [UInt8] {
    switch encoding {
    case .png: PNG.encode(image)
    case .jpeg(let quality): try JPEG.encode(image, quality: quality)
    }
  }
}
