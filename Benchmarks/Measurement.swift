/// How long a row took.
struct Measurement {
    let workload: Workload
    /// Nanoseconds of CPU a message, one figure a round, ascending.
    let rounds: [Double]

    /// Nanoseconds a message.
    var median: Double { rounds[rounds.count / 2] }
    /// Half the distance between the quartiles, as a part of the median.
    var spread: Double { (rounds[rounds.count * 3 / 4] - rounds[rounds.count / 4]) / 2 / median }
    var messagesPerSecond: Double { 1e9 / median }
    /// Millions of bytes a second.
    var megabytesPerSecond: Double { Double(workload.size) * 1e3 / median }
}

extension Measurement {
    /// Measures rows in rounds: each round does every row for a while, so that what disturbs the machine disturbs all
    /// alike. `warmUp` is nanoseconds of each row before the first round, `slice` of each row in each round.
    static func measure(
        _ workloads: [Workload], rounds: Int, warmUp: Int, slice: Int
    ) throws(BenchmarkFault) -> [Measurement] {
        var times: [Int] = []
        for workload in workloads { times.append(try warm(workload, warmUp: warmUp, slice: slice)) }
        var results = [[Double]](repeating: [], count: workloads.count)
        for _ in 0..<rounds {
            for (index, workload) in workloads.enumerated() {
                let spent = try run(workload, times[index])
                results[index].append(Double(spent) / Double(times[index]))
            }
        }
        return zip(workloads, results).map { Measurement(workload: $0, rounds: $1.sorted()) }
    }

    /// - Returns: how many messages fill a slice.
    private static func warm(_ workload: Workload, warmUp: Int, slice: Int) throws(BenchmarkFault) -> Int {
        var times = 1
        var total = 0
        while true {
            let spent = max(1, try run(workload, times))
            total += spent
            if total >= warmUp { return max(1, slice * times / spent) }
            if spent < slice { times *= 2 }
        }
    }

    private static func run(_ workload: Workload, _ times: Int) throws(BenchmarkFault) -> Int {
        guard let spent = workload.run(times) else { throw BenchmarkFault("\(workload.id) failed") }
        return spent
    }
}
