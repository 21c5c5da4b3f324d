import Foundation
import IO
import Jobs
import Testing

@testable import AdvGAN

/// A folder of its own, removed with the value.
final class ScratchFolder {
  let path: FilePath

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "advgan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = FilePath(folder.path(percentEncoded: false))
  }

  deinit { try? LocalDisk().removeTree(path) }

  /// Writes files, making the folders they need.
  func fill(_ files: [String: [UInt8]], below folder: String) throws -> FilePath {
    for (name, bytes) in files {
      let file = path.appending(folder).pushing(FilePath(name))
      try LocalDisk().makeDirectories(file.removingLastComponent())
      try Data(bytes).write(to: URL(filePath: file.string))
    }
    return path.appending(folder)
  }

  /// Makes a tar of the members in the order given.
  func tar(_ members: [(String, [UInt8])], named name: String = "a.tar") throws -> FilePath {
    let tar = try TarWriter(publishingAt: path.appending(name), on: LocalDisk())
    for (name, bytes) in members { try tar.add(name, bytes) }
    _ = try tar.finish()
    return path.appending(name)
  }

  /// Writes a file as it is.
  func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    try Data(bytes).write(to: URL(filePath: path.appending(name).string))
    return path.appending(name)
  }
}

/// A small image that no other number gives.
func image(_ number: Int, width: Int = 4, height: Int = 4) -> Image {
  Image(
    width: width, height: height, rgb: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 13 &+ number / 256) })
}

/// Class-named folders with `count` PNGs a class; numbers run through.
func classFolders(_ splits: [String], _ classes: [String], count: Int) -> [(String, [UInt8])] {
  var members: [(String, [UInt8])] = []
  for split in splits {
    for name in classes {
      for number in 0..<count {
        members.append(("\(split)\(name)/\(number).png", PNG.encode(image(members.count))))
      }
    }
  }
  return members
}

/// CIFAR-10 in miniature.
enum CIFAR10Fixture {
  static let classNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

  /// A record whose planes differ: red, green and blue of pixel p are p, p + 100 and p + 200, plus `number`.
  static func record(label: Int, number: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: label)]
      + [0, 100, 200].flatMap { shift in (0..<1024).map { UInt8(truncatingIfNeeded: $0 + shift + number) } }
  }

  /// A batch with every class `repeats` times.
  static func batch(_ number: Int, repeats: Int = 1) -> [UInt8] {
    (0..<10 * repeats).flatMap { record(label: $0 % 10, number: number * 50 + $0) }
  }

  /// All members of the official archive in an order of their own.
  static func members(repeats: Int = 1) -> [(String, [UInt8])] {
    let folder = "cifar-10-batches-bin/"
    let batches = [3, 1, 2, 5, 4].map { ("\(folder)data_batch_\($0).bin", batch($0, repeats: repeats)) }
    return [("\(folder)test_batch.bin", batch(0, repeats: repeats)), ("\(folder)readme.html", Array("<html>".utf8))] + batches
      + [("\(folder)batches.meta.txt", Array((classNames.joined(separator: "\n") + "\n\n").utf8))]
  }
}

/// What a throwing expression says.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "(nothing thrown)"
  } catch {
    return "\(error)"
  }
}

/// What an expression gives, or the `FileError` that it throws. Any other error is thrown on, and so fails the test.
func fileResult<Value>(of body: () throws -> Value) throws -> Result<Value, FileError> {
  do {
    return .success(try body())
  } catch let error as FileError {
    return .failure(error)
  }
}

/// Runs an extract stage and packs what it made, as the runner does; gives the artifact. Where it was stopped before under that name, it
/// goes on from what it saved.
/// - Parameters:
///   - output: the artifact's name.
///   - images: how many may be done before somebody wants it to stop.
func extract(
  _ settings: [String: JSON], _ scratch: ScratchFolder, output: String = "output", threads: Int = 2, stoppingAfter images: Int = .max,
  stop: StopFlag = StopFlag()
) throws -> FilePath {
  var reader = SettingsReader(resolved: .object(settings), of: "test.yaml")
  let stage = try Extract(&reader)
  let folder = scratch.path.appending("staging-\(output)")
  try LocalDisk().removeTree(folder)
  try LocalDisk().makeDirectories(folder)
  let checkpoints = CheckpointStore(
    folder: scratch.path.appending("checkpoints-\(output)"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(), processor: "test",
    on: LocalDisk(), time: { 0 })
  let progress = StopAfter(units: images, raising: stop)
  let workspace = Workspace(inputs: [:], output: folder, checkpoints: checkpoints, progress: progress, stop: stop, threads: threads)
  if images == 0 { stop.raise(.terminate) }
  try stage.run(workspace)
  let artifact = scratch.path.appending("\(output).tar")
  try ArtifactWriter.pack(folder, workspace.pieceMembers, to: artifact, stage: "dataset", run: Extract.name, version: Extract.version)
  return artifact
}

/// Raises a flag when so many units are done.
struct StopAfter: ProgressReporter {
  let units: Int
  let stop: StopFlag

  init(units: Int, raising stop: StopFlag) {
    self.units = units
    self.stop = stop
  }

  func report(_ done: Int, of total: Int, unit: String, note: String) {
    if done >= units { stop.raise(.terminate) }
  }
}

/// The members of an artifact in their order, without its manifest.
func members(_ artifact: FilePath) throws -> [(String, [UInt8])] {
  let tar = try TarIndex(artifact)
  return try tar.entries.filter { $0.name != Manifest.memberName }.map { ($0.name, try tar.bytes(of: $0.name)) }
}

/// The same by their names.
func contents(_ artifact: FilePath) throws -> [String: [UInt8]] { Dictionary(uniqueKeysWithValues: try members(artifact)) }

/// All files below a folder, by their names relative to it.
func files(below folder: FilePath, _ prefix: String = "") throws -> [String: [UInt8]] {
  var found: [String: [UInt8]] = [:]
  for name in try LocalDisk().list(folder) {
    let path = folder.appending(name)
    if try LocalDisk().status(path)?.kind == .folder {
      found.merge(try files(below: path, prefix + name + "/")) { first, _ in first }
    } else {
      found[prefix + name] = try LocalDisk().read(path)
    }
  }
  return found
}
