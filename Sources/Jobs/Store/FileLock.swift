import Glibc
import IO

/// Exclusive hold of a file by flock(2), which goes with the process: nothing to clean after a crash.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock without waiting, making the file where there is none; nil where another process holds it.
  init?(at path: FilePath) throws(FileError) {
    // Closed on exec: a program started by us would keep the lock beyond our end. Read-write: flock on NFS asks for it.
    let descriptor = path.withPlatformString { path in FileLock.retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) } }
    guard descriptor >= 0 else { throw FileError(Errno(rawValue: errno), path, while: "opening the lock") }
    if FileLock.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0 {
      let error = Errno(rawValue: errno)
      close(descriptor)
      guard error == .wouldBlock else { throw FileError(error, path, while: "locking") }
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
