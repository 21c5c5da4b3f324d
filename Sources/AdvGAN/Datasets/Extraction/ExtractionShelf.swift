import IO
import Jobs

/// Prepared pictures, by their places in the inventory: in saved pieces of some thousand, the youngest ones in memory.
struct ExtractionShelf {
  /// A piece is saved when it has so many bytes, or so many pictures.
  private static let pieceBytes = 1 << 25, piecePictures = 2048
  private static let notesName = "notes.json"

  private let checkpoints: CheckpointStore
  private let suffix: String
  /// By place: the step of the saved piece that has it; nil where none has.
  private var homes: [Int?]
  private var lastStep = 0
  private(set) var leftOut = LeftOut()
  private(set) var stored = 0
  /// Of the last picture, in pixels.
  private(set) var size: (width: Int, height: Int)?

  private var pending: [String: [UInt8]] = [:]
  private var pendingPlaces: Set<Int> = []
  private var pendingBytes = 0
  private var pendingLeftOut = LeftOut()

  /// Takes up the pieces of an earlier run.
  /// - Parameters:
  ///   - places: pictures in the inventory.
  ///   - pause: called now and then; what it throws ends the work.
  ///   - warn: is told of a piece that does not fit; its pictures are made anew.
  init(
    places: Int, suffix: String, _ checkpoints: CheckpointStore, pause: () throws -> Void, warn: (String) -> Void
  ) throws {
    self.checkpoints = checkpoints
    self.suffix = suffix
    homes = [Int?](repeating: nil, count: places)
    for piece in try checkpoints.pieces(pause: pause) {
      // A step is taken even where its piece is not used. Nobody has so many pictures; a file may say so.
      lastStep = max(lastStep, min(piece.step, 1 << 48))
      if !takeUp(piece) { warn("the piece of step \(piece.step) is not used: its pictures are not those of this archive") }
    }
  }

  /// Pictures that need no more work.
  var done: Int { stored + leftOut.count }

  func has(_ place: Int) -> Bool { homes[place] != nil || pendingPlaces.contains(place) }

  mutating func put(_ place: Int, _ bytes: [UInt8], label: Int, size: (width: Int, height: Int), of total: Int) throws {
    pending[pictureName(place)] = bytes
    pending[labelName(place)] = Array(String(label).utf8)
    pendingBytes += bytes.count
    pendingPlaces.insert(place)
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
    var files = pending
    files[Self.notesName] = Array(JSON.object(["left_out": pendingLeftOut.json, "size": size]).canonical.utf8)
    // Where a damaged piece was passed over, less is done than later pieces say.
    lastStep = max(done, lastStep + 1)
    try checkpoints.append(step: lastStep, of: max(total, lastStep), files)
    for place in pendingPlaces { homes[place] = lastStep }
    (pending, pendingPlaces, pendingBytes, pendingLeftOut) = ([:], [], 0, LeftOut())
  }

  /// Makes pictures and their labels members of the artifact. To be called when everything is saved.
  /// - Parameter name: what a picture and its label are called, by its place; nil for one that is of no use.
  func land(in workspace: Workspace, naming name: (Int) -> (picture: String, label: String)?) throws {
    let pieces = Dictionary(uniqueKeysWithValues: try checkpoints.pieces().map { ($0.step, $0) })
    for (place, step) in homes.enumerated() {
      guard let step, let names = name(place) else { continue }
      guard let piece = pieces[step] else { throw StageError("the pieces of the extraction changed while it ran; run make again") }
      try workspace.add(names.picture, from: piece, pictureName(place))
      try workspace.add(names.label, from: piece, labelName(place))
    }
  }

  private func pictureName(_ place: Int) -> String { "\(place).\(suffix)" }
  private func labelName(_ place: Int) -> String { "\(place).cls" }

  /// Whether a piece fits.
  private mutating func takeUp(_ piece: SavedPiece) -> Bool {
    let notes = try? JSON(parsing: piece.bytes(of: Self.notesName))
    let places = piece.names.compactMap { $0.hasSuffix(".\(suffix)") ? Int($0.dropLast(suffix.count + 1)) : nil }
    guard let left = LeftOut(notes?["left_out"], placesBelow: homes.count), piece.names.count == 2 * places.count + 1,
      places.allSatisfy({ homes.indices.contains($0) && homes[$0] == nil && !leftOut.has($0) }),
      left.places.allSatisfy({ homes[$0] == nil && !leftOut.has($0) })
    else { return false }
    for place in places { homes[place] = piece.step }
    stored += places.count
    leftOut.add(left)
    if let size = notes?["size"]?.elements?.compactMap(\.whole), size.count == 2 { self.size = (size[0], size[1]) }
    return true
  }
}
