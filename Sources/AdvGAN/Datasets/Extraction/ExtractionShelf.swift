import IO
import Jobs

/// Prepared pictures, by their places in the inventory: in saved pieces of some thousand, the youngest ones in memory.
struct ExtractionShelf {
  /// A piece is saved when it has so many bytes, or so many pictures.
  private static let pieceBytes = 1 << 25, piecePictures = 2048
  private static let notesName = "notes.json"

  private let checkpoints: CheckpointStore
  private let suffix: String
  private var pieces: [SavedPiece] = []
  /// By place: the piece that has it, counted from 1; 0 where none has.
  private var homes: [Int32]
  private(set) var leftOut = LeftOut()
  private(set) var stored = 0
  /// Of the last picture, in pixels.
  private(set) var size: (width: Int, height: Int)?

  private var pending: [String: [UInt8]] = [:]
  private var pendingBytes = 0
  private var pendingLeftOut = LeftOut()

  /// Takes up the pieces of an earlier run; one that does not fit is made anew.
  /// - Parameter places: pictures in the inventory.
  init(places: Int, suffix: String, _ checkpoints: CheckpointStore) throws {
    self.checkpoints = checkpoints
    self.suffix = suffix
    homes = [Int32](repeating: 0, count: places)
    for piece in try checkpoints.pieces() { try takeUp(piece) }
  }

  /// Pictures that need no more work.
  var done: Int { stored + leftOut.count }

  func has(_ place: Int) -> Bool { homes[place] != 0 }

  mutating func put(_ place: Int, _ bytes: [UInt8], label: Int, size: (width: Int, height: Int), of total: Int) throws {
    pending[pictureName(place)] = bytes
    pending[labelName(place)] = Array(String(label).utf8)
    pendingBytes += bytes.count
    homes[place] = Int32(pieces.count + 1)
    stored += 1
    self.size = size
    if pendingBytes >= Self.pieceBytes || pending.count >= 2 * Self.piecePictures { try save(of: total) }
  }

  mutating func leaveOutTooSmall(_ place: Int) {
    leftOut.addTooSmall(place)
    pendingLeftOut.addTooSmall(place)
  }

  mutating func leaveOutBroken(_ place: Int, _ error: FileError) {
    leftOut.addBroken(place, error)
    pendingLeftOut.addBroken(place, error)
  }

  /// Saves what is not saved yet.
  mutating func save(of total: Int) throws {
    guard !pending.isEmpty || pendingLeftOut.count > 0 else { return }
    let size = size.map { JSON.array([.integer($0.width), .integer($0.height)]) } ?? .null
    pending[Self.notesName] = Array(JSON.object(["left_out": pendingLeftOut.json, "size": size]).canonical.utf8)
    pieces.append(try checkpoints.append(step: done, of: total, pending))
    (pending, pendingBytes, pendingLeftOut) = ([:], 0, LeftOut())
  }

  /// Makes a stored picture and its label members of the artifact. To be called when everything is saved.
  func land(_ place: Int, as picture: String, label: String, in workspace: Workspace) throws {
    precondition(homes[place] != 0 && pending.isEmpty, "ExtractionShelf.land: picture \(place) is not saved")
    let piece = pieces[Int(homes[place]) - 1]
    try workspace.add(picture, from: piece, pictureName(place))
    try workspace.add(label, from: piece, labelName(place))
  }

  private func pictureName(_ place: Int) -> String { "\(place).\(suffix)" }
  private func labelName(_ place: Int) -> String { "\(place).cls" }

  private mutating func takeUp(_ piece: SavedPiece) throws {
    let notes = try? JSON(parsing: piece.bytes(of: Self.notesName))
    let places = piece.names.compactMap { $0.hasSuffix(".\(suffix)") ? Int($0.dropLast(suffix.count + 1)) : nil }
    guard let left = LeftOut(notes?["left_out"], placesBelow: homes.count), piece.names.count == 2 * places.count + 1,
      places.allSatisfy({ homes.indices.contains($0) && homes[$0] == 0 })
    else {
      throw FileError(
        .damaged, piece.path, expected: "pictures of this inventory", found: "others", advice: "remove the file and run make again")
    }
    pieces.append(piece)
    for place in places { homes[place] = Int32(pieces.count) }
    stored += places.count
    leftOut.add(left)
    if let size = notes?["size"]?.elements?.compactMap(\.whole), size.count == 2 { self.size = (size[0], size[1]) }
  }
}
