/// What was asked for on the command line.
struct BenchmarkOptions {
    var rounds = 41
    /// Milliseconds of a row in a round.
    var slice = 10
    /// Milliseconds of a row before the first round.
    var warmUp = 300
    /// Only rows whose id contains this.
    var filter = ""
    /// Does the rows so many times and measures nothing; for a profiler.
    var times: Int?
    /// Does the rows once and measures only how much memory that needs.
    var isPeakMemory = false
    /// Runs a simulated practice of so many patients in place of the rows.
    var practice: Int?
    var days = 30
    /// One line of JSON in place of tables.
    var isJSON = false
    var mappings = "Mappings"
    /// Where the other engines' sources and stylesheets lie.
    var peers = "Benchmarks/Peers"
    /// The built program that runs libxslt; nil when there is none.
    var libXSLT: String?
    /// Saxon's jar; nil when there is none.
    var saxon: String?

    static let usage = """
        benchmarks: how fast messages are read, against the parsers alone

          --filter TEXT     only the row TEXT, or else the rows whose id contains it
          --repeat N        does those rows N times and measures nothing: for perf and callgrind
          --peak-memory     does those rows once and prints how many bytes of memory the process had at most
          --rounds N        rounds (41); a row that takes seconds is done in the first 7 only
          --slice MS        milliseconds of each row in each round (10)
          --warm-up MS      milliseconds of each row before the first round (300)
          --practice N      in place of the rows, a simulated practice of N patients with a snapshot of each every
                            quarter of an hour, from accepted message to queued event: 10000 for a real one
          --days N          for so many days (30)
          --json            one line of JSON in place of the table
          --mappings PATH   the folder of mappings (Mappings)
          --peers PATH      the folder of the stylesheets for other engines (Benchmarks/Peers)
          --libxslt PATH    the built LibXSLTPeer; without it libxslt is not run
          --saxon PATH      the jar of Saxon-HE; without it Saxon is not run
        """

    init(_ arguments: [String]) throws(BenchmarkFault) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch option {
            case "--help": throw BenchmarkFault(Self.usage)
            case "--json": isJSON = true
            case "--peak-memory": isPeakMemory = true
            case "--filter": filter = try Self.text(option, &rest)
            case "--mappings": mappings = try Self.text(option, &rest)
            case "--peers": peers = try Self.text(option, &rest)
            case "--libxslt": libXSLT = try Self.text(option, &rest)
            case "--saxon": saxon = try Self.text(option, &rest)
            case "--practice": practice = try Self.number(option, &rest)
            case "--days": days = try Self.number(option, &rest)
            case "--repeat": times = try Self.number(option, &rest)
            case "--rounds": rounds = try Self.number(option, &rest)
            case "--slice": slice = try Self.number(option, &rest)
            case "--warm-up": warmUp = try Self.number(option, &rest)
            default: throw BenchmarkFault("unknown option \(option)\n\n\(Self.usage)")
            }
        }
    }

    /// Whether the row of this id is asked for.
    func wants(_ id: String) -> Bool { filter.isEmpty || id.contains(filter) }

    private static func text(_ option: String, _ rest: inout ArraySlice<String>) throws(BenchmarkFault) -> String {
        guard let value = rest.popFirst() else { throw BenchmarkFault("\(option) needs a value\n\n\(usage)") }
        return value
    }

    private static func number(_ option: String, _ rest: inout ArraySlice<String>) throws(BenchmarkFault) -> Int {
        let text = try text(option, &rest)
        guard let number = Int(text), number > 0 else {
            throw BenchmarkFault("\(option) needs a number above 0, not \(text)")
        }
        return number
    }
}
