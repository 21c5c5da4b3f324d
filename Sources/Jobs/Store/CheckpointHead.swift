import Foundation
import IO

/// What a checkpoint says of itself: the member `.checkpoint.json`, the first in its tar.
public struct CheckpointHead: Codable, Equatable, Sendable {
  static let memberName = ".checkpoint.json"

  /// What a checkpoint is that is no state to go on from.
  enum Kind: String, Codable {
    /// A finished part of the result.
    case piece
  }

  /// nil for a state.
  let kind: Kind?
  /// Of the stage as it ran: its settings, its inputs.
  public let fingerprint: Digest
  public let step: Int
  /// The last step, if the stage knows it.
  public let total: Int?
  /// Seconds since 1970.
  public let saved: Double
  /// See ``Circumstances/processor``, with the kernels it computed by where a stage is told which.
  let processor: String
  let members: [Manifest.Member]

  init(_ kind: Kind? = nil, fingerprint: Digest, step: Int, total: Int?, saved: Double, processor: String, members: [Manifest.Member]) {
    (self.kind, self.fingerprint, self.step, self.total, self.saved, self.processor) = (kind, fingerprint, step, total, saved, processor)
    self.members = members
  }

  init(parsing bytes: [UInt8], from path: FilePath) throws(FileError) {
    guard let head = try? JSON.decode(CheckpointHead.self, bytes) else {
      throw FileError(
        .damaged, path, at: "member '\(CheckpointHead.memberName)'", expected: "the head of a checkpoint", found: "something else")
    }
    self = head
  }

  /// Reads the head of a checkpoint.
  init(of tar: TarIndex) throws(FileError) { try self.init(parsing: tar.bytes(of: CheckpointHead.memberName), from: tar.path) }

  func encoded() -> [UInt8] {
    let members = members.map { JSON.object(["name": .string($0.name), "size": .integer($0.size), "sha256": .string($0.sha256.hex)]) }
    var json: [String: JSON] = [
      "fingerprint": .string(fingerprint.hex), "step": .integer(step), "total": total.map(JSON.integer) ?? .null, "saved": .real(saved),
      "processor": .string(processor), "members": .array(members),
    ]
    json["kind"] = kind.map { .string($0.rawValue) }
    return Array(JSON.object(json).pretty.utf8)
  }

  /// - Throws: `.damaged` where the tar does not hold exactly the members that its head names, in their sizes.
  func check(membersOf tar: TarIndex) throws(FileError) {
    let isSame = members.elementsEqual(tar.entries.dropFirst()) { $0.name == $1.name && $0.size == $1.size }
    guard isSame else {
      throw damage(tar.path, nil, "the \(members.count) members of its head", "\(tar.entries.count - 1) members, or others")
    }
  }

  /// Reads the whole tar once.
  /// - Parameter progress: is told now and then how many bytes were read.
  /// - Returns: a sentence for each member that is not what its digest names.
  /// - Throws: ``FileError`` where the tar does not hold these members, or cannot be read to its end.
  func damages(in tar: TarIndex, _ progress: (Int) -> Void = { _ in }) throws(FileError) -> [FileError] {
    try check(membersOf: tar)
    let digests = try tar.digests(progress).members.dropFirst()
    return zip(members, digests).filter { $0.sha256 != $1 }.map { otherBytes($0.0.name, in: tar.path) }
  }

  /// - Throws: `.damaged` for a checkpoint of another kind than a stage looks for.
  func check(kind expected: Kind?, in path: FilePath) throws(FileError) {
    guard kind != expected else { return }
    func words(_ kind: Kind?) -> String { kind == .piece ? "a piece" : "a state" }
    throw damage(path, "member '\(CheckpointHead.memberName)'", "the head of \(words(expected))", "that of \(words(kind))")
  }

  /// What is wrong with a checkpoint's file name; nil where it is the one that its head gives it.
  func misnaming(of path: FilePath) -> FileError? {
    let name = CheckpointHead.fileName(fingerprint, step)
    return path.lastComponent?.string == name ? nil : damage(path, nil, "the name '\(name)' that its head gives it", "another")
  }

  /// A member whose content is not the one of its digest.
  func otherBytes(_ name: String, in path: FilePath) -> FileError {
    damage(path, "member '\(name)'", "the content that its head names", "other bytes")
  }

  private func damage(_ path: FilePath, _ place: String?, _ expected: String, _ found: String) -> FileError {
    let loss = kind == .piece ? "its work is done anew" : "an older one is used, or none"
    return FileError(.damaged, path, at: place, expected: expected, found: found, advice: "remove the file: \(loss)")
  }

  /// A sentence for a stage that goes on from here on another processor than it was saved on; nil where both are the same.
  func warning(on processor: String) -> String? {
    guard self.processor != processor else { return nil }
    return "goes on from a checkpoint that was saved on another processor (\(self.processor), here \(processor)): the last bits may differ"
  }

  /// `9be1f2a04c11-000000020000.tar`: the fingerprint's first digits and the step, so that names sort by age.
  static func fileName(_ fingerprint: Digest, _ step: Int) -> String {
    let digits = String(step)
    return "\(fingerprint.short)-\(String(repeating: "0", count: max(12 - digits.count, 0)))\(digits).tar"
  }
}

extension CheckpointHead {
  /// Whether ``fileName(_:_:)`` gives such names.
  static func isFileName(_ name: String) -> Bool { name.wholeMatch(of: /[0-9a-f]{12}-[0-9]{12,}\.tar/) != nil }
}
