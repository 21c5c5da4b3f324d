import SystemPackage
extension PictureFile {
  public static func size(of bytes: [UInt8], from path: FilePath) throws(FileError) -> (width: Int, height: Int) { let p = try decode(bytes, from: path); return (p.width, p.height) }
  public static func decode(_ bytes: [UInt8], from path: FilePath, shorterSideAtLeast: Int?) throws(FileError) -> Picture { try decode(bytes, from: path) }
}
public enum MatFile { public static func synsets(in bytes: [UInt8], from path: FilePath) throws(FileError) -> [(Int, String)] { [] } }
