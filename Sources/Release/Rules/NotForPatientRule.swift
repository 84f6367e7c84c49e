import CanonicalModel

/// Rule 5: what is marked confidential is not for the patient or a proxy: the whole entry, never part of it.
///
/// A mark anywhere inside covers the entry, whether the reader of the source set it on a node or the entry says so
/// itself (`confidential`); only `false` says that it is not.
struct NotForPatientRule: EvidenceRule {
    var name: ReleaseRule { .notForPatient }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.isForPerson else { return false }
        let subject = question.subject
        if subject.isConfidential || question.message.nodes[subject.node].isConfidential { return true }
        // Inside a section a mark covers the item that it is in.
        if question.isRecord { return false }
        return isMarked(subject.node, in: question)
    }

    func withholds(item: Int, in question: ReleaseQuestion) -> Bool {
        question.isForPerson && isMarked(item, in: question)
    }

    private func isMarked(_ node: Int, in question: ReleaseQuestion) -> Bool {
        let message = question.message
        return question.nodes(in: node).contains {
            message.nodes[$0].isConfidential
                || ModelFields.confidential.contains(message.nodes[$0].field)
                    && !message.bytes($0).elementsEqual("false".utf8)
        }
    }
}
