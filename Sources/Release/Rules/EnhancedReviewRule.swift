import CanonicalModel

/// Rule 7: while the practice reviews before it opens anything (SNOMED CT 1364731000000104), nothing new opens by itself.
///
/// What the practice granted by name stays, and so does automatic access that the person had before the review began.
/// When it began is the source time of the message that said so; where that is not known, nothing stays.
struct EnhancedReviewRule: EvidenceRule {
    var name: ReleaseRule { .enhancedReview }

    func denies(_ question: ReleaseQuestion) -> Bool {
        guard question.isForPerson, let standing = question.evidence.standing, standing.enhancedReview ?? false,
            !question.isIndividualDecision
        else { return false }
        guard let since = standing.automaticSince, let review = standing.learned?[.review]?.time else { return true }
        return since >= review
    }
}
