// swift-tools-version:6.1
import Foundation
import PackageDescription

/// Kernels are compiled optimised in debug builds too: unoptimised they are some 600 times slower.
func kernelSettings(march: String? = nil, define: String? = nil) -> [SwiftSetting] {
  let target = march.map { ["-Xcc", "-march=\($0)", "-Xcc", "-mprefer-vector-width=512"] } ?? []
  let flags = ["-Ounchecked", "-wmo", "-num-threads", "2", "-enforce-exclusivity=unchecked", "-Xcc", "-fno-math-errno"] + target
  return [.unsafeFlags(flags)] + (define.map { [.define($0)] } ?? [])
}

/// One build holds the kernels for AVX-512, for AVX2 and for any processor, and chooses at its start. ADVGAN_MARCH=NAME at build
/// time compiles them once, for that processor alone ("native" is the one that builds).
#if arch(x86_64)
  let march = Context.environment["ADVGAN_MARCH"]
  let instructionSets: [(name: String, settings: [SwiftSetting])] =
    march.map { [hasAVX512($0) ? ("AVX512", kernelSettings(march: $0, define: "AVX512")) : ("AVX2", kernelSettings(march: $0, define: "AVX2"))] }
    ?? [
      ("AVX512", kernelSettings(march: "x86-64-v4", define: "AVX512")), ("AVX2", kernelSettings(march: "x86-64-v3", define: "AVX2")),
      ("Portable", kernelSettings()),
    ]
#else
  let instructionSets: [(name: String, settings: [SwiftSetting])] = [("Portable", kernelSettings())]
#endif

/// Whether a processor that Clang knows by this name has AVX-512.
func hasAVX512(_ march: String) -> Bool {
  if march == "native" { return (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains("avx512vl") ?? false }
  return ["x86-64-v4", "skylake-avx512", "cascadelake", "cannonlake", "cooperlake", "icelake", "tigerlake", "rocketlake", "sapphirerapids",
    "emeraldrapids", "graniterapids", "znver4", "znver5"]
    .contains { march.hasPrefix($0) }
}

let package = Package(
  name: "advgan-job",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Floor 0: system libraries.
    .systemLibrary(name: "CArchive", path: "Sources/System/CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CPNG", path: "Sources/System/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CTurboJPEG", path: "Sources/System/CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", path: "Sources/System/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "COpenBLAS", path: "Sources/System/COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    .systemLibrary(name: "CProcessor", path: "Sources/System/CProcessor"),

    // Floor 1: bytes; numbers. Ignorant of each other.
    .target(
      name: "IO",
      dependencies: ["CArchive", "CPNG", "CTurboJPEG", "CZlib", "CCrypto", .product(name: "SystemPackage", package: "swift-system")]),
    .target(name: "NNKernels", path: "Sources/NN/Kernels/Interface", swiftSettings: kernelSettings()),
    .target(
      name: "NN",
      dependencies: ["NNKernels", "COpenBLAS", "CProcessor"] + instructionSets.map { .target(name: "NNKernels\($0.name)") },
      path: "Sources/NN", exclude: ["Kernels"], swiftSettings: instructionSets.map { .define($0.name.uppercased()) }),

    // Floor 2: what must run, in which order, and why.
    .target(name: "Jobs", dependencies: ["IO", "Yams", .product(name: "Logging", package: "swift-log")]),

    // Floor 3: the paper.
    .target(name: "AdvGAN", dependencies: ["IO", "NN", "Jobs"], resources: [.embedInCode("Datasets/ImageNet/synsets.txt")]),

    // Floor 4: the command line.
    .executableTarget(
      name: "advgan-job",
      dependencies: ["AdvGAN", "Jobs", "NN", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    // What tests share: comparison with golden files, sums in Double, the environment of programs. Optimised in debug builds too, so that tests stay quick.
    .target(name: "TestSupport", dependencies: ["NN", "IO"], path: "Tests/Support", swiftSettings: [.unsafeFlags(["-O"])]),

    // Disks that fail, fill up and lose power.
    .target(name: "DiskSupport", dependencies: ["IO"], path: "Tests/DiskSupport", swiftSettings: [.unsafeFlags(["-O"])]),

    .testTarget(name: "IOTests", dependencies: ["IO", "DiskSupport"]),
    .testTarget(name: "NNTests", dependencies: ["NN", "NNKernels", "IO", "TestSupport"]),
    // Fake stages, and a program that runs them in a process of its own.
    .executableTarget(name: "jobs-fixture", dependencies: ["Jobs", "IO"], path: "Tests/JobsFixture"),
    // Feeds mutated files to all readers: see Tests/Fuzz/Fuzz.swift.
    .executableTarget(name: "Fuzz", dependencies: ["AdvGAN", "Jobs", "NN", "IO", "CZlib", "DiskSupport"], path: "Tests/Fuzz"),
    .testTarget(name: "JobsTests", dependencies: ["Jobs", "IO", "jobs-fixture", "DiskSupport", "TestSupport"]),
    .testTarget(name: "AdvGANTests", dependencies: ["AdvGAN", "Jobs", "NN", "IO", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["advgan-job", "Jobs", "NN", "IO", "jobs-fixture", "TestSupport"]),
  ] + instructionSets.map { set in
    // The folder of each is a link to one folder, Loops.
    .target(name: "NNKernels\(set.name)", dependencies: ["NNKernels", "CProcessor"], path: "Sources/NN/Kernels/\(set.name)", swiftSettings: set.settings)
  },
  swiftLanguageModes: [.v6]
)
