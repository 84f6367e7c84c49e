/// How much of a record someone may see: `none < summary < detailed < documents < full`.
package enum RecordLevel: String, Sendable, CaseIterable, Comparable {
    case none, summary, detailed, documents, full

    package static func < (lhs: RecordLevel, rhs: RecordLevel) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .none: 0
        case .summary: 1
        case .detailed: 2
        case .documents: 3
        case .full: 4
        }
    }
}
