import Foundation

/// The other engines that are there, each with a stylesheet that says what our mapping says.
final class PeerSet {
    /// Why an engine is not in the table.
    private(set) var missing: [String] = []
    private let options: BenchmarkOptions
    private var started: [Peer] = []
    private let scratch = FileManager.default.temporaryDirectory.appending(
        path: "hatchway-benchmarks-\(ProcessInfo.processInfo.processIdentifier)")

    init(_ options: BenchmarkOptions) { self.options = options }

    /// One row an engine, over the appointments. An engine that says something else than we do is an error.
    func workloads(road: Road) throws -> [Workload] {
        let body = AppointmentsInput.make(items: Workload.appointments)
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        let message = scratch.appending(path: "appointments.xml")
        try Data(body).write(to: message)
        let arguments = [message.path] + Road.parameters.map { "\($0.key)=\($0.value)" }.sorted()

        var rows: [Workload] = []
        let saxon = options.saxon.map { jar in
            ["java", "-XX:+UseParallelGC", "-Xms256m", "-Xmx256m", "-cp", jar, "\(options.peers)/SaxonPeer.java"]
        }
        let engines = [
            ("saxon", "Saxon-HE", saxon, "2.0"), ("libxslt", "libxslt", options.libXSLT.map { [$0] }, "1.0"),
        ]
        for (id, name, command, version) in engines where options.wants("xml.\(id)") {
            guard let command else {
                missing.append("NOT RUN: \(name) (not installed here, or not asked for)")
                continue
            }
            let peer = try Peer(command + ["\(options.peers)/appointments-\(version).xsl"] + arguments)
            started.append(peer)
            try Self.compare(peer, with: road.whole(body))
            rows.append(
                Workload(id: "xml.\(id)", title: "\(peer.name), XSLT \(version)", size: body.count) { times in
                    try? peer.time(times)
                })
        }
        return rows
    }

    /// Ends the engines and takes away what they read.
    func stop() {
        for peer in started { peer.stop() }
        try? FileManager.default.removeItem(at: scratch)
    }

    private static func compare(_ peer: Peer, with ours: [UInt8]) throws {
        let theirs = try peer.output()
        let values = try [Data(theirs.utf8), Data(ours)].map {
            try JSONSerialization.jsonObject(with: $0) as? NSDictionary
        }
        guard let first = values[0], first == values[1] else {
            throw BenchmarkFault(
                "\(peer.name) says something else than we do.\ntheirs: \(theirs)\nours: \(String(decoding: ours, as: UTF8.self))"
            )
        }
    }
}
