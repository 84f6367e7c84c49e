import CanonicalModel

/// Rule 3: where the record is open only from a day on, an item that is dated or was recorded before it, or is not dated
/// at all, is not shown.
///
/// A date that is not known to the day counts as the first day it may mean, the limit as the last.
struct ProspectiveRule: EvidenceRule {
    var name: ReleaseRule { .prospective }

    func withholds(item: Int, in question: ReleaseQuestion) -> Bool {
        guard question.isForPerson, let start = question.prospectiveFrom else { return false }
        guard case .day(let from) = start else { return true }
        let message = question.message
        let dates = message.children(of: item).filter { ModelFields.dates.contains(message.nodes[$0].field) }
        guard !dates.isEmpty else { return true }
        return dates.contains { node in
            guard let day = PartialDate(message.string(node))?.firstDay else { return true }
            return day < from
        }
    }
}
