import AdvGAN
import NN
import TestSupport
import Testing

/// The network, the images, and which of them are right unattacked.
struct GoldenAttacks {
  let fixture: Fixture
  let model: DiscriminatorModel
  let x: Tensor
  let labels: [Int]
  let wasCorrect: [Bool]

  init(on backend: any Backend) throws {
    fixture = try Fixture("test", in: "pgd20")
    model = try GoldenNetwork(file: "pgd_network", network: "resnet32").discriminatorModel(on: backend)
    let pixels = try fixture.image("images").values.map { UInt8($0) }
    let set = ImageSet(height: 32, width: 32, pixels: pixels, labels: try fixture.labels("labels"))
    (x, labels) = try set.batch(0..<200, on: backend)
    wasCorrect = backend.isCorrect(model.classLogits(x), labels)
  }
}
