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
  /// See ``Circumstances/processor``, with the kernels it computed by where a stage is told which; nil where it is not known.
  let processor: String?
  let members: [Manifest.Member]

  init(
    _ kind: Kind? = nil, fingerprint: Digest, step: Int, total: Int?, saved: Double, processor: String? = nil, members: [Manifest.Member]
  ) {
    self.kind = kind
    self.fingerprint = fingerprint
    self.step = step
    self.total = total
    self.saved = saved
    self.processor = processor
    self.members = members
  }

  init(parsing bytes: [UInt8], from path: FilePath) throws(FileError) {
    guard let head = try? JSONDecoder().decode(CheckpointHead.self, from: Data(bytes)) else {
      throw FileError(
        .damaged, path, at: "member '\(CheckpointHead.memberName)'", expected: "the head of a checkpoint", found: "something else")
    }
    self = head
  }

  /// Reads the head of a checkpoint.
  init(of tar: TarIndex) throws(FileError) {
    try self.init(parsing: tar.bytes(of: CheckpointHead.memberName), from: tar.path)
  }

  func encoded() -> [UInt8] {
    let members = members.map { JSON.object(["name": .string($0.name), "size": .integer($0.size), "sha256": .string($0.sha256.hex)]) }
    var json: [String: JSON] = [
      "fingerprint": .string(fingerprint.hex), "step": .integer(step), "total": total.map(JSON.integer) ?? .null, "saved": .real(saved),
      "processor": processor.map(JSON.string) ?? .null,
      "members": .array(members),
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

  /// A sentence for a stage that goes on from here on another processor than it was saved on; nil where both are the same, or not known.
  func warning(on processor: String?) -> String? {
    guard let saved = self.processor, let processor, saved != processor else { return nil }
    return "goes on from a checkpoint that was saved on another processor (\(saved), here \(processor)): the last bits may differ"
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

/// The folder of one stage's checkpoints.
struct CheckpointFolder {
  private let folder: FilePath
  private let disk: any Disk

  init(_ folder: FilePath, on disk: any Disk) {
    self.folder = folder
    self.disk = disk
  }

  /// The names of the checkpoints of a fingerprint, the newest first.
  func names(of fingerprint: Digest) throws(FileError) -> [String] {
    guard try disk.exists(folder) else { return [] }
    return try disk.list(folder).filter { $0.hasPrefix("\(fingerprint.short)-") && $0.hasSuffix(".tar") }.reversed()
  }

  /// All files that look like checkpoints of any fingerprint, the oldest of each first.
  func paths() throws(FileError) -> [FilePath] {
    guard try disk.exists(folder) else { return [] }
    return try disk.list(folder).filter { $0.hasSuffix(".tar") && !$0.hasPrefix(".") }.map { folder.appending($0) }
  }

  /// Removes all but the newest `count` of a fingerprint up to a step; those of other fingerprints stay until the artifact lands.
  ///
  /// Later steps go too: whoever saves a state of an earlier step has passed them over, and they must not push out what is of use.
  func keep(_ count: Int, of fingerprint: Digest, upTo step: Int) throws(FileError) {
    let names = try names(of: fingerprint)
    let newest = names.firstIndex(of: CheckpointHead.fileName(fingerprint, step)) ?? 0
    for name in names[..<newest] + names[newest...].dropFirst(count) { try disk.remove(folder.appending(name)) }
  }

  /// Removes what a crash left of states that were being saved.
  func removeLeftovers() throws(FileError) {
    for name in try leftovers() { try disk.remove(folder.appending(name)) }
  }

  /// Whether there is anything that a stage does not need when its artifact of that fingerprint is there.
  func isUntidy(_ fingerprint: Digest) throws(FileError) -> Bool {
    guard try disk.exists(folder) else { return false }
    let isEmpty = try disk.list(folder).isEmpty
    let (states, leftovers) = (try names(of: fingerprint), try leftovers())
    return isEmpty || !states.isEmpty || !leftovers.isEmpty
  }

  private func leftovers() throws(FileError) -> [String] {
    guard try disk.exists(folder) else { return [] }
    return try AtomicFile.leftovers(in: folder, on: disk).values.flatMap(\.self)
  }

  /// The head of the newest checkpoint that looks whole, by fingerprint. Contents are not compared with their digests here, and of the
  /// older ones, which may be hundreds of pieces, nothing is read.
  func heads() throws(FileError) -> [Digest: CheckpointHead] {
    var heads: [Digest: CheckpointHead] = [:]
    var known: Set<Substring> = []
    for path in try paths().reversed() {
      let fingerprint = path.stem?.prefix { $0 != "-" } ?? ""
      guard !known.contains(fingerprint), let head = try? CheckpointHead(of: TarIndex(path)), head.misnaming(of: path) == nil else { continue }
      known.insert(fingerprint)
      heads[head.fingerprint] = head
    }
    return heads
  }

  /// Removes the checkpoints of one fingerprint, and the folder if it held no others.
  func clear(_ fingerprint: Digest) throws(FileError) {
    guard try disk.exists(folder) else { return }
    for name in try names(of: fingerprint) { try disk.remove(folder.appending(name)) }
    if try disk.list(folder).isEmpty { try disk.remove(folder) }
  }

  /// Removes everything.
  func clear() throws(FileError) { try disk.removeTree(folder) }
}
