import IO
import Jobs

/// Turns an archive of labelled pictures into a data set: `classes.json`, and for each picture a PNG and its label, split by split.
///
/// Settings:
/// - `source`: which kind of archive, see `Datasets.sources`; the source's own settings stand beside it (`archive`, …).
/// - `validation` (0): pictures to move from train to validation, equally many of every class. Test is never touched.
/// - `limit` (none): the most pictures of a class in each split of the archive.
/// - `size` (the first picture's): width and height in pixels that every picture must have; nothing is scaled.
/// - `seed` (0): chooses the validation pictures.
/// - `md5`, `sha256` (none): the checksum that `archive` must have.
public struct Extract: Stage {
  public static let name = "extract"
  public static let version = 1
  public static let roles: [InputRole] = []

  private let source: any DatasetSource
  private let validation: Int
  private let limit: Int?
  private let side: Int?
  private let seed: Int
  private let checksums: [ArchiveChecksum]

  public init(_ settings: inout SettingsReader) throws {
    let name = try settings.choice("source", of: Datasets.sources.map { $0.name })
    source = try Datasets.source(named: name, &settings)
    validation = try settings.integer("validation", default: 0, in: 0...100_000_000)
    limit = try settings.optionalInteger("limit", in: 1...100_000_000)
    side = try settings.optionalInteger("size", in: 1...65_535)
    seed = try settings.integer("seed", default: 0, in: 0 ... .max)
    checksums = try ArchiveChecksum.Algorithm.allCases.compactMap { try Extract.checksum($0, &settings) }
  }

  public var externalInputs: [String: ExternalInput] { source.archives.mapValues { ExternalInput($0) } }

  public func run(_ workspace: Workspace) throws {
    for checksum in checksums { try checksum.verify(source.archive) }
    let inventory = try source.takeStock { try workspace.stop.check() }
    let plan = try SplitPlan(inventory, validation: validation, limit: limit, seed: seed)
    workspace.log.info("\(inventory.entries.count) pictures of \(inventory.classes.count) classes found in \(source.archive)")
    try write(inventory, plan, workspace)
    try put(DatasetFormat.classesMember, ClassList(names: inventory.classes, counts: plan.counts).encoded, workspace)
  }

  private func write(_ inventory: Inventory, _ plan: SplitPlan, _ workspace: Workspace) throws {
    for split in plan.counts.keys { try workspace.disk.makeDirectories(workspace.output.appending(split.rawValue)) }
    let total = plan.counts.keys.reduce(0) { $0 + plan.count($1) }
    var shape = PictureShape(side: side, from: source.archive)
    var done = 0
    let isPlanned = { (place: Int) in plan.places[place] != nil }
    try source.read(inventory, where: isPlanned) { place, picture in
      try workspace.stop.check()
      guard let target = plan.places[place] else { return }
      let entry = inventory.entries[place]
      try shape.check(picture, named: entry.name)
      try put(DatasetFormat.pictureMember(target.split, target.number), PNG.encode(picture), workspace)
      try put(DatasetFormat.labelMember(target.split, target.number), Array(String(entry.label).utf8), workspace)
      done += 1
      workspace.progress.report(done, of: total, unit: "pictures")
    }
  }

  /// Writes a member without waiting for the disk: there are a hundred thousand of them, and what makes the result durable is the
  /// artifact, not the staging folder.
  private func put(_ name: String, _ bytes: [UInt8], _ workspace: Workspace) throws {
    let file = try workspace.disk.create(workspace.output.pushing(FilePath(name)))
    do {
      try bytes.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try workspace.disk.write(UnsafeRawBufferPointer(rebasing: rest), to: file)) }
      }
    } catch {
      try? workspace.disk.close(file)
      throw error
    }
    try workspace.disk.close(file)
  }

  /// Read as a path, since paths are not remembered among the settings: a checksum decides whether the work may begin, and no byte
  /// of the result, so that adding one must make nothing stale.
  private static func checksum(_ algorithm: ArchiveChecksum.Algorithm, _ settings: inout SettingsReader) throws -> ArchiveChecksum? {
    let key = algorithm.rawValue
    guard let text = try settings.optionalPath(key)?.string else { return nil }
    guard let checksum = ArchiveChecksum(algorithm, text) else {
      throw settings.error(at: key, "'\(key)' must be \(algorithm.digits) hexadecimal digits, but is '\(text)'")
    }
    return checksum
  }
}
