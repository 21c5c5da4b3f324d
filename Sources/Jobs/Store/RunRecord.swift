import Foundation
import IO

/// What is known of one artifact beyond the artifact itself: `.advgan/records/STAGE.json`.
///
/// Facts that differ between two honest runs stand here and never in the artifact. A lost or torn record costs nothing but these facts:
/// the artifact is then verified against its own manifest.
public struct RunRecord: Codable, Equatable, Sendable {
  /// The artifact's manifest without its list of members.
  public let manifest: Manifest
  /// SHA-256 of the whole tar.
  public let digest: Digest
  /// The tar as it was when `digest` was computed; while this holds, it is not read again.
  public let status: FileStatus
  /// How it was made; nil for an artifact that came from elsewhere, or whose record was lost.
  public let run: Run?
  /// That somebody took the artifact as it is (`-t`); nil where nobody did. Lost with the record: then the stage is judged by what it was
  /// made with.
  public var accepted: Acceptance?

  init(manifest: Manifest, digest: Digest, status: FileStatus, run: Run?, accepted: Acceptance? = nil) {
    (self.manifest, self.digest, self.status, self.run, self.accepted) = (manifest, digest, status, run, accepted)
  }

  /// An artifact counts as made otherwise than it was, because somebody says so.
  public struct Acceptance: Codable, Equatable, Sendable {
    /// What it counts as made with; without members.
    public let manifest: Manifest
    /// Seconds since 1970.
    public let at: Double
    public let by: Circumstances
  }

  /// The circumstances of one run.
  public struct Run: Codable, Equatable, Sendable {
    /// Seconds since 1970.
    public let started: Double
    /// Seconds since 1970, when the artifact had landed.
    public let finished: Double
    /// Wall seconds from start to landing, without earlier runs that were interrupted.
    public let seconds: Double
    /// The step of the checkpoint it resumed from; nil for a run from the beginning.
    public let resumedAt: Int?
    /// Threads the stage was given.
    public let threads: Int
    /// By what the stage was told to compute; nil where it was not told.
    public var arithmetic: Arithmetic?
    public let circumstances: Circumstances
  }
}

/// By what stages compute, in words that mean something to them; low bits of results may depend on it.
public struct Arithmetic: Codable, Equatable, Sendable {
  /// Such as `avx512`.
  public var kernels: String
  /// The processor that OpenBLAS computes for, such as `SkylakeX`.
  public var openBLAS: String

  public init(kernels: String, openBLAS: String) { (self.kernels, self.openBLAS) = (kernels, openBLAS) }

  /// `avx512 kernels, OpenBLAS for SkylakeX`.
  public var words: String { "\(kernels) kernels, OpenBLAS for \(openBLAS)" }
}

/// Who runs, where, and with which program. Gathered in the command; enters records and lock owners, never fingerprints.
public struct Circumstances: Codable, Equatable, Sendable {
  /// Such as `advgan-job 0.1.0`.
  public var program: String
  public var host: String
  public var user: String
  public var pid: Int
  /// The kernel's boot id; tells a process of before a restart from one of now. Empty where unknown.
  public var boot: String
  /// The Slurm job's id, if there is one.
  public var slurmJob: String?
  /// The processor's model, or the machine's architecture where it has no name: low bits of results may depend on it.
  public var processor: String

  public init(program: String, host: String, user: String, pid: Int, boot: String, slurmJob: String?, processor: String) {
    (self.program, self.host, self.user, self.pid, self.boot, self.slurmJob) = (program, host, user, pid, boot, slurmJob)
    self.processor = processor
  }

  /// `tester on gpu07 (pid 41207, Slurm job 918233)`.
  var who: String { "\(user) on \(host) (pid \(pid)\(slurmJob.map { ", Slurm job \($0)" } ?? ""))" }
}

/// Small state files: written whole and durably, read forgivingly.
extension JSON {
  /// The value in a file; nil where there is no file, or nothing that can be read as `Value`: state is never trusted, only used.
  static func decode<Value: Decodable>(_ type: Value.Type, from path: FilePath, on disk: any Disk) -> Value? {
    guard let bytes = try? disk.read(path) else { return nil }
    return try? JSON.decode(type, bytes)
  }

  /// Publishes `value` atomically, its keys sorted.
  static func publish(_ value: some Encodable, at path: FilePath, on disk: any Disk) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(value) else { preconditionFailure("JSON.publish: \(type(of: value)) has no JSON for \(path)") }
    try AtomicFile.write(Array(bytes) + [UInt8(ascii: "\n")], to: path, on: disk)
  }
}
