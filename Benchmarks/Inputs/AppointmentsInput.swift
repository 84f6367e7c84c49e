/// A reply with a list of appointments in XML, about 330 bytes each, all attributes. People and places are invented.
package enum AppointmentsInput {
    package static func make(items: Int, seed: UInt64 = 1) -> [UInt8] {
        var choice = SeededChoice(seed: seed)
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ViewAppointmentsReply patientId="7a10000000000000" onlineUserId="7a10000000000000" \
            uuid="5d0c1f5e-7a41-4a57-9d0b-3f6a6f0a1001">

            """
        for item in 0..<items { text += row(item, &choice) }
        text += "</ViewAppointmentsReply>\n"
        return Array(text.utf8)
    }

    private static func row(_ item: Int, _ choice: inout SeededChoice) -> String {
        let day = choice.date(year: 2026...2027)
        let hour = choice.digits(8...17)
        let minute = choice.number(0...4) * 10
        let site = choice.one(of: sites)
        let street = "\(choice.number(1...99)) \(choice.one(of: streets))"
        let details = "\(choice.one(of: clinics)) - Clinician: \(choice.one(of: clinicians)), \(choice.one(of: rooms))"
        return """
              <Appointment apptId="aa0000\(SeededChoice.padded(item, 6))" \
            startDate="\(day)T\(hour):\(SeededChoice.padded(minute, 2)):00.0Z" \
            endDate="\(day)T\(hour):\(SeededChoice.padded(minute + 10, 2)):00.0Z" \
            details="\(details)" siteName="\(site)" \
            address="\(street), Sampleford, Exampleshire, ZZ99 \(choice.number(1...9))AA"/>

            """
    }

    private static let clinics = [
        "Blood test &amp; blood pressure", "Annual review of long-term conditions, fasting", "Telephone consultation",
        "Asthma and respiratory review", "Travel immunisations, second dose",
    ]
    private static let clinicians = [
        "Dr Wilhelmina Oakshott", "Nurse Barnaby Thistle", "Dr Farah Lockwood-Adeyemi", "Mrs Ottoline Marchbanks",
    ]
    private static let rooms = [
        "ground floor, treatment room 2", "first floor, room 11; there is a lift", "please use the side door",
    ]
    private static let sites = ["Juniper Lane Surgery", "Juniper Lane Surgery (Branch at Teasel Yard)"]
    private static let streets = ["Juniper Lane", "Teasel Yard", "Old Sampleford Road"]
}
