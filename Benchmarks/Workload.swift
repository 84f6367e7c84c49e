import MessageMapping

/// One row of the table: something done to one message, again and again.
struct Workload {
    /// For `--filter`, for instance `xml.whole`.
    let id: String
    let title: String
    /// Bytes of the message.
    let size: Int
    /// How many statements the message has, where the time of each is what counts.
    let statements: Int?
    /// Rounds that are enough; nil for as many as are asked for.
    let mostRounds: Int?
    /// Does it this many times and says how many nanoseconds of CPU that took; nil when it failed.
    let run: (_ times: Int) -> Int?

    init(
        id: String, title: String, size: Int, statements: Int? = nil, mostRounds: Int? = nil,
        run: @escaping (_ times: Int) -> Int?
    ) {
        self.id = id
        self.title = title
        self.size = size
        self.statements = statements
        self.mostRounds = mostRounds
        self.run = run
    }

    /// `once` says whether it worked.
    init(
        _ id: String, _ title: String, size: Int, statements: Int? = nil, mostRounds: Int? = nil,
        once: @escaping () -> Bool
    ) {
        self.init(id: id, title: title, size: size, statements: statements, mostRounds: mostRounds) { times in
            let start = ThreadClock.nanoseconds
            for _ in 0..<times {
                guard once() else { return nil }
            }
            return ThreadClock.nanoseconds - start
        }
    }
}

extension Workload {
    /// The size of each input, in items, and ten times that.
    static let appointments = 60
    static let medicines = 11

    /// The sizes of a whole record, in millions of bytes.
    static let extracts = [1, 4, 12]

    static func all(road: Road, options: BenchmarkOptions) throws -> [Workload] {
        try xml(road, items: appointments, suffix: "", title: "")
            + xml(road, items: appointments * 10, suffix: ".x10", title: ", ten times the items")
            + json(road, items: medicines, suffix: "", title: "")
            + json(road, items: medicines * 10, suffix: ".x10", title: ", ten times the items")
            + extracts.filter { options.wants("gp2gp.\($0)") }.map { extract(road, megabytes: $0) }
    }

    private static func xml(_ road: Road, items: Int, suffix: String, title: String) throws -> [Workload] {
        let body = AppointmentsInput.make(items: items)
        let references = [
            Workload("xml.sax2", "libxml2 SAX2 alone", size: body.count) { ReferenceParsers.sax2(body) },
            Workload("xml.dom", "libxml2's own tree", size: body.count) { ReferenceParsers.dom(body) },
        ]
        return (suffix.isEmpty ? references : []) + (try ours(road, body, "xml", suffix, title))
    }

    private static func json(_ road: Road, items: Int, suffix: String, title: String) throws -> [Workload] {
        let body = RecordInput.make(items: items)
        let references = [
            Workload("json.simdjson", "simdjson alone", size: body.count) { ReferenceParsers.simdjson(body) },
            Workload("json.decoder", "Foundation's JSONDecoder", size: body.count) {
                ReferenceParsers.jsonDecoder(body)
            },
            Workload("json.serialization", "Foundation's JSONSerialization", size: body.count) {
                ReferenceParsers.jsonSerialization(body)
            },
        ]
        return (suffix.isEmpty ? references : []) + (try ours(road, body, "json", suffix, title))
    }

    /// Made only when it is asked for, because its size would count in the memory of the others.
    private static func extract(_ road: Road, megabytes: Int) -> Workload {
        let (body, consultations) = ExtractInput.make(bytes: megabytes * 1_000_000)
        return Workload(
            "gp2gp.\(megabytes)", "whole: a record of \(megabytes) MB", size: body.count,
            statements: consultations * ExtractInput.statementsEach, mostRounds: 7
        ) { !road.whole(body).isEmpty }
    }

    private static func ours(
        _ road: Road, _ body: [UInt8], _ format: String, _ suffix: String, _ title: String
    ) throws -> [Workload] {
        let tree = try road.tree(body)
        guard let mapped = road.map(tree) else { throw BenchmarkFault("no mapping reads the \(format) input") }
        let all = [
            Workload("\(format).tree\(suffix)", "our tree\(title)", size: body.count) { (try? road.tree(body)) != nil },
            Workload("\(format).map\(suffix)", "the mapping alone\(title)", size: body.count) { road.map(tree) != nil },
            Workload("\(format).write\(suffix)", "the canonical JSON alone\(title)", size: body.count) {
                !road.json(mapped.message).isEmpty
            },
            Workload("\(format).whole\(suffix)", "whole: tree, mapping, JSON out\(title)", size: body.count) {
                !road.whole(body).isEmpty
            },
        ]
        return suffix.isEmpty ? all : all.filter { $0.id.contains("tree") || $0.id.contains("whole") }
    }
}

/// What keeps the benchmark from running, in words for whoever runs it.
struct BenchmarkFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
