import CZlib
import SystemPackage

extension MatFile {
  /// What zlib packed. Its checksum holds, so altered contents do not come through.
  static func inflated(
    _ packed: ArraySlice<UInt8>, atMost largest: Int = largestVariable, at place: String, _ path: FilePath
  ) throws(FileError) -> [UInt8] {
    let packed = Array(packed)
    // The size is not told anywhere; zlib packs a thousand bytes into one at best.
    var capacity = min(packed.count * 8 + 1024, largest)
    while true {
      var (size, status) = (uLongf(capacity), Int32(0))
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
        status = uncompress(bytes.baseAddress, &size, packed, uLong(packed.count))
        count = status == Z_OK ? Int(size) : 0
      }
      switch status {
      case Z_OK: return bytes
      case Z_BUF_ERROR where size == capacity && capacity < largest: capacity = min(capacity * 8, largest)
      case Z_BUF_ERROR where size == capacity:
        throw FileError(
          .unsafe, path, at: place, expected: "at most \(largest) bytes when unpacked", found: "more",
          advice: "take the file as its publisher gives it")
      case Z_MEM_ERROR: throw FileError(.io, path, at: place, found: "no memory for zlib")
      default:
        throw FileError(
          .damaged, path, at: place, expected: "data packed by zlib", found: "status \(status) of zlib", advice: "fetch the file again")
      }
    }
  }
}
