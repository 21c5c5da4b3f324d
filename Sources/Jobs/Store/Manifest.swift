import Foundation
import IO

/// What an artifact says of itself: the member `.advgan.json`, the first in its tar. Nothing in it differs between two honest runs.
public struct Manifest: Codable, Equatable, Sendable {
  /// The member's name.
  public static let memberName = ".advgan.json"
  /// The only `format` this program reads.
  static let currentFormat = 1

  public let format: Int
  /// The stage's name in the job file.
  public let stage: String
  /// The kind of stage, the word after `run:`.
  public let run: String
  /// The kind's version.
  public let version: Int
  /// All settings as they were used, defaults spelt out.
  public let settings: JSON
  /// The artifacts it was made from, by role, in the order of the job file.
  public let inputs: [String: [Input]]
  /// Digests of the files and folders from outside, by the stage's own names.
  public let external: [String: Digest]
  /// What decides whether the artifact is up to date: see ``Fingerprint``.
  public let fingerprint: Digest
  /// What a later stage can see of this artifact: see ``Fingerprint/content(run:settings:members:)``.
  public let content: Digest
  /// The other members of the tar, in its order. Empty in a run record.
  public let members: [Member]

  /// One artifact that another was made from. `digest` is its ``Manifest/content``.
  public struct Input: Codable, Hashable, Sendable {
    public let stage: String
    public let digest: Digest
  }

  /// One member of the tar; `size` in bytes.
  public struct Member: Codable, Hashable, Sendable {
    public let name: String
    public let size: Int
    public let sha256: Digest
  }

  /// Computes the two digests from the parts.
  init(stage: String, run: String, version: Int, settings: JSON, inputs: [String: [Input]], external: [String: Digest], members: [Member]) {
    format = Manifest.currentFormat
    (self.stage, self.run, self.version, self.settings, self.inputs, self.external) = (stage, run, version, settings, inputs, external)
    self.members = members
    fingerprint = Fingerprint.of(run: run, version: version, settings: settings, inputs: inputs, external: external)
    content = Fingerprint.content(run: run, settings: settings, members: members)
  }
}

extension Manifest {
  /// The same without the list of members, for run records.
  var head: Manifest { Manifest(self, members: []) }

  /// Whether the fingerprint follows from the parts.
  var hasOwnFingerprint: Bool {
    Fingerprint.of(run: run, version: version, settings: settings, inputs: inputs, external: external) == fingerprint
  }

  private init(_ manifest: Manifest, members: [Member]) {
    format = manifest.format
    stage = manifest.stage
    run = manifest.run
    version = manifest.version
    settings = manifest.settings
    inputs = manifest.inputs
    external = manifest.external
    fingerprint = manifest.fingerprint
    content = manifest.content
    self.members = members
  }

  /// The bytes of the member: ``JSON/pretty`` of ``json``.
  func encoded() -> [UInt8] {
    let bytes = Array(head.json.pretty.utf8)
    // No text holds a line feed as it is, and no other key stands two spaces from the margin.
    guard !members.isEmpty, let list = bytes.firstRange(of: Manifest.listBegin) else { return bytes }
    return bytes[..<list.upperBound] + MemberLines.encoded(members) + Manifest.listEnd + bytes[list.upperBound...]
  }

  /// The list of members in the bytes, up to its first line, and between the last line and the bracket.
  private static let listBegin = Array("\n  \"members\": [".utf8)
  private static let listEnd = Array("\n  ".utf8)

  /// The manifest as JSON.
  public var json: JSON {
    .object([
      "format": .integer(format), "stage": .string(stage), "run": .string(run), "version": .integer(version), "settings": settings,
      "inputs": .object(
        inputs.mapValues { .array($0.map { ["stage": .string($0.stage), "digest": .string($0.digest.hex)] }.map(JSON.object)) }),
      "external": .object(external.mapValues { .string($0.hex) }), "fingerprint": .string(fingerprint.hex), "content": .string(content.hex),
      "members": .array(members.map { .object(["name": .string($0.name), "size": .integer($0.size), "sha256": .string($0.sha256.hex)]) }),
    ])
  }

  /// Reads a manifest and checks that its two digests follow from its parts, and that it is spelt as ``encoded()`` spells it.
  /// - Parameter path: the artifact, for messages.
  /// - Throws: ``FileError``: `.damaged`; `.unsupported` for a later format.
  init(parsing bytes: [UInt8], from path: FilePath) throws(FileError) {
    let place = "member '\(Manifest.memberName)'"
    guard let manifest = Manifest(decoding: bytes) else {
      throw FileError(.damaged, path, at: place, expected: "a manifest", found: "other JSON or none", advice: "make the artifact again")
    }
    guard manifest.format == Manifest.currentFormat else {
      throw FileError(.unsupported, path, at: place, expected: "format \(Manifest.currentFormat)", found: "format \(manifest.format)")
    }
    let again = Manifest(
      stage: manifest.stage, run: manifest.run, version: manifest.version, settings: manifest.settings, inputs: manifest.inputs,
      external: manifest.external, members: manifest.members)
    guard again == manifest, again.encoded() == bytes else {
      throw FileError(
        .damaged, path, at: place, expected: "digests that follow from its parts", found: "others", advice: "make the artifact again")
    }
    self = manifest
  }

  /// The list of members is read by itself, where there is one; the rest as any JSON.
  private init?(decoding bytes: [UInt8]) {
    var head = bytes
    var members: [Member] = []
    if let begin = bytes.firstRange(of: Manifest.listBegin), let end = Manifest.end(ofListFrom: begin.upperBound, in: bytes) {
      guard let listed = MemberLines.parse(bytes[begin.upperBound..<end.lowerBound]) else { return nil }
      members = listed
      head = Array(bytes[..<begin.upperBound] + bytes[end.upperBound...])
    }
    guard let manifest = try? JSON.decode(Manifest.self, head) else { return nil }
    self.init(manifest, members: manifest.members + members)
  }

  /// Where the lines of a list end and its bracket comes; nil where there are no lines.
  private static func end(ofListFrom begin: Int, in bytes: [UInt8]) -> Range<Int>? {
    guard begin < bytes.endIndex, bytes[begin] == UInt8(ascii: "\n") else { return nil }
    let end = listEnd + [UInt8(ascii: "]")]
    // Little comes behind it.
    let place = stride(from: bytes.count - end.count, through: begin, by: -1).first { bytes[$0...].starts(with: end) }
    return place.map { $0..<($0 + listEnd.count) }
  }
}
