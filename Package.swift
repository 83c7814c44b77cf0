// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One manifest serves two builds. The ordinary one makes the tools and the tests. With ALMANAC_EMBEDDED=1 (and a
// scratch path of its own, see tools/build) only what runs at the edge is described, compiled as Embedded Swift:
// no runtime library, no Foundation, a few hundred kilobytes in all.
let embedded = ProcessInfo.processInfo.environment["ALMANAC_EMBEDDED"] == "1"

// Continuous integration turns warnings into errors; a user's newer compiler must not.
let strict = ProcessInfo.processInfo.environment["ALMANAC_STRICT"] == "1"

// With ALMANAC_FUZZ=1 (and a scratch path of its own, see tools/fuzz/run) the fuzz targets are a library that libFuzzer is
// linked with; else they are a suite of tests that takes their corpus.
let fuzzing = ProcessInfo.processInfo.environment["ALMANAC_FUZZ"] == "1"

// With ALMANAC_OPTIMISED_TESTS=1 the modules that tests make work hard are optimised in the debug configuration too: overflow,
// bounds and assertions are checked as before, in a sixth of the time.
let optimised = ProcessInfo.processInfo.environment["ALMANAC_OPTIMISED_TESTS"] == "1"

let warnings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let tested: [SwiftSetting] =
  optimised ? [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] : []
let kernels: [CSetting] = optimised ? [.unsafeFlags(["-O2"], .when(configuration: .debug))] : []
let edge: [SwiftSetting] = warnings + tested + (embedded ? [.enableExperimentalFeature("Embedded")] : [])

let edgeTargets: [Target] = [
  .systemLibrary(name: "CZstd"),
  .systemLibrary(name: "CSodium"),
  .target(name: "CKernels", exclude: ["UNICODE-LICENSE.txt"], cSettings: kernels),
  .target(name: "BundleFormat", dependencies: ["CKernels", "CSodium"], swiftSettings: edge),
  .target(name: "BundleReader", dependencies: ["BundleFormat", "CKernels", "CZstd"], swiftSettings: edge),
  // The header is a module of its own, so that the compiler holds each Swift function against its declaration in C.
  .systemLibrary(name: "CAlmanacHeader", path: "Sources/CAlmanac/include"),
  .target(
    name: "CAlmanac", dependencies: ["BundleReader", "CAlmanacHeader", "CKernels"], exclude: ["include"],
    swiftSettings: edge),
  .target(name: "ReaderProgram", dependencies: ["BundleReader", "CKernels"], swiftSettings: edge),
]

// C's main, which calls ReaderProgram. The Embedded build gets its archive and tools/build links it against musl.
let readerExecutable: Target = .executableTarget(
  // Unoptimised code calls the C library's sqrt, which is exact; optimised code uses the instruction.
  name: "almanac-reader", dependencies: ["ReaderProgram"], linkerSettings: [.linkedLibrary("m")])

let ordinaryTargets: [Target] = [
  .systemLibrary(name: "CLMDB"),
  .systemLibrary(name: "CMalloc"),
  .target(name: "CPrior", exclude: ["prior.bin"]),
  .target(name: "CJudge", exclude: ["judge.bin"]),
  .target(name: "CRules", exclude: ["rules.yaml"]),
  .target(name: "CMarks", exclude: ["marks-lexicon.txt"]),
  .target(
    name: "BundleCompiler",
    dependencies: [
      "BundleFormat", "BundleReader", "CLMDB", "CMalloc", "CZstd", "CSodium", "CPrior", "CJudge", "CRules", "CMarks",
      "CKernels",
      .product(name: "Yams", package: "Yams"),
    ], swiftSettings: warnings + tested),
  .target(name: "AnswerPipeline", dependencies: ["BundleCompiler", "BundleReader"], swiftSettings: warnings + tested),
  .target(name: "Terminal", swiftSettings: warnings),
  .executableTarget(
    name: "almanac",
    dependencies: [
      "AnswerPipeline", "BundleCompiler", "BundleFormat", "BundleReader", "CKernels", "Terminal",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], swiftSettings: warnings),
  .executableTarget(
    name: "ask",
    dependencies: [
      "BundleReader", "Terminal", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], swiftSettings: warnings),
]

// What tests share, and one suite for each module. ConformanceTests hold the golden bundles of spec/v1/vectors.
let testTargets: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["BundleCompiler", "BundleFormat", "BundleReader"],
    path: "Tests/TestSupport", swiftSettings: warnings),
  .executableTarget(
    name: "damage-campaign", dependencies: ["BundleFormat", "BundleReader", "TestSupport"],
    path: "Tests/DamageCampaign", swiftSettings: warnings),
  .executableTarget(
    name: "hostile-bundles", dependencies: ["TestSupport"], path: "Tests/HostileBundles", swiftSettings: warnings),
  .testTarget(
    name: "BundleFormatTests", dependencies: ["BundleFormat", "CKernels", "TestSupport"], swiftSettings: warnings),
  .testTarget(
    name: "BundleReaderTests", dependencies: ["BundleReader", "CLMDB", "CKernels", "TestSupport"],
    swiftSettings: warnings),
  .testTarget(
    name: "BundleCompilerTests",
    dependencies: ["BundleCompiler", "BundleFormat", "BundleReader", "CKernels", "TestSupport", "almanac"],
    swiftSettings: warnings),
  .testTarget(
    name: "AnswerPipelineTests",
    dependencies: ["AnswerPipeline", "BundleFormat", "BundleReader", "TestSupport", "almanac"],
    swiftSettings: warnings),
  .testTarget(
    name: "ConformanceTests", dependencies: ["BundleFormat", "BundleReader", "TestSupport", "damage-campaign"],
    swiftSettings: warnings),
  .testTarget(
    name: "CAlmanacTests", dependencies: ["BundleCompiler", "CAlmanac", "CAlmanacHeader", "TestSupport"],
    exclude: ["Hosts"],
    swiftSettings: warnings),
]

let fuzzDependencies: [Target.Dependency] = [
  "AnswerPipeline", "BundleCompiler", "BundleFormat", "BundleReader", "CKernels", "TestSupport",
]
let fuzzTarget: Target =
  fuzzing
  ? .target(
    name: "FuzzTargets", dependencies: fuzzDependencies, path: "Tests/FuzzTests", exclude: ["FuzzCorpusTests.swift"],
    swiftSettings: warnings)
  : .testTarget(name: "FuzzTests", dependencies: fuzzDependencies, swiftSettings: warnings)

let package = Package(
  name: "almanac",
  products: embedded
    ? [
      .library(name: "almanac-archive", type: .static, targets: ["CAlmanac"]),
      .library(name: "almanac-reader-archive", type: .static, targets: ["ReaderProgram"]),
    ] : [],
  dependencies: embedded
    ? []
    : [
      .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
      .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
  targets: edgeTargets + (embedded ? [] : ordinaryTargets + [readerExecutable, fuzzTarget] + testTargets),
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x
)
