import MessageMapping
import Testing

@testable import MessageMapping

@Suite("Rows of which one was cut off become one") struct CutRowTests {
    private static let tail = "The patient was told to come back in a fortnight or so."

    /// What `mergeCut` says of rows of key and text.
    private func merged(_ rows: [(String, String)]) throws -> (texts: [String], issues: [String]) {
        let mapping = """
            mapping: acme/notes
            reads: {has: [Rows]}
            source: {system: acme, message: notes}
            bookings:
              - "{% for r in Rows.mergeCut(Key, Text) %}":
                  id: "{{ %r.Id }}"
                  status: booked
                  start: "2026-07-02"
                  reason: "{{ %r.Text }}"
            """
        let bench = try Bench(mapping)
        let items = rows.enumerated().map { #"{"Id":"\#($0)","Key":"\#($1.0)","Text":"\#($1.1)"}"# }
        let body = "{\"Rows\":[\(items.joined(separator: ","))]}"
        let bookings = try bench.json("bookings", of: body) ?? ""
        let texts = bookings.split(separator: "},{").map { row in
            let id = row.firstRange(of: "\"id\":\"").map { row[$0.upperBound...].prefix { $0 != "\"" } } ?? ""
            let text = row.firstRange(of: "\"reason\":\"").map { row[$0.upperBound...].prefix { $0 != "\"" } } ?? ""
            return "\(id) \(text)"
        }
        return (texts, try bench.issues(of: body))
    }

    @Test("The row cut off with dots gets the whole text and keeps its own id and its own words") func dots() throws {
        let head = Self.tail.prefix(49)
        let result = try merged([("a", "Asthma: " + head + "..."), ("a", Self.tail), ("b", "other")])
        #expect(result.texts == ["0 Asthma: \(Self.tail)", "2 other"])
        #expect(result.issues == ["duplicate-merged x1"])
    }

    @Test("The row cut off without dots is told by its end going on in another") func plain() throws {
        let result = try merged([("a", Self.tail), ("a", String(Self.tail.prefix(52)))])
        #expect(result.texts == ["1 \(Self.tail)"])
    }

    @Test("Rows of different keys, short texts and equal texts stay as they are") func apart() throws {
        #expect(try merged([("a", Self.tail + "..."), ("b", Self.tail)]).texts.count == 2)
        #expect(try merged([("a", "short..."), ("a", "short and more")]).texts.count == 2)
        #expect(try merged([("a", Self.tail), ("a", Self.tail)]).texts.count == 2)
    }

    @Test("A row that ends in dots without its whole is told") func unmatched() throws {
        #expect(try merged([("a", Self.tail + "...")]).issues == ["text-truncated bookings"])
    }

    @Test("What both have before the mark stands once") func overlap() {
        let whole = Array((Self.tail + " And more.").unicodeScalars)
        #expect(CutRows.merged(Array(Self.tail.unicodeScalars), with: whole) == Self.tail + " And more.")
        let own = Array(("Own. " + Self.tail).unicodeScalars)
        #expect(CutRows.merged(own, with: whole) == "Own. " + Self.tail + " And more.")
    }

    /// The definition, row by row.
    private func naive(_ rows: [CutRows.Row]) -> CutRows.Outcome {
        var outcome = CutRows.Outcome()
        var gone: Set<Int> = []
        for row in rows.indices where !gone.contains(row) {
            guard let mark = CutRows.Mark(rows[row].text) else { continue }
            let partner = rows.indices.first { other in
                guard other != row, !gone.contains(other), outcome.partners[other] == nil,
                    rows[other].key == rows[row].key
                else { return false }
                let text = rows[other].text
                return text.indices.contains {
                    text[$0...].starts(with: mark.scalars) && mark.counts(at: $0, of: text)
                }
            }
            if let partner {
                outcome.partners[row] = partner
                gone.insert(partner)
            } else if mark.isDotted {
                outcome.unmatched.append(row)
            }
        }
        return outcome
    }

    @Test("The indexed search finds what the definition finds, on random rows", arguments: 0..<150)
    func sameAsDefinition(seed: Int) {
        var random = Random(seed: seed)
        let stems = (0..<3).map { _ in random.text(of: "abé", count: 90) }
        let rows = (0..<random.next(24)).map { _ in
            let stem = Array(stems[random.next(stems.count)])
            let start = random.next(20)
            let cut = String(stem[start..<min(stem.count, start + 40 + random.next(40))])
            return CutRows.Row(
                key: ["x", "y"][random.next(2)], text: random.next(3) == 0 ? cut + "..." : cut)
        }
        #expect(CutRows.find(rows) == naive(rows))
    }

    @Test("Many equal rows cost no more than their number") func cost() {
        let rows = (0..<4000).map { _ in CutRows.Row(key: "a", text: Self.tail + "...") }
        let outcome = CutRows.find(rows)
        #expect(outcome.partners.count == 2000)
    }
}

/// Numbers that are the same for the same seed (SplitMix64).
struct Random {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// From 0 up to a bound.
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(max(1, bound)))
    }

    mutating func text(of letters: String, count: Int) -> String {
        let letters = Array(letters)
        return String((0..<count).map { _ in letters[next(letters.count)] })
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next(256)) } }
}
