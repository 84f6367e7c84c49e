/// An event's data in a few words for the one who watches a sink.
enum EventSummary {
    static func text(of data: [String: Any]) -> String {
        var parts: [String] = []
        for booking in list(data["bookings"]) + list(data["slots"]) {
            parts.append([booking["status"], booking["start"]].compactMap { $0 as? String }.joined(separator: " "))
        }
        for prescription in list(data["prescriptions"]) {
            parts.append(
                [prescription["status"] as? String, name(prescription["medication"])]
                    .compactMap { $0 }.joined(separator: " "))
        }
        let sections = (data["recordSummary"] as? [String: Any])?["sections"] as? [String: Any] ?? [:]
        for (name, section) in sections.sorted(by: { $0.key < $1.key }) {
            let section = section as? [String: Any] ?? [:]
            let state = section["state"] as? String ?? "present"
            parts.append("\(name) \(state == "present" ? "(\(list(section["items"]).count))" : state)")
        }
        let shown = parts.prefix(6).joined(separator: ", ")
        return parts.count > 6 ? "\(shown), and \(parts.count - 6) more" : shown
    }

    private static func list(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

    private static func name(_ code: Any?) -> String? {
        guard let code = code as? [String: Any] else { return nil }
        return code["text"] as? String ?? list(code["coding"]).first?["display"] as? String
    }
}
