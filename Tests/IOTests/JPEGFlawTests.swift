import IO
import Testing

/// Files that libjpeg warns of though no pixel suffers, and such as hide damage behind it.
struct JPEGFlawTests {
  /// How a sound file comes to a flaw.
  enum Flaw: String, CaseIterable {
    case bytesBetweenHeaders, bytesBeforeTheEnd, manyBytesBeforeTheEnd, dataBytesBeforeTheEnd, scanParameters, adobeTransform, jfifRevision
    case allAtOnce

    func applied(to jpeg: [UInt8]) throws -> [UInt8] {
      var flawed = jpeg
      let scan = try #require(Flaw.place(of: 0xDA, in: jpeg))
      switch self {
      case .bytesBetweenHeaders: flawed.insert(contentsOf: bytes("\u{0}stray"), at: 20)
      case .bytesBeforeTheEnd: flawed.insert(contentsOf: bytes("seventeen or more"), at: jpeg.count - 2)
      case .manyBytesBeforeTheEnd: flawed.insert(contentsOf: [UInt8](repeating: 0x37, count: 70_000), at: jpeg.count - 2)
      case .dataBytesBeforeTheEnd: flawed.insert(contentsOf: [UInt8](repeating: 0xFF, count: 40).flatMap { [$0, 0] }, at: jpeg.count - 2)
      case .scanParameters: flawed.replaceSubrange((scan + 11)..<(scan + 14), with: [0, 0, 0])
      case .adobeTransform: flawed.replaceSubrange(2..<20, with: [0xFF, 0xEE, 0, 14] + bytes("Adobe") + [0, 100, 0, 0, 0, 0, 7])
      case .jfifRevision: flawed[11] = 3
      case .allAtOnce:
        for flaw in [Flaw.bytesBeforeTheEnd, .scanParameters, .bytesBetweenHeaders, .jfifRevision] { flawed = try flaw.applied(to: flawed) }
      }
      return flawed
    }

    /// The first such marker.
    static func place(of marker: UInt8, in jpeg: [UInt8]) -> Int? {
      jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == marker }
    }
  }

  let sound: [UInt8]

  init() throws { sound = try JPEGFixture().jpeg("4:2:0") }

  @Test(arguments: Flaw.allCases)
  func aFlawThatNoPixelSuffersFromIsAccepted(flaw: Flaw) throws {
    let flawed = try flaw.applied(to: sound)
    #expect(try flawed != sound && JPEG.decode(flawed, from: "x") == JPEG.decode(sound, from: "x"))
    #expect(try JPEG.decode(flawed, from: "x", shorterSideAtLeast: 9) == JPEG.decode(sound, from: "x", shorterSideAtLeast: 9))
  }

  @Test(arguments: ["restarts 4:2:0", "progressive 4:2:0"])
  func otherKindsMayHaveBytesTooManyToo(kind: String) throws {
    let sound = try JPEGFixture().jpeg(kind)
    for flaw in [Flaw.bytesBetweenHeaders, .bytesBeforeTheEnd] {
      #expect(try JPEG.decode(flaw.applied(to: sound), from: "x") == JPEG.decode(sound, from: "x"), "\(flaw)")
    }
  }

  @Test func fourInksOfAnUnknownTransformAreTakenForYCCK() throws {
    let sound = try JPEGFixture().jpeg("YCCK 4:2:0")
    var flawed = sound
    let adobe = try #require(Flaw.place(of: 0xEE, in: sound))
    flawed[adobe + 15] = 9
    #expect(try JPEG.decode(flawed, from: "x") == JPEG.decode(sound, from: "x"))
  }

  @Test(arguments: Flaw.allCases)
  func everyPrefixOfAFlawedFileIsRefused(flaw: Flaw) throws {
    let flawed = try flaw.applied(to: sound)
    // Of 70,000 bytes that mean nothing a few stand for the others.
    let counts = (0..<flawed.count).filter { $0 < sound.count + 100 || $0 > flawed.count - 100 }
    for count in counts where count >= 3 {
      let error = fileError { try JPEG.decode(Array(flawed.prefix(count)), from: "x") }
      #expect(error?.kind == .damaged, "\(count) bytes")
    }
  }

  /// Many bytes too many can take the place of those that are missing: of these nothing in the file tells.
  @Test(arguments: Flaw.allCases.filter { $0 != .manyBytesBeforeTheEnd && $0 != .dataBytesBeforeTheEnd })
  func aFlawHidesNoDamage(flaw: Flaw) throws {
    let scan = try #require(Flaw.place(of: 0xDA, in: sound))
    // Half of the scan is missing, and the end marker is there.
    let cut = Array(sound[..<((scan + sound.count) / 2)] + sound.suffix(2))
    let error = fileError { try JPEG.decode(flaw.applied(to: cut), from: "x") }
    #expect(error?.kind == .damaged && error?.expected == "a whole JPEG image")
  }

  @Test func bytesTooManyBetweenPartsOfTheImageAreDamage() throws {
    let restarts = try JPEGFixture().jpeg("restarts 4:2:0")
    let restart = try #require(Flaw.place(of: 0xD0, in: restarts))
    let flawed = Array(restarts[..<restart] + bytes("seventeen or more") + restarts[restart...])
    let error = fileError { try JPEG.decode(flawed, from: "x") }
    #expect(error?.kind == .damaged && error?.found == "\"Corrupt JPEG data: 17 extraneous bytes before marker 0xd0\"")
  }

  @Test(arguments: [Flaw.adobeTransform, .allAtOnce])
  func everyFlippedByteOfAFlawedFileIsSurvived(flaw: Flaw) throws {
    for hostile in try Hostile.flips(of: flaw.applied(to: sound)) { _ = fileError { try JPEG.decode(hostile, from: "x") } }
  }
}
