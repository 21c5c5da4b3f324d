import Jobs
import NN

extension ConvolutionMethod {
  static let words = allCases.map(\.rawValue)

  /// Reads `convolution`: how 3 x 3 convolutions are computed.
  init(_ settings: inout SettingsReader) throws {
    let word = try settings.choice("convolution", of: Self.words, default: Self.winograd.rawValue)
    self = Self(rawValue: word) ?? .winograd
  }
}
