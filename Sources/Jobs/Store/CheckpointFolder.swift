import IO

/// The folder of one stage's checkpoints.
struct CheckpointFolder {
  private let folder: FilePath
  private let disk: any Disk

  init(_ folder: FilePath, on disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

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
  /// Later steps go too: a run that saves a state of an earlier step did not use them, and they must not push out what is of use.
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
      guard !known.contains(fingerprint), let head = try? CheckpointHead(of: TarIndex(path)), head.misnaming(of: path) == nil else {
        continue
      }
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
