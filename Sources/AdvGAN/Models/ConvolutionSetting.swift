import Jobs
import NN

extension ConvolutionMethod {
  /// Reads `convolution`: how 3 x 3 convolutions are computed.
  init(_ settings: inout SettingsReader) throws {
    self = try settings.choice("convolution", default: .winograd, "how 3 x 3 convolutions are computed")
  }
}
