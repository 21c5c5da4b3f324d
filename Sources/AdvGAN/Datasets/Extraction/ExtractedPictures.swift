import IO
import Jobs

/// A finished extraction: which pictures there are, and under which names they become members.
struct ExtractedPictures {
  let inventory: Inventory
  let plan: SplitPlan
  let shelf: ExtractionShelf
  let preparation: PicturePreparation

  /// Puts everything into the artifact.
  func land(in workspace: Workspace) throws {
    try shelf.land(in: workspace) { place in
      plan.places[place].map {
        (DatasetFormat.pictureMember($0.split, $0.number, preparation.encoding.suffix), DatasetFormat.labelMember($0.split, $0.number))
      }
    }
    try workspace.write(DatasetFormat.classesMember, ClassList(names: inventory.classes, counts: plan.counts).encoded)
    guard shelf.leftOut.count > 0 else { return }
    let record = shelf.leftOut.record(of: inventory, minimumSide: preparation.minimumSide)
    try workspace.write(DatasetFormat.leftOutMember, Array(record.pretty.utf8))
  }

  /// What a person should know of broken pictures; nil where there are none.
  var remark: String? {
    guard let first = shelf.leftOut.broken.min(by: { $0.key < $1.key }) else { return nil }
    return "\(shelf.leftOut.broken.count) broken pictures were left out, first '\(inventory.entries[first.key].name)': \(first.value); "
      + "\(DatasetFormat.leftOutMember) names all"
  }
}
