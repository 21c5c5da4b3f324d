import IO

extension EvaluationDocument {
  /// Name of the member in an evaluation's artifact.
  static let member = "evaluation.json"

  /// Reads and checks `evaluation.json`. Members that are not known are skipped.
  /// - Throws: `FileError` with kind `.damaged` that names the place in the file and what was found there: not JSON, a missing member, a wrong
  ///   type, counts that contradict each other, epsilons out of order; `.unsupported` for a later form.
  static func read(_ bytes: [UInt8], from artifact: FilePath) throws(FileError) -> EvaluationDocument {
    let reading = MemberReading(artifact: artifact, member: member, madeBy: "evaluate")
    try reading.checkFormat(of: bytes, known: 1)
    let document: EvaluationDocument = try reading.decode(bytes)
    try reading.check(!document.models.isEmpty, at: "models", expected: "at least one model", found: "none")
    for (number, model) in document.models.enumerated() {
      for (place, split) in model.splits.enumerated() { try check(split, at: "models[\(number)].splits[\(place)]", reading) }
      let names = Set(model.splits.map(\.split))
      try reading.check(
        names.count == model.splits.count, at: "models[\(number)].splits", expected: "each split once", found: "a split twice")
    }
    let weights = Set(document.models.map(\.weights))
    try reading.check(weights.count == document.models.count, at: "models", expected: "each kind of weights once", found: "a kind twice")
    return document
  }

  private static func check(_ split: Split, at place: String, _ reading: MemberReading) throws(FileError) {
    try reading.check(split.images > 0, at: place + ".images", expected: "a positive number", found: "\(split.images)")
    try reading.check(
      split.images <= split.imagesInSplit, at: place + ".images",
      expected: "at most the \(split.imagesInSplit) images of the split",
      found: "\(split.images)")
    var last: Epsilon?
    for (number, point) in split.points.enumerated() {
      let here = place + ".points[\(number)]"
      try reading.check((0...1).contains(point.epsilon), at: here + ".epsilon", expected: "a number from 0 to 1", found: "\(point.epsilon)")
      let isNext = last.map { $0 < point.radius } ?? true
      try reading.check(isNext, at: here + ".epsilon", expected: "epsilons in growing order", found: "\(point.epsilon)")
      last = point.radius
      try check(point, of: split, at: here, reading)
    }
  }

  private static func check(_ point: Point, of split: Split, at place: String, _ reading: MemberReading) throws(FileError) {
    try reading.check(
      (0...split.images).contains(point.correct), at: place + ".correct", expected: "a number from 0 to \(split.images)",
      found: "\(point.correct)")
    try reading.check(
      abs(point.accuracy - Double(point.correct) / Double(split.images)) < 1e-4, at: place + ".accuracy",
      expected: "\(point.correct) of \(split.images)", found: "\(point.accuracy)")
    try reading.check(
      point.perClass.count == split.classNames.count, at: place + ".per_class", expected: "\(split.classNames.count) classes",
      found: "\(point.perClass.count)")
    for (number, count) in point.perClass.enumerated() {
      try reading.check(
        count.images >= 0 && (0...max(0, count.images)).contains(count.correct), at: place + ".per_class[\(number)]",
        expected: "no more right than images", found: "\(count.correct) of \(count.images)")
    }
    let images = point.perClass.reduce(0) { $0 &+ $1.images }
    let correct = point.perClass.reduce(0) { $0 &+ $1.correct }
    try reading.check(
      images == split.images && correct == point.correct, at: place + ".per_class",
      expected: "classes that add up to \(point.correct) of \(split.images)", found: "\(correct) of \(images)")
  }
}
