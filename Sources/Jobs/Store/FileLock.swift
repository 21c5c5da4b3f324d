import Glibc
import IO

/// Exclusive hold of a file by flock(2), which goes with the process: nothing to clean after a crash.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock without waiting, making the file where there is none; nil where another process holds it.
  /// - Parameter attempts: how often to try, a fortieth of a second apart: a process that checks a lock holds it for a moment.
  init?(at path: FilePath, attempts: Int = 1) throws(FileError) {
    while true {
      guard let descriptor = try FileLock.take(path, attempts) else { return nil }
      // Lock files are removed too: hold of one that is gone would keep nobody out.
      if FileLock.isStill(path, descriptor) {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  deinit { close(descriptor) }

  /// Whether some process holds the lock. Takes it shared for a moment where nobody does; creates nothing.
  static func isHeld(at path: FilePath) -> Bool {
    let descriptor = path.withPlatformString { path in retrying { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) } }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return retrying { flock(descriptor, LOCK_SH | LOCK_NB) } != 0 && errno == EWOULDBLOCK
  }

  private static func take(_ path: FilePath, _ attempts: Int) throws(FileError) -> Int32? {
    // Closed on exec: a program started by us would keep the lock beyond our end. Read-write: flock on NFS asks for it.
    let descriptor = path.withPlatformString { path in retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) } }
    guard descriptor >= 0 else { throw FileError(Errno(rawValue: errno), path, while: "opening the lock") }
    for attempt in 1...attempts {
      if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return descriptor }
      let error = Errno(rawValue: errno)
      guard error == .wouldBlock else {
        close(descriptor)
        throw FileError(error, path, while: "locking")
      }
      if attempt < attempts { usleep(25_000) }
    }
    close(descriptor)
    return nil
  }

  /// Whether the open file still has its name.
  static func isStill(_ path: FilePath, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    guard path.withPlatformString({ stat($0, &named) }) == 0, fstat(descriptor, &opened) == 0 else { return false }
    return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }

  private static func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
