import IO
import Jobs

/// Prepared images, by their places in the inventory: in saved pieces of some thousand, the youngest ones in memory.
struct ExtractionBuffer {
  /// A piece is saved when it has so many bytes, or so many images.
  private static let pieceBytes = 1 << 25, pieceImages = 2048
  private static let notesName = "notes.json"

  private let checkpoints: CheckpointStore
  private let suffix: String
  /// By place: the step of the saved piece that has it; nil where none has.
  private var homes: [Int?]
  private var lastStep = 0
  private(set) var skipped = Skipped()
  private(set) var stored = 0
  /// Of the last image, in pixels.
  private(set) var size: (width: Int, height: Int)?

  private var pending: [String: [UInt8]] = [:]
  private var pendingPlaces: Set<Int> = []
  private var pendingBytes = 0
  private var pendingSkipped = Skipped()

  /// Takes up the pieces of an earlier run.
  /// - Parameters:
  ///   - places: images in the inventory.
  ///   - check: called now and then; what it throws ends the work.
  ///   - warn: is told of a piece that does not fit; its images are made anew.
  init(places: Int, suffix: String, _ checkpoints: CheckpointStore, check: () throws -> Void, warn: (String) -> Void) throws {
    (self.checkpoints, self.suffix) = (checkpoints, suffix)
    homes = [Int?](repeating: nil, count: places)
    for piece in try checkpoints.pieces(check: check) {
      // A step is taken even where its piece is not used. Nobody has so many images; a file may say so.
      lastStep = max(lastStep, min(piece.step, 1 << 48))
      if !takeUp(piece) { warn("the piece of step \(piece.step) is not used: its images are not those of this archive") }
    }
  }

  /// Images that need no more work.
  var done: Int { stored + skipped.count }

  func has(_ place: Int) -> Bool { homes[place] != nil || pendingPlaces.contains(place) }

  mutating func put(_ place: Int, _ bytes: [UInt8], label: Int, size: (width: Int, height: Int), of total: Int) throws {
    pending[imageName(place)] = bytes
    pending[labelName(place)] = Array(String(label).utf8)
    pendingBytes += bytes.count
    pendingPlaces.insert(place)
    stored += 1
    self.size = size
    if pendingBytes >= Self.pieceBytes || pending.count >= 2 * Self.pieceImages { try save(of: total) }
  }

  mutating func skipTooSmall(_ place: Int) {
    skipped.addTooSmall(place)
    pendingSkipped.addTooSmall(place)
  }

  mutating func skipBroken(_ place: Int, _ error: FileError) {
    skipped.addBroken(place, error)
    pendingSkipped.addBroken(place, error)
  }

  /// Saves what is not saved yet.
  mutating func save(of total: Int) throws {
    guard !pending.isEmpty || pendingSkipped.count > 0 else { return }
    let size = size.map { JSON.array([.integer($0.width), .integer($0.height)]) } ?? .null
    var files = pending
    files[Self.notesName] = Array(JSON.object(["skipped": pendingSkipped.json, "size": size]).canonical.utf8)
    // Where a damaged piece was skipped, less is done than later pieces say.
    lastStep = max(done, lastStep + 1)
    try checkpoints.append(step: lastStep, of: max(total, lastStep), files)
    for place in pendingPlaces { homes[place] = lastStep }
    (pending, pendingPlaces, pendingBytes, pendingSkipped) = ([:], [], 0, Skipped())
  }

  /// Makes images and their labels members of the artifact. To be called when everything is saved.
  /// - Parameter name: what an image and its label are called, by its place; nil for one that is of no use.
  func land(in workspace: Workspace, naming name: (Int) -> (image: String, label: String)?) throws {
    let pieces = Dictionary(uniqueKeysWithValues: try checkpoints.pieces().map { ($0.step, $0) })
    for (place, step) in homes.enumerated() {
      guard let step, let names = name(place) else { continue }
      guard let piece = pieces[step] else { throw StageError("the pieces of the extraction changed while it ran; run make again") }
      try workspace.add(names.image, from: piece, imageName(place))
      try workspace.add(names.label, from: piece, labelName(place))
    }
  }

  private func imageName(_ place: Int) -> String { "\(place).\(suffix)" }
  private func labelName(_ place: Int) -> String { "\(place).cls" }

  /// Whether a piece fits.
  private mutating func takeUp(_ piece: SavedPiece) -> Bool {
    let notes = try? JSON(parsing: piece.bytes(of: Self.notesName))
    let places = piece.names.compactMap { $0.hasSuffix(".\(suffix)") ? Int($0.dropLast(suffix.count + 1)) : nil }
    guard let left = Skipped(notes?["skipped"], placesBelow: homes.count), piece.names.count == 2 * places.count + 1,
      places.allSatisfy({ homes.indices.contains($0) && homes[$0] == nil && !skipped.has($0) }),
      left.places.allSatisfy({ homes[$0] == nil && !skipped.has($0) })
    else { return false }
    for place in places { homes[place] = piece.step }
    stored += places.count
    skipped.add(left)
    if let size = notes?["size"]?.elements?.compactMap(\.whole), size.count == 2 { self.size = (size[0], size[1]) }
    return true
  }
}
