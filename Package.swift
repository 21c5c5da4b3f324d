// swift-tools-version:6.1
import PackageDescription

/// Kernels are compiled optimised in debug builds too (unoptimised they are some 600 times slower), for the
/// processor named by ADVGAN_MARCH at build time, by default the one that builds.
let march = Context.environment["ADVGAN_MARCH"] ?? "native"
let kernelSettings: [SwiftSetting] = [
  .unsafeFlags([
    "-Ounchecked", "-wmo", "-num-threads", "2", "-enforce-exclusivity=unchecked",
    "-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512", "-Xcc", "-fno-math-errno",
  ])
]

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
    .systemLibrary(name: "CCrypto", path: "Sources/System/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "COpenBLAS", path: "Sources/System/COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    // Floor 1: bytes; numbers. Ignorant of each other.
    .target(
      name: "IO",
      dependencies: ["CArchive", "CPNG", "CTurboJPEG", "CCrypto", .product(name: "SystemPackage", package: "swift-system")]),
    .target(name: "NNKernels", path: "Sources/NN/Kernels", swiftSettings: kernelSettings),
    .target(name: "NN", dependencies: ["NNKernels", "COpenBLAS"], path: "Sources/NN", exclude: ["Kernels"]),

    // Floor 2: what must run, in which order, and why.
    .target(name: "Jobs", dependencies: ["IO", "Yams", .product(name: "Logging", package: "swift-log")]),

    // Floor 3: the paper.
    .target(name: "AdvGAN", dependencies: ["IO", "NN", "Jobs"]),

    // Floor 4: the command line.
    .executableTarget(
      name: "advgan-job",
      dependencies: ["AdvGAN", "Jobs", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    // What tests share: comparison with golden files.
    .target(name: "TestSupport", dependencies: ["NN", "IO"], path: "Tests/Support"),

    .testTarget(name: "IOTests", dependencies: ["IO"]),
    .testTarget(name: "NNTests", dependencies: ["NN", "NNKernels", "IO", "TestSupport"]),
    // Fake stages, and a program that runs them in a process of its own.
    .executableTarget(name: "jobs-fixture", dependencies: ["Jobs", "IO"], path: "Tests/JobsFixture"),
    .testTarget(name: "JobsTests", dependencies: ["Jobs", "IO", "jobs-fixture"]),
    .testTarget(name: "AdvGANTests", dependencies: ["AdvGAN", "Jobs", "NN", "IO", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["advgan-job", "Jobs", "IO", "jobs-fixture"]),
  ],
  swiftLanguageModes: [.v6]
)
