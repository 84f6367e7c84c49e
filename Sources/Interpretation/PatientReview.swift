import CanonicalModel
import Foundation
import MessageMapping
import Release
import Storage

/// Asks the policy again about everything that is known of one patient, because time or the settings changed and no message
/// came. What is told is what differs from what was told last, so that it may be repeated at will.
struct PatientReview: Sendable {
    let patient: PatientKey
    let settings: InterpretationSettings
    let policy: ReleasePolicy
    let now: Date
    let digest: @Sendable ([UInt8]) -> ContentDigest

    func run(in store: any StoreTransaction) throws -> ReleaseStep.Result {
        let standing = try store.standing(of: patient)
        let entities = try Self.entities(of: patient, in: store)
        // In the order of their sources, since an event names one.
        var result = ReleaseStep.Result()
        for (source, group) in Dictionary(grouping: entities, by: \.state.source).sorted(by: { $0.key < $1.key }) {
            let step = ReleaseStep(
                settings: settings, policy: policy, message: nil, source: source, time: now, now: now, digest: digest)
            let release = try step.release(group, of: patient, standing: standing, in: store)
            result.queued.merge(release.queued, uniquingKeysWith: +)
        }
        let today = CivilDate.inLondon(from: Int(now.timeIntervalSince1970))
        try store.review(patient, on: ReviewCalendar.next(standing, after: today))
        return result
    }

    /// Everything known of a patient but what a message has just spoken of.
    static func entities(
        of patient: PatientKey, except told: [ChangeDetection.Detected] = [], in store: any StoreReading
    ) throws -> [ChangeDetection.Detected] {
        let done = Set(told.map(\.state.key))
        return try store.entities(of: patient, kinds: []).compactMap { state in
            guard !done.contains(state.key), state.key.shape != nil else { return nil }
            return try? ChangeDetection.Detected(state)
        }
    }
}
