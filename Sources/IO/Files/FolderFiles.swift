import SystemPackage

/// Which files of a folder or an archive count as somebody's data: one answer for whoever reads them and whoever takes their digest.
public enum FolderFiles {
  /// The most folders within each other. No data set is deeper; a symbolic link in a circle is.
  private static let deepest = 8

  /// What file managers, network storage and operating systems leave behind in folders.
  private static let leftovers: Set<String> = [
    "__MACOSX", "@eaDir", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information", "lost+found", "Thumbs.db", "ehthumbs.db", "desktop.ini",
    "Desktop.ini",
  ]

  /// Whether any part of a path begins with "." or is left behind by a file manager or an operating system: such files are nobody's data.
  public static func isHidden(_ path: some StringProtocol) -> Bool {
    path.split(separator: "/").contains { $0.hasPrefix(".") || leftovers.contains(String($0)) }
  }

  /// The paths of all files below a folder, relative to it, in byte order. Symbolic links are followed; hidden files are not there, whatever they
  /// are.
  /// - Parameter parts: of what lies in the folder itself, what counts; nil for all.
  /// - Throws: `.unsupported` for anything but files and folders, such as a pipe or a link that leads nowhere, and for more than eight folders
  ///   within each other.
  public static func names(below folder: FilePath, parts: [String]? = nil, on disk: any Disk) throws(FileError) -> [String] {
    var names: [String] = []
    try collect(folder, "", parts.map { Set($0) }, &names, disk, depth: 0)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(
    _ folder: FilePath, _ prefix: String, _ parts: Set<String>?, _ names: inout [String], _ disk: any Disk, depth: Int
  ) throws(FileError) {
    guard depth < deepest else {
      throw FileError(
        .unsupported, folder, expected: "at most \(deepest) folders within each other", advice: "does a symbolic link lead in a circle?")
    }
    for name in try disk.list(folder) where parts?.contains(name) ?? true && !isHidden(name) {
      let path = folder.appending(name)
      switch try disk.status(path)?.kind {
      case .folder: try collect(path, "\(prefix)\(name)/", nil, &names, disk, depth: depth + 1)
      case .file: names.append(prefix + name)
      case .other: throw misfit(path, "a device or a pipe")
      case nil: throw misfit(path, "a link that leads nowhere")
      }
    }
  }

  private static func misfit(_ path: FilePath, _ found: String) -> FileError {
    FileError(.unsupported, path, expected: "a file or a folder", found: found, advice: "take it out of the folder")
  }
}
