import IO

/// A picture ready to be stored, or why it is left out.
enum PreparedPicture: Sendable {
  /// `size` is that of the encoded picture, in pixels.
  case stored(bytes: [UInt8], size: (width: Int, height: Int))
  case tooSmall
  /// The picture's fault.
  case broken(FileError)
  /// The machine's fault, which says nothing of the picture.
  case failed(FileError)
}

extension PicturePreparation {
  /// Decodes, frames and encodes a picture.
  /// - Parameters:
  ///   - split: decides whether `minimumSide` applies.
  ///   - name: the picture's, for messages.
  ///   - path: the archive or folder, for messages.
  func prepared(_ raw: RawPicture, for split: Split, named name: String, of path: FilePath) -> PreparedPicture {
    let picture: Picture
    do throws(FileError) {
      guard let found = try decoded(raw, for: split, named: name, of: path) else { return .tooSmall }
      picture = found
    } catch {
      return [.damaged, .unsupported, .unsafe].contains(error.kind) ? .broken(error) : .failed(error)
    }
    do throws(FileError) {
      return .stored(bytes: try encoded(picture), size: (picture.width, picture.height))
    } catch {
      return .failed(error)
    }
  }

  /// The framed picture; nil where it is too small.
  private func decoded(_ raw: RawPicture, for split: Split, named name: String, of path: FilePath) throws(FileError) -> Picture? {
    switch raw {
    case .pixels(let picture):
      return isTooSmall(picture.width, picture.height, split) ? nil : framed(picture)
    case .file(let bytes):
      return try PictureFile.naming(name, of: path) { () throws(FileError) in
        let size = try PictureFile.size(of: bytes, from: path)
        if isTooSmall(size.width, size.height, split) { return nil }
        return framed(try PictureFile.decode(bytes, from: path, shorterSideAtLeast: decodingSide))
      }
    }
  }

  private func isTooSmall(_ width: Int, _ height: Int, _ split: Split) -> Bool {
    split == .train && min(width, height) < minimumSide
  }

  /// A JPEG may be decoded at a half, a quarter or an eighth of its size, as long as twice the wanted side is left to the filter.
  private var decodingSide: Int? {
    if case .centreSquare(let side) = framing { 2 * side } else { nil }
  }

  private func framed(_ picture: Picture) -> Picture {
    switch framing {
    case .exact: picture
    case .centreSquare(let side): picture.centreSquare(side: side)
    }
  }

  private func encoded(_ picture: Picture) throws(FileError) -> [UInt8] {
    switch encoding {
    case .png: PNG.encode(picture)
    case .jpeg(let quality): try JPEG.encode(picture, quality: quality)
    }
  }
}
