// swift-tools-version: 6.2
import PackageDescription

// The folder tree is the architecture: targets stand in the order of the road, and each may import only those above it.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the rooms that every element of every message goes through: their classes are confined to one task, so that checking
/// at run time that no access overlaps another costs much and finds nothing that the compiler has not proved. They are
/// optimised when debugging too: the tests compile all mappings and read every sample many times over.
let hot =
    strict + [
        .unsafeFlags(["-enforce-exclusivity=unchecked"]),
        .unsafeFlags(["-O"], .when(configuration: .debug)),
    ]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let database: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

func room(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil,
    settings: [SwiftSetting] = strict
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "hatchway",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "hatchway", targets: ["hatchway"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // The C libraries, behind module maps and the thinnest shims.
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CLibCURL", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson")]),

        // The road.
        room("Telemetry", [logging, metrics]),
        room("CanonicalModel", [], settings: hot),
        room(
            "Documents", ["CLibXML2", "CSimdJSON"], resources: [.embedInCode("Resources/fhir-types.txt")], settings: hot
        ),
        room("FHIRPath", ["Documents"], settings: hot),
        room("MessageMapping", ["FHIRPath", "Documents", "CanonicalModel", "CLibXML2", "CZlib", yams], settings: hot),
        room("Release", ["CanonicalModel"]),
        room("Storage", ["CanonicalModel", crypto, database]),
        room(
            "Interpretation",
            ["MessageMapping", "Documents", "CanonicalModel", "Release", "Storage", "Telemetry", lifecycle, logging]),
        room("HTTPTransfer", ["CLibCURL"]),
        room(
            "Intake",
            [
                "Storage", "CanonicalModel", "Telemetry",
                crypto, hummingbird, httpTypes, lifecycle, logging, nioCore,
            ]),
        room(
            "Delivery",
            [
                "Storage", "HTTPTransfer", "Release", "MessageMapping", "Documents", "CanonicalModel", "Telemetry",
                crypto, lifecycle, logging,
            ]),
        room(
            "GatewayService",
            [
                "Intake", "Interpretation", "Delivery", "Storage", "Release", "MessageMapping", "HTTPTransfer",
                "CanonicalModel", "Documents", "FHIRPath", "Telemetry",
                lifecycle, logging, metrics, yams, crypto, hummingbird, httpTypes, nioCore, unixSignals,
            ]),
        .executableTarget(
            name: "hatchway",
            dependencies: [
                "GatewayService", "Interpretation", "Delivery", "Storage", "MessageMapping", "CanonicalModel",
                "Documents", "FHIRPath",
                argumentParser, lifecycle, logging, unixSignals,
            ],
            swiftSettings: strict),

        // How fast it is: `make benchmark`.
        .target(
            name: "CSimdJSONWalk", path: "Benchmarks/SimdJSONWalk", cxxSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "MessageMapping", "FHIRPath", "Documents", "CanonicalModel", "CLibXML2", "CSimdJSONWalk",
                "Interpretation", "Release", "Storage", "Telemetry", logging,
            ],
            path: "Benchmarks", exclude: ["Peers", "SimdJSONWalk", "run.sh"], swiftSettings: strict),

        tests("CanonicalModelTests", ["CanonicalModel", yams]),
        tests("DocumentsTests", ["Documents", "CSimdJSON"]),
        tests("FHIRPathTests", ["FHIRPath", "Documents"], exclude: ["Conformance"]),
        tests("MessageMappingTests", ["MessageMapping", "FHIRPath", "Documents", "CanonicalModel"]),
        tests(
            "InterpretationTests",
            [
                "Interpretation", "GatewayService", "MessageMapping", "Documents", "CanonicalModel", "Release",
                "Storage",
                "Telemetry",
                database, logging,
            ]),
        tests(
            "GatewayTests",
            [
                "GatewayService", "Interpretation", "Delivery", "HTTPTransfer", "MessageMapping", "CanonicalModel",
                "Telemetry", "hatchway",
                lifecycle, logging,
            ]),
        tests("IntakeTests", ["Intake", "Storage", "CanonicalModel", "Telemetry", lifecycle, logging]),
        tests(
            "GatewayServiceTests",
            [
                "GatewayService", "Intake", "Interpretation", "Release", "Storage", "CanonicalModel", "Telemetry",
                lifecycle,
                logging,
            ]),
        // One test target a room.
        tests("HTTPTransferTests", ["HTTPTransfer", hummingbird, httpTypes, lifecycle, logging, nioCore]),
        tests(
            "DeliveryTests",
            [
                "Delivery", "HTTPTransfer", "Release", "Storage", "CanonicalModel", "Telemetry",
                hummingbird, httpTypes, lifecycle, logging, nioCore,
            ]),
        tests(
            "SinkTests",
            [
                "GatewayService", "Delivery", "HTTPTransfer", "Storage", "CanonicalModel", "Telemetry", lifecycle,
                logging,
            ]),
        .executableTarget(
            name: "StoreCrashProbe", dependencies: ["Storage", "CanonicalModel"], path: "Tests/StoreCrashProbe",
            swiftSettings: strict),
        tests("ReleaseTests", ["Release", "CanonicalModel", "MessageMapping", "Documents"]),
        tests("BenchmarkTests", ["Benchmarks", "MessageMapping", "Documents", "CanonicalModel"]),
        tests("CommandTests", ["hatchway"]),
        tests("StorageTests", ["Storage", "CanonicalModel", "StoreCrashProbe", database]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
