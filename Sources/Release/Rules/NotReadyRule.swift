import CanonicalModel

/// Rule 4: an item is held for patients and proxies until it is ready: a draft consultation, an unfiled result, an
/// unreviewed document.
///
/// One part that is not ready holds the whole item, since a panel of results is read as one. An item that says nothing is
/// ready; one that says anything but `true` is not.
struct NotReadyRule: EvidenceRule {
    var name: ReleaseRule { .notReady }

    func withholds(item: Int, in question: ReleaseQuestion) -> Bool {
        guard question.isForPerson else { return false }
        let message = question.message
        return question.nodes(in: item).contains {
            ModelFields.ready.contains(message.nodes[$0].field) && !message.bytes($0).elementsEqual("true".utf8)
        }
    }
}
