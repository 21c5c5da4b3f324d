import IO
import NN
import Testing

@testable import AdvGAN

/// Random squares cut out of images, and images scaled to a network's side.
@Suite struct RandomCropTests {
  private let backend = CPUBackend(threads: 1)
  private let stream = RandomStream(seed: 5)

  @Test func aSquareHasAShareOfTheAreaInTheRangeAndAnyPlace() {
    let crop = RandomCrop(shares: 0.8...0.9)
    var chance = stream
    let boxes = (0..<4000).map { _ in crop.box(in: 256, &chance) }
    #expect(boxes.allSatisfy { $0.width == $0.height && $0.x >= 0 && $0.y >= 0 && $0.x + $0.width <= 256 && $0.y + $0.height <= 256 })
    // 256 sqrt(0.8) is 228.97, 256 sqrt(0.9) is 242.86; both ends are met.
    #expect(boxes.map(\.width).min() == 229 && boxes.map(\.width).max() == 243)
    // Every place of the smallest square: at most 27 from either edge.
    #expect(Set(boxes.map(\.x)) == Set(0...27) && Set(boxes.map(\.y)) == Set(0...27))
    // Even in the share, so in the square of the side: a mean of 0.85 with a deviation of 0.1 / sqrt(12 N).
    let mean = boxes.reduce(0.0) { $0 + Double($1.width * $1.width) / 65536 } / 4000
    #expect(abs(mean - 0.85) < 5 * 0.1 / (12.0 * 4000).squareRoot())
  }

  @Test(arguments: [1, 2, 3, 64]) func anyImageHasASquare(_ side: Int) {
    var chance = stream
    for shares in [0.01...0.01, 0.3...0.7, 1...1] {
      let box = RandomCrop(shares: shares).box(in: side, &chance)
      #expect((1...side).contains(box.width) && box.x + box.width <= side && box.y + box.width <= side)
      if shares == 1...1 { #expect(box == ImageBox(x: 0, y: 0, width: side, height: side)) }
    }
  }

  @Test(arguments: [true, false]) func wholeImagesAreScaledToTheSide(_ inMemory: Bool) throws {
    let scene = try StoredScene(squares(48))
    let set = try fitted(scene.opened(inMemory: inMemory), to: 32).split(.test)
    let (x, labels) = try set.batch(1..<4, on: backend)
    #expect(x.shape == [3, 32, 32, 3] && labels == [1, 0, 1])
    #expect(try x.values == (1..<4).flatMap { try numbers(set[$0].scaled(width: 32, height: 32)) })
  }

  @Test(arguments: [32, 48]) func aCropComesBeforeFlipAndShiftAndDrawsFromAStreamOfItsOwn(_ side: Int) throws {
    let set = try fitted(squares(side), to: 32).split(.train)
    let places = [0, 1, 2, 3, 3, 3, 3, 3]
    let framed = Augmentation(flips: true, shift: 3, noise: .none)
    var cropped = framed
    cropped.crop = RandomCrop(shares: 0.3...0.8)
    var chance = stream.derived("crop")
    let cut = try places.map { try set[$0].cropped(to: RandomCrop(shares: 0.3...0.8).box(in: side, &chance)).scaled(width: 32, height: 32) }
    let ready = ImageSet(height: 32, width: 32, pixels: cut.flatMap(\.rgb), labels: places.map { set.labels[$0] })
    let (x, labels) = try set.batch(places, cropped, stream, on: backend)
    let expected = try ready.batch(Array(places.indices), framed, stream, on: backend)
    #expect(x.values == expected.images.values && labels == expected.labels)
  }

  @Test func smallerOrOblongImagesAreRefused() throws {
    let small = message { try squares(31).fitted(to: Networks.resnet32) }
    #expect(small.hasSuffix("those of 'train' have 31x31; larger squares are scaled down to it"))
    let oblong = ImageSet(height: 64, width: 48, pixels: image(1, width: 48, height: 64).rgb, labels: [0])
    #expect(message { try Dataset(classes: ["a"], splits: [.test: oblong]).fitted(to: Networks.resnet32) }.contains("have 48x64"))
  }

  private func fitted(_ dataset: Dataset, to side: Int) throws -> Dataset {
    try dataset.fitted(to: #require(Networks.all.first { $0.side == side }))
  }

  private func numbers(_ image: Image) -> [Float] { image.rgb.map { Float($0) / 127.5 - 1 } }
}
