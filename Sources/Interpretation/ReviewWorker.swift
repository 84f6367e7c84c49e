import CanonicalModel
import Foundation
package import Logging
package import Release
import ServiceLifecycle
package import Storage
package import Telemetry

/// Looks at patients again when time itself changes what may be known of them (a birthday, the end of a permission), in
/// London days, and at everybody when the settings that decide have changed.
///
/// Who is due stands in the store, and looking at a patient moves the day on in the same transaction, so that a restart
/// does nothing twice and forgets nobody.
package struct ReviewWorker: Service {
    private let store: any MessageStore
    private let settings: InterpretationSettings
    private let policy: ReleasePolicy
    private let queued: @Sendable (_ consumer: String) -> Void
    private let status: StatusBoard
    private let logger: Logger
    private let clock: WallClock
    private let wake = Signal()

    /// Patients looked at in one transaction.
    private static let batch = 64
    /// How long after midnight at most a day begins here.
    private static let idle: Duration = .seconds(60)

    /// - `queued`: told of each consumer that has new events.
    package init(
        store: any MessageStore, settings: InterpretationSettings, policy: ReleasePolicy,
        queued: @escaping @Sendable (_ consumer: String) -> Void, status: StatusBoard, logger: Logger,
        clock: WallClock = .system
    ) {
        self.store = store
        self.settings = settings
        self.policy = policy
        self.queued = queued
        self.status = status
        self.logger = logger
        self.clock = clock
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            var hasBegun = false
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                do {
                    if !hasBegun { try await noticeSettings() }
                    hasBegun = true
                    if try await reviewDue() == 0 { await wake.wait(atMost: Self.idle) }
                } catch {
                    logger.event(
                        .storeFailed, level: .error, "looking at patients again waits for the store",
                        ["error": "\(error)"])
                    await wake.wait(atMost: Self.idle)
                }
            }
        } onGracefulShutdown: {
            wake.raise()
        }
    }

    /// Has everybody looked at again when the settings that decide are not those of last time.
    package func noticeSettings() async throws {
        let text = SettingsText.of(settings, policy.settings)
        let today = today
        guard try await store.commit({ try $0.reviewEverybody(ifNot: text, on: today) }) else { return }
        logger.event(.reviewBegun, "what decides about releases has changed: everybody is looked at again")
    }

    /// Looks at those who are due, up to a batch.
    /// - Returns: how many there were.
    package func reviewDue() async throws -> Int {
        let today = today
        let due = try await store.read { try $0.patientsToReview(upTo: today, limit: Self.batch) }
        let now = clock.now
        let reviews = due.map {
            PatientReview(patient: $0, settings: settings, policy: policy, now: now, digest: store.digest)
        }
        let results = try await store.commit(reviews.map { review in { try review.run(in: $0) } })
        var fault: StoreFault?
        for (patient, result) in zip(due, results) {
            switch result {
            case .success(let release):
                for (consumer, count) in release.queued {
                    status.count(consumer: consumer, "queued", by: count)
                    queued(consumer)
                }
            case .failure(let error as StoreFault) where error.isBusy: fault = error
            case .failure(let error): try await postpone(patient, because: error, from: today)
            }
        }
        if let fault { throw fault }
        return due.count
    }

    /// One patient's damaged row must not keep the others from their day.
    private func postpone(_ patient: PatientKey, because error: any Error, from day: CivilDate) async throws {
        logger.event(
            .storeFailed, level: .error, "a patient could not be looked at again, and is tomorrow",
            ["patient": patient.rawValue, "error": error is StoreFault ? "\(error)" : "unreadable"])
        try await store.commit { try $0.review(patient, on: day.adding(days: 1)) }
    }

    private var today: CivilDate { .inLondon(from: Int(clock.now.timeIntervalSince1970)) }
}

/// Everything in the settings that a decision rests on, as a text that is the same when they are.
enum SettingsText {
    /// Counts up when the rules themselves change, so that a new version looks at everybody.
    private static let policyVersion = 2

    static func of(_ settings: InterpretationSettings, _ release: ReleaseSettings) -> String {
        func text(_ grant: OnlineAccessGrant) -> String {
            "\(grant.appointments) \(grant.prescriptions) \(grant.record.rawValue) \(grant.recordProspectiveFrom ?? "-")"
        }
        var lines = ["policy \(policyVersion)"]
        for consumer in settings.consumers {
            let events = consumer.events.map(\.text).joined(separator: " ")
            lines.append("consumer \(consumer.name) \(consumer.audience.rawValue) \(events)")
        }
        for (source, grant) in settings.impliedAccess.sorted(by: { $0.key < $1.key }) {
            lines.append("implied \(source) \(text(grant))")
        }
        for (practice, sections) in release.sectionsOff.sorted(by: { $0.key < $1.key }) {
            lines.append("off \(practice) \(sections.sorted().joined(separator: " "))")
        }
        lines.append("sensitive \(release.sensitiveCodes.map { $0.codes.sorted().joined(separator: " ") } ?? "none")")
        return lines.joined(separator: "\n")
    }
}
