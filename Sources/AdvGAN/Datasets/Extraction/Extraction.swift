import IO
import Jobs

/// The images of a source on their way into a data set.
///
/// One thread reads, all others decode and encode. What is prepared is saved in pieces, so that an interruption costs a piece at most; the
/// members get their final names at the end, when it is known which images are of use.
struct Extraction {
  /// What the job file asks for, beside the source.
  struct Options: Equatable {
    var validation = ValidationPart.none
    /// The most images of a class in each split that the archive brings.
    var limit: Int?
    var seed = 0
  }

  let source: any DatasetSource
  let preparation: ImagePreparation
  let options: Options
  let inventory: Inventory
  let workspace: Workspace
  private var buffer: ExtractionBuffer
  private var shape: ImageShape

  init(_ source: any DatasetSource, _ preparation: ImagePreparation, _ options: Options, in workspace: Workspace) throws {
    (self.source, self.preparation, self.options, self.workspace) = (source, preparation, options, workspace)
    inventory = try source.inventory { try workspace.stop.check() }
    workspace.log.info("\(inventory.entries.count) images of \(inventory.classes.count) classes found in \(source.archive)")
    buffer = try ExtractionBuffer(
      places: inventory.entries.count, suffix: preparation.encoding.suffix, workspace.checkpoints, check: workspace.stop.check,
      warn: { workspace.log.warning("\($0)") })
    shape = ImageShape(side: preparation.framing.side, from: source.archive)
    if buffer.done > 0 { workspace.log.info("resumed behind \(buffer.done) images") }
    if let size = buffer.size { shape.resume(with: size) }
  }

  /// Prepares images until all that the plan asks for are there: each that turns out to be of no use may call for another.
  mutating func run() throws -> ExtractedImages {
    var plan = try plan()
    while plan.places.indices.contains(where: { plan.places[$0] != nil && !buffer.has($0) }) {
      try prepare(plan)
      let lost = plan.places.indices.first { plan.places[$0] != nil && !buffer.has($0) && !buffer.skipped.has($0) }
      if let lost { throw source.changed(at: inventory.entries[lost].name, "no such image any more") }
      plan = try self.plan()
    }
    try checkClasses(plan)
    try buffer.save(of: buffer.done)
    return ExtractedImages(inventory: inventory, plan: plan, buffer: buffer, preparation: preparation)
  }

  private func plan() throws -> SplitPlan {
    try SplitPlan(inventory, without: buffer.skipped.places, validation: options.validation, limit: options.limit, seed: options.seed)
  }

  /// An image read, and its place in the inventory.
  private typealias Read = (place: Int, image: RawImage)
  private typealias Prepared = (place: Int, result: PreparedImage)

  private mutating func prepare(_ plan: SplitPlan) throws {
    let (inventory, preparation, source) = (inventory, preparation, source)
    // Enough jobs to keep all threads at work while one large image is read.
    var work = OrderedWork<Read, Prepared>(threads: workspace.threads, depth: 4 * workspace.threads) {
      { read in
        let entry = inventory.entries[read.place]
        return (read.place, preparation.prepared(read.image, for: entry.split, named: entry.name, of: source.path(of: entry)))
      }
    }
    let open = plan.places.indices.map { plan.places[$0] != nil && !buffer.has($0) }
    let total = buffer.done + open.count(where: \.self)
    do {
      try source.read(inventory, where: { open[$0] }) { place, image in
        try workspace.stop.check()
        try take(work.add((place, image)), of: total)
      }
      try take(work.finish(), of: total)
    } catch let stopped as Stopped {
      try take(work.finish(), of: total)
      try buffer.save(of: total)
      throw stopped
    }
  }

  private mutating func take(_ results: [Prepared], of total: Int) throws {
    for (place, result) in results {
      switch result {
      case .stored(let bytes, let size):
        try shape.check(size, named: inventory.entries[place].name)
        try buffer.put(place, bytes, label: inventory.entries[place].label, size: size, of: total)
      case .tooSmall: buffer.skipTooSmall(place)
      case .failed(let error): throw error
      case .broken(let error):
        buffer.skipBroken(place, error)
        try checkBroken(error, of: total)
      }
      workspace.progress.report(buffer.done, of: total, unit: "images")
    }
  }

  /// - Throws: `StageError` where a class of a split has lost all its images: it would be learnt and never measured, or the reverse.
  private func checkClasses(_ plan: SplitPlan) throws(StageError) {
    for entry in inventory.entries where plan.counts[entry.split]?[entry.label] ?? 0 == 0 {
      let small = preparation.minimumSide > 0 ? ", too small ('minimum_side' \(preparation.minimumSide))" : ""
      throw StageError(
        "no image of '\(inventory.classes[entry.label])' is left in '\(entry.split.rawValue)': all are broken\(small) or taken for validation"
      )
    }
  }

  /// - Throws: the image's own error where none may be broken; `.damaged` where too many are.
  private func checkBroken(_ error: FileError, of total: Int) throws(FileError) {
    let allowed = Int(preparation.brokenShare * Double(total))
    let count = buffer.skipped.broken.count
    if count <= allowed { return }
    if allowed == 0 {
      let advice = preparation.framing.scales ? "replace the image, or let some be omitted by 'broken_share'" : error.advice
      throw FileError(error.kind, error.path, at: error.place, expected: error.expected, found: error.found, advice: advice)
    }
    throw FileError(
      .damaged, source.archive, expected: "at most \(allowed) broken images ('broken_share' \(preparation.brokenShare) of \(total))",
      found: "\(count), at last \(error.place ?? "one"): \(error.found ?? "no image")",
      advice: "fetch the archive again, or raise 'broken_share' in the job file")
  }
}

/// A finished extraction: which images there are, and under which names they become members.
struct ExtractedImages {
  let inventory: Inventory
  let plan: SplitPlan
  let buffer: ExtractionBuffer
  let preparation: ImagePreparation

  /// Puts everything into the artifact.
  func land(in workspace: Workspace) throws {
    try buffer.land(in: workspace) { place in
      plan.places[place].map {
        (DatasetFormat.imageMember($0.split, $0.number, preparation.encoding.suffix), DatasetFormat.labelMember($0.split, $0.number))
      }
    }
    try workspace.write(DatasetFormat.classesMember, ClassList(names: inventory.classes, counts: plan.counts).encoded)
    guard buffer.skipped.count > 0 else { return }
    let record = buffer.skipped.record(of: inventory, minimumSide: preparation.minimumSide)
    try workspace.write(DatasetFormat.skippedMember, Array(record.pretty.utf8))
  }

  /// What a person should know of broken images; nil where there are none.
  var remark: String? {
    guard let first = buffer.skipped.broken.min(by: { $0.key < $1.key }) else { return nil }
    return "\(buffer.skipped.broken.count) broken images were skipped, first '\(inventory.entries[first.key].name)': \(first.value); "
      + "\(DatasetFormat.skippedMember) names all"
  }
}
