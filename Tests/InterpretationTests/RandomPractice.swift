import CanonicalModel

/// Messages about a few patients, made up at random: bookings, lists, drugs, records, grants and decisions, each with a
/// stated time of its own. Every text ends in the patient's number, so that it can be told whose it is wherever it turns up.
struct RandomPractice {
    static let numbers = ["9990001006", "9990001014", "9990001022"]
    static let sensitive = "86406008"
    private static let codes = ["195967001", "38341003", sensitive]

    struct Message {
        let minute: Double
        let message: PracticeMessage
    }

    private var random: RoadRandom

    init(seed: UInt64) { random = RoadRandom(seed: seed) }

    mutating func messages(_ count: Int) -> [Message] {
        (0..<count).map { Message(minute: Double($0) - Double(count), message: message($0)) }
    }

    mutating func shuffled(_ messages: [Message]) -> [Message] { messages.shuffled(using: &random) }

    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &random) }

    private mutating func message(_ index: Int) -> PracticeMessage {
        let number = pick(Self.numbers) ?? ""
        var message = PracticeMessage()
        message.number = number
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: say(bookings: &message, number, index)
        case 3: say(drugs: &message, number, index)
        case 4, 5: say(record: &message, number, index)
        case 6:
            message.access = access()
            if chance(3) { message.declined = chance(2) }
            if chance(3) { message.review = chance(2) }
        default:
            if chance(2) { message.dissent = chance(2) }
            if chance(3) { message.restricted = chance(3) }
            if chance(2) {
                message.proxies = (0..<Int.random(in: 1...2, using: &random)).map {
                    PracticeMessage.Proxy(id: "x\($0)", services: access())
                }
            }
        }
        return message
    }

    private mutating func access() -> PracticeMessage.Access {
        PracticeMessage.Access(
            appointments: !chance(4), prescriptions: !chance(4),
            record: pick(["none", "summary", "detailed", "full", "full"]) ?? "none",
            from: chance(3) ? "2024-06-01" : nil)
    }

    private mutating func say(bookings message: inout PracticeMessage, _ number: String, _ index: Int) {
        for id in ["b1", "b2", "b3"] where !chance(3) {
            message.bookings.append(
                PracticeMessage.Booking(
                    id: id, start: "2026-07-0\(Int.random(in: 1...4, using: &random))T09:00:00+01:00",
                    status: chance(6) ? "cancelled" : "booked",
                    service: "Clinic\(chance(2) ? "A" : "B") \(number)", comment: "words \(index) \(number)",
                    isHidden: chance(5) ? true : nil))
        }
        if !chance(3) {
            message.window = .init(
                from: chance(2) ? "2026-06-01T00:00:00Z" : "2026-07-02T00:00:00Z",
                to: chance(2) ? "2026-07-03T00:00:00Z" : "2026-08-01T00:00:00Z")
        }
    }

    private mutating func say(drugs message: inout PracticeMessage, _ number: String, _ index: Int) {
        for id in ["d1", "d2"] where !chance(3) {
            message.drugs.append(PracticeMessage.Drug(id: id, name: "Drug \(index) \(number)"))
        }
        if chance(2) { message.allDrugs = true }
    }

    private mutating func say(record message: inout PracticeMessage, _ number: String, _ index: Int) {
        var items: [PracticeMessage.Item] = []
        for id in ["i1", "i2", "i3", "i4"] where !chance(4) {
            items.append(
                PracticeMessage.Item(
                    id: id, text: "Text \(index) \(number)", snomed: chance(4) ? nil : pick(Self.codes),
                    recorded: chance(5) ? nil : pick(["2024-05-31", "2024-06-01", "2026-01-01"]),
                    note: "note \(index) \(number)", isHidden: chance(4) ? true : nil, ready: chance(4) ? false : nil))
        }
        if chance(2) { message.problems = items } else { message.allergies = items }
    }
}

/// What the messages that arrived so far say of one patient, told a second time and simply: for each fact the message with
/// the latest time.
struct SimpleStanding {
    private var said: [String: (minute: Double, value: PracticeMessage)] = [:]

    mutating func hear(_ message: RandomPractice.Message) {
        let said = message.message
        learn("access", message, said.access != nil)
        learn("declined", message, said.declined != nil)
        learn("dissent", message, said.dissent != nil)
        learn("restricted", message, said.restricted != nil)
        learn("proxies", message, !said.proxies.isEmpty)
    }

    private mutating func learn(_ fact: String, _ message: RandomPractice.Message, _ isSaid: Bool) {
        guard isSaid, said[fact].map({ $0.minute <= message.minute }) ?? true else { return }
        said[fact] = (message.minute, message.message)
    }

    var isRestricted: Bool { said["restricted"]?.value.restricted ?? false }
    var hasDeclined: Bool { said["declined"]?.value.declined ?? false }
    var dissents: Bool { said["dissent"]?.value.dissent ?? false }

    /// What the consumers of the test may see; nothing is implied.
    func grants(_ consumer: String) -> [PracticeMessage.Access] {
        switch consumer {
        case "app": [said["access"]?.value.access].compactMap(\.self)
        default: said["proxies"]?.value.proxies.map(\.services) ?? []
        }
    }
}
