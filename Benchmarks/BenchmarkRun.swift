import Foundation

/// Measures, in one run and on one thread, what reading a message costs, against the parsers that it is built on.
@main
struct BenchmarkRun {
    static func main() async {
        do {
            let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
            if let patients = options.practice {
                try await PracticeMonth.run(patients: patients, days: options.days)
            } else {
                try run(options)
            }
        } catch {
            FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: BenchmarkOptions) throws {
        let road = try Road(mappings: options.mappings)
        let peers = PeerSet(options)
        defer { peers.stop() }
        let workloads = try Workload.all(road: road, options: options) + peers.workloads(road: road)
        let exact = workloads.filter { $0.id == options.filter }
        let wanted = exact.isEmpty ? workloads.filter { options.wants($0.id) } : exact
        guard !wanted.isEmpty else {
            throw BenchmarkFault("no row is called \(options.filter); there are \(workloads.map(\.id))")
        }
        if let times = options.times { return try repeatOnly(wanted, times) }
        if options.isPeakMemory { return try printPeakMemory(wanted) }
        let measurements = try Measurement.measure(
            wanted, rounds: options.rounds, warmUp: options.warmUp * 1_000_000, slice: options.slice * 1_000_000)
        let largest = wanted.last { $0.statements != nil }
        let peak = try largest.flatMap { try PeakMemory.ofNewProcess(row: $0.id, mappings: options.mappings) }
        let report = BenchmarkReport(
            measurements: measurements, peakMemory: peak, options: options, missing: peers.missing)
        print(options.isJSON ? try report.json() : report.table)
    }

    private static func repeatOnly(_ workloads: [Workload], _ times: Int) throws {
        for workload in workloads {
            guard let spent = workload.run(times) else { throw BenchmarkFault("\(workload.id) failed") }
            print("\(workload.id): \(times) times, \(spent / times) ns each")
        }
    }

    private static func printPeakMemory(_ workloads: [Workload]) throws {
        for workload in workloads {
            guard workload.run(1) != nil else { throw BenchmarkFault("\(workload.id) failed") }
        }
        guard let bytes = PeakMemory.bytes else { throw BenchmarkFault("this system does not say how much memory") }
        print(bytes)
    }
}
