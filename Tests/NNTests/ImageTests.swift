import NN
import TestSupport
import Testing

/// Images from bytes to numbers and back.
@Suite struct ImageTests {
  private let backend = CPUBackend(threads: 2)
  /// Two images of 2 x 3 pixels; byte = 100 * image + 10 * row + 3 * column + channel + 1.
  private let pixels = (0..<36).map { (i: Int) -> UInt8 in UInt8(100 * (i / 18) + 10 * (i / 9 % 2) + i % 9 + 1) }

  /// Red bytes of one image, row by row, as read in this framing; black is 0.
  private func red(_ framing: ImageFraming, of image: Int = 0) -> [Int] {
    let x = backend.images(pixels, at: [image], framings: [framing], height: 2, width: 3, divisor: 127.5)
    #expect(x.shape == [1, 2, 3, 3])
    return stride(from: 0, to: 18, by: 3).map { Int(backend.bytes(x)[$0]) }
  }

  @Test func areReadAsTheyAre() {
    #expect(red(ImageFraming()) == [1, 4, 7, 11, 14, 17])
    #expect(red(ImageFraming(), of: 1) == [101, 104, 107, 111, 114, 117])
  }

  @Test func areMirroredLeftToRight() { #expect(red(ImageFraming(mirrored: true)) == [7, 4, 1, 17, 14, 11]) }

  @Test func areMovedAndBlackComesIn() {
    #expect(red(ImageFraming(rows: 1)) == [11, 14, 17, 0, 0, 0])
    #expect(red(ImageFraming(rows: -1)) == [0, 0, 0, 1, 4, 7])
    #expect(red(ImageFraming(columns: 1)) == [4, 7, 0, 14, 17, 0])
    #expect(red(ImageFraming(columns: -1)) == [0, 1, 4, 0, 11, 14])
    #expect(red(ImageFraming(rows: 5, columns: 0)) == [0, 0, 0, 0, 0, 0])
  }

  @Test func areMirroredBeforeTheyAreMoved() {
    #expect(red(ImageFraming(mirrored: true, rows: 1, columns: 1)) == [0, 17, 14, 0, 0, 0])
    #expect(red(ImageFraming(mirrored: true, columns: -1)) == [4, 1, 0, 14, 11, 0])
  }

  @Test func neighboursInTheBytesNeverComeIn() {
    #expect(red(ImageFraming(rows: -1), of: 1) == [0, 0, 0, 101, 104, 107])
    #expect(red(ImageFraming(rows: 1), of: 0) == [11, 14, 17, 0, 0, 0])
  }

  @Test func channelsAndPlacesKeepTheirOrder() {
    let x = backend.images(
      pixels, at: [1, 0, 1], framings: [ImageFraming(), ImageFraming(), ImageFraming(mirrored: true)], height: 2, width: 3,
      divisor: 127.5)
    let bytes = backend.bytes(x)
    #expect(Array(bytes[0..<18]) == Array(pixels[18..<36]))
    #expect(Array(bytes[18..<36]) == Array(pixels[0..<18]))
    #expect(Array(bytes[36..<42]) == [107, 108, 109, 104, 105, 106])
  }

  @Test func bytesBecomeNumbersByTheirDivisor() {
    let three: [UInt8] = [0, 51, 255]
    let x = backend.images(three, at: [0], framings: [ImageFraming()], height: 1, width: 1, divisor: 127.5)
    expectAgreement(x, StateTensor(shape: [1, 1, 1, 3], values: [-1, -0.6, 1]), "127.5", within: Tolerance(length: 1e-7, peak: 1e-7))
    let y = backend.images(three, at: [0], framings: [ImageFraming()], height: 1, width: 1, divisor: 128)
    #expect(y.values == [-1, -0.6015625, 0.9921875])
  }

  @Test func everyByteComesBack() {
    let all = (0..<258).map { UInt8($0 % 256) }
    let x = backend.images(all, at: [0], framings: [ImageFraming()], height: 1, width: 86, divisor: 127.5)
    #expect(backend.bytes(x) == all)
  }

  @Test func numbersAreRoundedToTheNearestByte() {
    let numbers: [Float] = [0.4, 0.6, 1.4, 253.6, 254.4, 254.6]
    #expect(bytes(numbers.map { $0 / 127.5 - 1 }) == [0, 1, 1, 254, 254, 255])
  }

  @Test func numbersOutsideTheRangeAreClampedAndNaNIsBlack() {
    #expect(bytes([-1, 1, -1.5, 1.5, -1e30, 1e30, -.infinity, .infinity, .nan]) == [0, 255, 0, 255, 0, 255, 0, 255, 0])
  }

  private func bytes(_ x: [Float]) -> [UInt8] { backend.bytes(backend.tensor(x, [x.count])) }

  @Test func rowsAndJoiningAreInverse() {
    let x = backend.normal([5, 2, 3], seed: 1)
    let parts = [0..<2, 2..<2, 2..<5].map { backend.rows(x, $0) }
    #expect(parts.map(\.shape) == [[2, 2, 3], [0, 2, 3], [3, 2, 3]])
    let whole = backend.joined(parts)
    #expect(whole.shape == x.shape && whole.values == x.values)
  }
}
