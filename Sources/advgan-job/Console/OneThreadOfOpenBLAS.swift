import Glibc

/// OpenBLAS starts a thread for each processor when it is loaded, before `main`, be it for `--version`: on a machine of 64 processors they take 8 GB of address
/// space, and under a limit on it the program would hang. This program has threads of its own and wants one of OpenBLAS, which only the environment can tell
/// it in time. So the program starts itself again with that variable, before any library begins: that is when the system calls what stands in this section.
///
/// Nothing of Swift's library may be used here, since it has not begun either.
@section(".preinit_array") @used
private let oneThreadOfOpenBLAS: @convention(c) (
  Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Void = { _, arguments, environment in
  guard let setting = strdup("OPENBLAS_NUM_THREADS=1") else { return }
  var count = 0
  while let entry = environment[count] {
    if strncmp(entry, setting, 21) == 0 {
      // Another number would be too late for a person to wish for: the entry itself is what OpenBLAS reads.
      if strcmp(entry, setting) != 0 { environment[count] = setting }
      return
    }
    count += 1
  }
  guard let own = malloc((count + 2) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride), let path = calloc(4097, 1) else { return }
  let entries = own.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
  memcpy(own, environment, count * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride)
  entries[count] = setting
  entries[count + 1] = nil
  // By its own path, so that it keeps its name in the table of processes. Where the system refuses, it goes on as it is.
  let program = path.assumingMemoryBound(to: CChar.self)
  if readlink("/proc/self/exe", program, 4096) > 0 { execve(program, arguments, entries) }
}
