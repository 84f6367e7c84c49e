/// How long a row took.
struct Measurement {
    let workload: Workload
    /// Nanoseconds of CPU a message, one figure a round.
    let rounds: [Double]
    private let sorted: [Double]

    init(workload: Workload, rounds: [Double]) {
        self.workload = workload
        self.rounds = rounds
        sorted = rounds.sorted()
    }

    /// Nanoseconds a message.
    var median: Double { sorted[sorted.count / 2] }
    /// Half the distance between the quartiles, as a part of the median.
    var spread: Double { (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / 2 / median }
    var messagesPerSecond: Double { 1e9 / median }
    /// Millions of bytes a second.
    var megabytesPerSecond: Double { Double(workload.size) * 1e3 / median }

    /// How many times as long a message takes as in another row: the median of the rounds' own ratios, because what slows
    /// the machine down for a while slows both rows of a round.
    func ratio(to other: Measurement) -> Double {
        let ratios = zip(rounds, other.rounds).map { $0 / $1 }.sorted()
        return ratios[ratios.count / 2]
    }
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
        for round in 0..<rounds {
            for (index, workload) in workloads.enumerated() where round < workload.mostRounds ?? rounds {
                let spent = try run(workload, times[index])
                results[index].append(Double(spent) / Double(times[index]))
            }
        }
        return zip(workloads, results).map { Measurement(workload: $0, rounds: $1) }
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
