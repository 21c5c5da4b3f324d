import IO
import Jobs

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
