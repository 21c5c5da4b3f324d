import IO
import Jobs

/// Turns an archive of labelled images into a data set: `classes.json`, and for each image a PNG or JPEG and its label, split by split.
/// The source's own settings stand beside those of the stage (`archive`, ...), and so do those that say what becomes of an image.
public struct Extract: Stage {
  public static let name = "extract"
  public static let summary = "a data set from an archive of labelled images"
  public static let version = 1
  public static let roles: [InputRole] = []

  private let source: any DatasetSource
  private let preparation: ImagePreparation
  private let options: Extraction.Options
  private let checksums: [ArchiveChecksum]

  public init(_ settings: inout SettingsReader) throws {
    let name = try settings.choice("source", of: Datasets.sources.map { $0.name }, "kind of archive")
    source = try Datasets.source(named: name, &settings)
    preparation = try type(of: source).preparation(&settings)
    options = Extraction.Options(
      validation: try ValidationPart(&settings), limit: try settings.optionalInteger("limit", in: 1...100_000_000, "at most so many images of a class in each split of the archive"),
      seed: try settings.integer("seed", default: 0, in: 0 ... .max, "seed of the choice of validation images"))
    checksums = try ArchiveChecksum.Algorithm.allCases.compactMap { try Extract.checksum($0, &settings) }
  }

  public var externalInputs: [String: ExternalInput] { source.inputs }

  public func run(_ workspace: Workspace) throws {
    try verifyChecksums(workspace)
    var extraction = try Extraction(source, preparation, options, in: workspace)
    let images = try extraction.run()
    try images.land(in: workspace)
    let known = source.remarks(on: images.plan, of: images.inventory, prepared: preparation, limit: options.limit)
    for remark in [images.remark].compactMap(\.self) + images.plan.remarks(classes: images.inventory.classes) + known { workspace.log.warning("\(remark)") }
  }

  /// Those that the job file gives, and those that gzip files bring.
  private func verifyChecksums(_ workspace: Workspace) throws {
    let progress = { (done: Int, total: Int) in
      try workspace.stop.check()
      workspace.progress.report(done >> 20, of: total >> 20, unit: "MiB", note: "checksum")
    }
    for checksum in checksums { try checksum.verify(source.archive, progress: progress) }
    try source.verifyGzip(progress: progress)
  }

  /// It decides whether the work may begin, and no byte of the result, so that adding one makes nothing stale.
  private static func checksum(_ algorithm: ArchiveChecksum.Algorithm, _ settings: inout SettingsReader) throws -> ArchiveChecksum? {
    let key = algorithm.rawValue
    let meaning = "the \(algorithm.rawValue) checksum that 'archive' must have, in hexadecimal digits"
    guard let text = try settings.optionalText(key, entersFingerprint: false, meaning) else { return nil }
    guard let checksum = ArchiveChecksum(algorithm, text) else {
      throw settings.error(at: key, "'\(key)' must be \(algorithm.digits) hexadecimal digits, but is '\(text)'")
    }
    return checksum
  }
}
