/// What a file is, told by how it begins: for messages to somebody who gave another file than the one that was meant.
public struct FileNature: Equatable, Sendable {
  /// `a PyTorch file (pickled tensors)`.
  public let words: String
  /// The next step, where it does not depend on what the file was wanted for.
  public let advice: String?
  /// Whether it is an image of a kind that this program does not read, though others do.
  let isImage: Bool

  private init(_ words: String, _ advice: String? = nil, isImage: Bool = false) { (self.words, self.advice, self.isImage) = (words, advice, isImage) }

  static let empty = FileNature("an empty file", "fetch or make it again")
  static let pyTorch = FileNature("a PyTorch file (pickled tensors)", "save its state dict with safetensors.torch.save_file instead")

  /// nil for a beginning that says nothing.
  /// - Parameter bytes: the file, or its first 512 bytes at least.
  public init?(of bytes: [UInt8]) {
    func begins(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
    let start = String(decoding: bytes.prefix(512), as: UTF8.self)
    let page = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
    switch true {
    case bytes.isEmpty: self = .empty
    case begins("version https://git-lfs.github.com/"):
      self.init("a Git LFS pointer, not the file it stands for", "fetch the file itself with 'git lfs pull'")
    case page.hasPrefix("<!doctype html"), page.hasPrefix("<html"), page.hasPrefix("<head"):
      self.init("a web page (HTML)", "fetch the file again: the server answered with a page")
    case page.hasPrefix("<?xml"): self.init("an XML text", "fetch the file again: the server answered with a message")
    case begins("PK\u{3}\u{4}"): self = start.contains("data.pkl") ? .pyTorch : FileNature("a zip archive")
    case bytes.starts(with: [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46]): self = .pyTorch
    case bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1]): self.init("a Python pickle")
    case bytes.starts(with: PNG.beginning): self.init("a PNG image")
    case bytes.starts(with: [0xFF, 0xD8, 0xFF]): self.init("a JPEG image")
    case begins("GIF8"): self.init("a GIF image", isImage: true)
    case begins("RIFF") && begins("WEBP", at: 8): self.init("a WebP image", isImage: true)
    case begins("BM") && bytes.count > 26 && bytes[6..<10].allSatisfy({ $0 == 0 }): self.init("a BMP image", isImage: true)
    case begins("II*\u{0}"), begins("MM\u{0}*"): self.init("a TIFF image", isImage: true)
    case begins("ftyp", at: 4): self.init("an AVIF or HEIF image, or a film", isImage: true)
    case bytes.starts(with: [0x1F, 0x8B]): self.init("a gzip file")
    case begins("BZh"): self.init("a bzip2 file")
    case bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]): self.init("an xz file")
    case bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): self.init("a Zstandard file")
    case begins("ustar", at: 257): self.init("a tar")
    case bytes.starts(with: [0x89, 0x48, 0x44, 0x46]): self.init("an HDF5 file")
    case bytes.starts(with: [0x93]) && begins("NUMPY", at: 1): self.init("a NumPy array")
    case Self.isText(bytes): self.init("a text")
    default: return nil
    }
  }

  /// Whether the beginning is UTF-8 without control characters.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    // Up to three bytes at the end may be a part of a character.
    let start = bytes.prefix(512)
    guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || [9, 10, 13].contains($0) }) else { return false }
    return (0...3).contains { $0 < start.count && String(validating: start.dropLast($0), as: UTF8.self) != nil }
  }
}
