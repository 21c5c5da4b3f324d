import Jobs

extension LabelDistribution {
  /// `generated_labels`.
  enum Choice: String, CaseIterable, Sendable {
    case uniform
    /// As among the training images: where classes have very different numbers of images, a generator that is asked for all alike spends
    /// most of its updates on classes that it has hardly seen.
    case training

    /// Optional; nothing means `uniform`.
    init(_ settings: inout SettingsReader) throws {
      let word = try settings.optionalChoice("generated_labels", of: Self.allCases.map(\.rawValue))
      self = word.flatMap(Self.init(rawValue:)) ?? .uniform
    }

    func distribution(_ dataset: Dataset) throws(StageError) -> LabelDistribution {
      switch self {
      case .uniform: .uniform(classes: dataset.classes.count)
      case .training: .like(try dataset.split(.train).labels)
      }
    }
  }
}
