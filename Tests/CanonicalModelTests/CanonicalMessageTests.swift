import CanonicalModel
import Testing

@Suite("The message and its JSON")
struct CanonicalMessageTests {
    private func field(_ path: String) -> FieldID {
        let parts = path.split(separator: ".").map(String.init)
        return CanonicalShapes.required(parts[0], parts[1])
    }

    /// A booking with its fields filled in out of order, and a second one.
    private func message() -> CanonicalMessage {
        var message = CanonicalMessage()
        let root = message.begin(FieldID(rawValue: .max))
        let first = message.begin(field("message.bookings"))
        message.append(field("booking.comment"), "say \"hello\"\\\n\r\t\u{1}é")
        message.append(field("booking.start"), "2018-05-15T09:52:00+01:00")
        let practitioner = message.begin(field("booking.practitioners"))
        message.append(field("practitioner.name"), "Dr A Example")
        message.end(practitioner)
        message.append(field("booking.id"), "b1")
        message.append(field("booking.cancellable"), "true")
        message.append(field("booking.minutesDuration"), "10")
        message.end(first)
        message.append(field("message.mapping"), "example 1")
        let second = message.begin(field("message.bookings"))
        message.append(field("booking.id"), "b2")
        message.end(second)
        message.end(root)
        return message
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("Fields come in the order of their shape, a list is a list even of one, and text is escaped")
    func writing() {
        #expect(
            text(CanonicalJSONWriter.write(message()))
                == #"{"mapping":"example 1","bookings":[{"id":"b1","start":"2018-05-15T09:52:00+01:00","minutesDuration":10,"#
                + #""practitioners":[{"name":"Dr A Example"}],"comment":"say \"hello\"\\\n\r\t\u0001é","cancellable":true},"#
                + #"{"id":"b2"}]}"#)
    }

    @Test("For people it is indented")
    func pretty() {
        let message = message()
        #expect(
            text(
                CanonicalJSONWriter.write(
                    message, node: message.all(field("message.bookings"), in: 0)[1], isPretty: true))
                == "{\n  \"id\": \"b2\"\n}")
        let isPractitioner = field("practitioner.name")
        let bookings = field("message.bookings")
        let practitioners = field("booking.practitioners")
        let written = CanonicalJSONWriter.write(message, isPretty: true) { message, node in
            [isPractitioner, bookings, practitioners].contains(message.nodes[node].field)
        }
        #expect(
            text(written)
                == """
                {
                  "bookings": [
                    {
                      "practitioners": [
                        {
                          "name": "Dr A Example"
                        }
                      ]
                    }
                  ]
                }
                """)
    }

    @Test("What the filter refuses is absent, and an object that is left with nothing vanishes, with its list")
    func filter() {
        let message = message()
        let name = field("practitioner.name")
        #expect(!text(CanonicalJSONWriter.write(message) { $0.nodes[$1].field != name }).contains("practitioners"))
        let mapping = field("message.mapping")
        #expect(
            text(CanonicalJSONWriter.write(message) { $0.nodes[$1].isObject || $0.nodes[$1].field == mapping })
                == #"{"mapping":"example 1"}"#)
        #expect(text(CanonicalJSONWriter.write(message) { message, node in message.nodes[node].isObject }) == "{}")
        #expect(text(CanonicalJSONWriter.write(CanonicalMessage())) == "{}")
    }

    @Test("Equal content is equal bytes, in whatever order it was filled in")
    func stability() {
        let names = ["id", "status", "start", "comment", "serviceType", "created"]
        var written: Set<[UInt8]> = []
        for shift in names.indices {
            var message = CanonicalMessage()
            let root = message.begin(field("message.bookings"))
            for name in names[shift...] + names[..<shift] { message.append(field("booking." + name), "x") }
            message.end(root)
            written.insert(CanonicalJSONWriter.write(message))
        }
        #expect(written.count == 1)
    }

    @Test("A dropped object leaves the message as it was before it")
    func drop() {
        var message = CanonicalMessage()
        let root = message.begin(FieldID(rawValue: .max))
        message.append(field("message.mapping"), "m")
        let booking = message.begin(field("message.bookings"))
        message.append(field("booking.id"), "b1")
        let isFilled = message.end(booking)
        #expect(isFilled)
        message.drop(booking)
        let empty = message.begin(field("message.bookings"))
        let hasContents = message.end(empty)
        #expect(!hasContents)
        message.drop(empty)
        message.end(root)
        #expect(text(CanonicalJSONWriter.write(message)) == #"{"mapping":"m"}"#)
        #expect(message.text.count == 1)
    }

    @Test("Fields are found by name, first and all, with their text")
    func finding() throws {
        let message = message()
        let bookings = message.all(field("message.bookings"), in: 0)
        #expect(bookings.count == 2)
        #expect(message.first(field("message.bookings"), in: 0) == bookings[0])
        #expect(message.string(try #require(message.first(field("booking.id"), in: bookings[1]))) == "b2")
        #expect(message.first(field("booking.comment"), in: bookings[1]) == nil)
    }

    @Test("A mark of confidence stays")
    func confidential() {
        var message = message()
        message.markConfidential(1)
        #expect(message.nodes[1].isConfidential)
        #expect(!message.nodes[0].isConfidential)
    }
}
