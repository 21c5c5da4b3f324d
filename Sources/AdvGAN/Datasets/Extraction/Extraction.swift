import IO
import Jobs

/// The pictures of a source on their way into a data set.
///
/// One thread reads, all others decode and encode. What is prepared is saved in pieces, so that an interruption costs a piece at most; the
/// members get their final names at the end, when it is known which pictures are of use.
struct Extraction {
  /// What the job file asks for, beside the source.
  struct Wishes: Equatable {
    var validation = ValidationPart.none
    /// The most pictures of a class in each split that the archive brings.
    var limit: Int?
    var seed = 0
  }

  let source: any DatasetSource
  let preparation: PicturePreparation
  let wishes: Wishes
  let inventory: Inventory
  let workspace: Workspace
  private var shelf: ExtractionShelf
  private var shape: PictureShape

  init(_ source: any DatasetSource, _ preparation: PicturePreparation, _ wishes: Wishes, in workspace: Workspace) throws {
    self.source = source
    self.preparation = preparation
    self.wishes = wishes
    self.workspace = workspace
    inventory = try source.takeStock { try workspace.stop.check() }
    workspace.log.info("\(inventory.entries.count) pictures of \(inventory.classes.count) classes found in \(source.archive)")
    shelf = try ExtractionShelf(
      places: inventory.entries.count, suffix: preparation.encoding.suffix, workspace.checkpoints, pause: workspace.stop.check,
      warn: { workspace.log.warning("\($0)") })
    shape = PictureShape(side: preparation.framing.side, from: source.archive)
    if shelf.done > 0 { workspace.log.info("resumed behind \(shelf.done) pictures") }
    if let size = shelf.size { shape.resume(with: size) }
  }

  /// Prepares pictures until all that the plan asks for are there: each that turns out to be of no use may call for another.
  mutating func run() throws -> ExtractedPictures {
    var plan = try plan()
    while plan.places.indices.contains(where: { plan.places[$0] != nil && !shelf.has($0) }) {
      try prepare(plan)
      let lost = plan.places.indices.first { plan.places[$0] != nil && !shelf.has($0) && !shelf.leftOut.has($0) }
      if let lost { throw source.changed(at: inventory.entries[lost].name, "no such picture any more") }
      plan = try self.plan()
    }
    try checkClasses(plan)
    try shelf.save(of: shelf.done)
    return ExtractedPictures(inventory: inventory, plan: plan, shelf: shelf, preparation: preparation)
  }

  private func plan() throws -> SplitPlan {
    try SplitPlan(
      inventory, without: shelf.leftOut.places, validation: wishes.validation, limit: wishes.limit, seed: wishes.seed)
  }

  /// A picture read, and its place in the inventory.
  private typealias Read = (place: Int, picture: RawPicture)
  private typealias Prepared = (place: Int, result: PreparedPicture)

  private mutating func prepare(_ plan: SplitPlan) throws {
    let (inventory, preparation, source) = (inventory, preparation, source)
    // Enough to keep all threads at work while one large picture is read.
    let workers = OrderedWorkers<Read, Prepared>(threads: workspace.threads, depth: 4 * workspace.threads) { read in
      let entry = inventory.entries[read.place]
      return (read.place, preparation.prepared(read.picture, for: entry.split, named: entry.name, of: source.path(of: entry)))
    }
    let open = plan.places.indices.map { plan.places[$0] != nil && !shelf.has($0) }
    let total = shelf.done + open.count(where: \.self)
    do {
      try source.read(inventory, where: { open[$0] }) { place, picture in
        try workspace.stop.check()
        try take(workers.submit((place, picture)), of: total)
      }
      try take(workers.finish(), of: total)
    } catch let stopped as Stopped {
      try take(workers.finish(), of: total)
      try shelf.save(of: total)
      throw stopped
    }
  }

  private mutating func take(_ results: [Prepared], of total: Int) throws {
    for (place, result) in results {
      switch result {
      case .stored(let bytes, let size):
        try shape.check(size, named: inventory.entries[place].name)
        try shelf.put(place, bytes, label: inventory.entries[place].label, size: size, of: total)
      case .tooSmall:
        shelf.leaveOutTooSmall(place)
      case .failed(let error):
        throw error
      case .broken(let error):
        shelf.leaveOutBroken(place, error)
        try checkBroken(error, of: total)
      }
      workspace.progress.report(shelf.done, of: total, unit: "pictures")
    }
  }

  /// - Throws: `StageError` where a class of a split has lost all its pictures: it would be learnt and never measured, or the reverse.
  private func checkClasses(_ plan: SplitPlan) throws(StageError) {
    for entry in inventory.entries where plan.counts[entry.split]?[entry.label] ?? 0 == 0 {
      let small = preparation.minimumSide > 0 ? ", too small ('minimum_side' \(preparation.minimumSide))" : ""
      throw StageError(
        "no picture of '\(inventory.classes[entry.label])' is left in '\(entry.split.rawValue)': all are broken\(small) or taken for validation"
      )
    }
  }

  /// - Throws: the picture's own error where none may be broken; `.damaged` where too many are.
  private func checkBroken(_ error: FileError, of total: Int) throws(FileError) {
    let allowed = Int(preparation.brokenShare * Double(total))
    let count = shelf.leftOut.broken.count
    if count <= allowed { return }
    if allowed == 0 {
      let advice = preparation.framing.scales ? "replace the picture, or let some be left out by 'broken_share'" : error.advice
      throw FileError(error.kind, error.path, at: error.place, expected: error.expected, found: error.found, advice: advice)
    }
    throw FileError(
      .damaged, source.archive, expected: "at most \(allowed) broken pictures ('broken_share' \(preparation.brokenShare) of \(total))",
      found: "\(count), at last \(error.place ?? "one"): \(error.found ?? "no picture")",
      advice: "fetch the archive again, or raise 'broken_share' in the job file")
  }
}
