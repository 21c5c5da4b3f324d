// Paths are `FilePath` everywhere above this floor too.
@_exported import SystemPackage
