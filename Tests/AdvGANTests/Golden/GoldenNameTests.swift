import AdvGAN
import NN
import TestSupport
import Testing

/// Checkpoints go both ways between this program and PyTorch only if every tensor has PyTorch's name and shape.
@Suite struct GoldenNameTests {
  @Test(arguments: GoldenNetwork.generators + GoldenNetwork.discriminators)
  func tensorsAreNamedAndShapedAsInPyTorch(_ golden: GoldenNetwork) throws {
    let expected = try golden.fixture("weights").all().mapValues(\.shape)
    let found = Dictionary(uniqueKeysWithValues: try golden.specifications().map { ($0.name, $0.fileShape) })
    #expect(Set(found.keys).symmetricDifference(expected.keys) == [])
    for (name, shape) in expected { #expect(found[name] == shape, "\(name)") }
  }

  @Test(arguments: GoldenNetwork.generators + GoldenNetwork.discriminators)
  func whatPyTorchLearnsIsLearnedHere(_ golden: GoldenNetwork) throws {
    let learned = try golden.specifications().filter { $0.kind == .weight }.map(\.name)
    #expect(Set(learned) == Set(try golden.fixture("training_gradients").names))
  }

  @Test(arguments: GoldenNetwork.generators + GoldenNetwork.discriminators)
  func aStateDictComesBackUnchanged(_ golden: GoldenNetwork) throws {
    let given = try golden.fixture("weights").all()
    var parameters = Parameters(try golden.specifications(), from: RandomStream(seed: 1), on: CPUBackend(threads: 1))
    #expect(parameters.stateDictionary != given)
    try parameters.load(given)
    #expect(parameters.stateDictionary == given)
  }

  /// Counted from the published code at its own width and for the classes it was trained on: CIFAR-10, 143 of ImageNet, and all its 1,000.
  @Test(arguments: [
    ("resnet32", 10, false, 1_053_835), ("resnet32", 10, true, 1_056_395), ("preact-resnet18", 10, false, 11_164_875),
    ("resnet64", 143, false, 10_283_024), ("resnet128", 143, false, 8_570_896), ("resnet128", 143, true, 8_579_344),
    ("resnet-imagenet", 1000, true, 30_049_897), ("resnet-imagenet", 1000, false, 30_035_817),
  ])
  func discriminatorsHaveThePublishedNumberOfParameters(_ name: String, _ classes: Int, _ batchNorm: Bool, _ count: Int) throws {
    let kind = try #require(Networks.named(name))
    #expect(learnedCount(kind.discriminator(NetworkShape(width: 64, classes: classes, batchNorm: batchNorm)).specifications) == count)
  }

  @Test(arguments: [
    ("resnet32", 10, 12_272_515), ("preact-resnet18", 10, 12_272_515), ("resnet64", 143, 13_038_595), ("resnet128", 143, 10_606_339),
    ("resnet-imagenet", 1000, 41_996_931),
  ])
  func generatorsHaveThePublishedNumberOfParameters(_ name: String, _ classes: Int, _ count: Int) throws {
    let generator = try #require(Networks.named(name)?.generator)
    #expect(learnedCount(generator(NetworkShape(width: 64, classes: classes)).specifications) == count)
  }

  /// Without batch norm no fixture exists; these are torchvision's places of the thirteen convolutions.
  @Test func vgg16WithoutBatchNormCountsItsLayersAsSequentialDoes() throws {
    let kind = try #require(Networks.named("vgg16"))
    let names = kind.discriminator(NetworkShape(width: 4, classes: 10)).specifications.map(\.name)
    let places = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    #expect(names == places.flatMap { ["features.\($0).weight", "features.\($0).bias"] } + ["classifier.weight", "classifier.bias"])
  }

  private func learnedCount(_ specifications: [ParameterSpecification]) -> Int {
    specifications.filter { $0.kind == .weight }.reduce(0) { $0 + $1.fileShape.reduce(1, *) }
  }
}
