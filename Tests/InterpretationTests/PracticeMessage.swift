import CanonicalModel
import Foundation
import Storage

/// A message of a made-up system that can say everything that a change, an identity or a release rests on.
struct PracticeMessage: Codable {
    struct Booking: Codable, Equatable {
        var id: String
        var start: String
        var status = "booked"
        var service: String? = "Clinic"
        var with: String? = "Dr Oakshott"
        var comment: String?
        var replaces: String?
        var isHidden: Bool?
    }

    struct Item: Codable {
        var id: String
        var text: String
        var snomed: String?
        var recorded: String? = "2026-01-01"
        var note: String?
        var isHidden: Bool?
        var ready: Bool?
    }

    struct Drug: Codable {
        var id: String
        var name: String
        var status = "active"
    }

    struct Access: Codable {
        var appointments = false
        var prescriptions = false
        var record = "none"
        var from: String?
    }

    struct Proxy: Codable {
        var id: String
        var services: Access
        var from: String?
        var until: String?
    }

    struct Window: Codable {
        var from: String
        var to: String
    }

    var practiceDay = true
    var at: String?
    var ods: String? = RoadBench.practice
    var number: String? = RoadMessages.number
    var localId: String?
    var family: String?
    var born: String? = RoadMessages.birthDate
    var restricted: Bool?
    var bookings: [Booking] = []
    var window: Window?
    var drugs: [Drug] = []
    var allDrugs: Bool?
    var problems: [Item]?
    var allergies: [Item]?
    var access: Access?
    var declined: Bool?
    var review: Bool?
    var dissent: Bool?
    var proxies: [Proxy] = []
    var slots: [Booking] = []

    init(_ change: (inout PracticeMessage) -> Void = { _ in }) { change(&self) }

    /// JSON, with the time that the source states: minutes after noon.
    func text(at minute: Double? = nil) throws -> String {
        var message = self
        if let minute { message.at = InstantText.format(RoadBench.noon.addingTimeInterval(minute * 60)) }
        // Under these names a mapping of the repository would take the message for its own.
        return String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
            .replacing("\"drugs\":", with: "\"testDrugs\":").replacing("\"slots\":", with: "\"testSlots\":")
    }

    private static func items(_ section: String) -> String {
        """
              \(section):
                state: present
                items:
                  - "{% for i in \(section) %}":
                      id: "{{ %i.id }}"
                      recorded: "{{ %i.recorded }}"
                      note: "{{ %i.note }}"
                      confidential: "{{ %i.isHidden }}"
                      ready: "{{ %i.ready }}"
                      code:
                        text: "{{ %i.text }}"
                        coding:
                          - "{% if %i.snomed.exists() %}":
                              system: http://snomed.info/sct
                              code: "{{ %i.snomed }}"
        """
    }

    private static func services(_ place: String, indent: Int) -> String {
        ["appointments", "prescriptions", "record", "recordProspectiveFrom"].map { name in
            let field = name == "recordProspectiveFrom" ? "from" : name
            return String(repeating: " ", count: indent) + "\(name): \"{{ \(place).\(field) }}\""
        }.joined(separator: "\n")
    }

    static let mapping = """
        # Reads: everything that a test wants to say about one patient.
        mapping: test/practice
        reads: {has: [practiceDay]}
        source: {system: test, message: practiceDay, time: "{{ at }}"}
        practice: {odsCode: "{{ ods }}"}
        patient:
          nhsNumber: "{{ number.nhsNumber() }}"
          localId: "{{ localId }}"
          name: {family: "{{ family }}"}
          birthDate: "{{ born.dateTime() }}"
          restricted: "{{ restricted }}"
        bookings:
          - "{% for b in bookings %}":
              id: "{{ %b.id }}"
              status: "{{ %b.status }}"
              start: "{{ %b.start }}"
              serviceType: "{{ %b.service }}"
              practitioners:
                - {name: "{{ %b.with }}"}
              comment: "{{ %b.comment }}"
              replaces: "{{ %b.replaces }}"
        slots:
          - "{% for s in testSlots %}":
              id: "{{ %s.id }}"
              status: free
              start: "{{ %s.start }}"
        prescriptions:
          - "{% for d in testDrugs %}":
              id: "{{ %d.id }}"
              kind: repeat
              status: "{{ %d.status }}"
              medication: {text: "{{ %d.name }}"}
        recordSummary:
          sections:
            "{% if problems.exists() %}":
        \(items("problems"))
            "{% if allergies.exists() %}":
        \(items("allergies"))
        onlineAccess:
          "{% if access.exists() %}":
            services:
        \(services("access", indent: 6))
          declined: "{{ declined }}"
          enhancedReview: "{{ review }}"
          dissent: "{{ dissent }}"
          proxies:
            - "{% for p in proxies %}":
                id: "{{ %p.id }}"
                from: "{{ %p.from }}"
                until: "{{ %p.until }}"
                services:
        \(services("%p.services", indent: 10))
        complete:
          bookings: {when: "{{ window.exists() }}", from: "{{ window.from }}", to: "{{ window.to }}"}
          prescriptions: "{{ allDrugs }}"
        confidentialWhen: "isHidden = true"
        """
}

extension RoadBench {
    /// Accepts a message a second after the time that it states, in minutes after noon.
    @discardableResult
    func tell(_ message: PracticeMessage, at minute: Double) async throws -> MessageID {
        try await hand(message.text(at: minute), accepted: minute * 60 + 1)
    }
}
