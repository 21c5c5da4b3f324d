import Foundation
import IO
import NNKernels
import TestSupport
import Testing

/// Known answers of Philox4x32-10 from the Random123 distribution.
@Suite struct PhiloxTests {
  @Test func zeros() {
    #expect(philox(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0)) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
  }

  @Test func ones() {
    let answer = philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(answer == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
  }

  @Test func digitsOfPi() {
    let answer = philox(counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
    #expect(answer == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func blocksCountInTheLowHalfAndTheKeyIsLittleEndian() {
    let block = philoxBlock(key: 0x299f_31d0_a409_3822, block: 0x85a3_08d3_243f_6a88)
    #expect(block == philox(counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0, 0), key: SIMD2(0xa409_3822, 0x299f_31d0)))
  }

  private struct KnownAnswers: Decodable {
    struct Vector: Decodable { let counter: [UInt32], key: [UInt32], output: [UInt32] }
    let vectors: [Vector]
  }

  /// Those of the fixture, most from another implementation.
  @Test func answersOfAnotherImplementation() throws {
    let path = Fixture.path(of: "random.json")
    let known = try JSONDecoder().decode(KnownAnswers.self, from: Data(contentsOf: URL(fileURLWithPath: path.string)))
    #expect(known.vectors.count >= 10)
    for vector in known.vectors {
      #expect(philox(counter: SIMD4(vector.counter), key: SIMD2(vector.key)) == SIMD4(vector.output))
    }
  }
}
