package import CanonicalModel
package import Logging

/// The configuration of a gateway: one YAML file, read and checked as a whole before anything is started. Every path in
/// it is absolute and every value is what the gateway will use, defaults included.
package struct GatewayConfiguration: Sendable, Equatable {
    /// The file it was read from.
    package var file: String
    package var gateway: GatewaySettings
    package var sources: [SourceConfiguration]
    package var consumers: [ConsumerConfiguration]
    /// What an operator should know although the configuration can be used.
    package var warnings: [ConfigurationFinding] = []
}

/// What holds for the gateway as a whole (`gateway`).
package struct GatewaySettings: Sendable, Equatable {
    /// CloudEvents `source` of every event: a URI of the operator's own.
    package var eventSource: String
    /// ODS code that stands in where a message does not name its practice.
    package var practice: String?
    package var store: StoreLocation
    /// Where the status file is written.
    package var statusFile: String
    package var log: LogSettings
    package var listen: ListenSettings
    /// Folders of mappings, each laid over those before it.
    package var mappings: [String]
    package var testPatients: TestPatients
    /// Files with the members of the refsets of sensitive codes; empty when the operator has none.
    package var sensitiveCodesFiles: [String] = []
    /// A file with the organisations that exist.
    package var organisationsFile: String?
    /// The sections that a practice has switched off for everybody, by its ODS code.
    package var sectionsOff: [String: Set<String>] = [:]
    package var limits: IntakeLimits
}

/// Where the store is (`gateway.store`).
package enum StoreLocation: Sendable, Equatable {
    /// A database file, by its path.
    case sqlite(path: String)

    /// Where the database file is.
    var path: String {
        switch self {
        case .sqlite(let path): path
        }
    }
}

/// Where the log goes (`gateway.log`).
package struct LogSettings: Sendable, Equatable {
    /// JSON Lines are appended to it.
    package var file: String
    package var level: Logger.Level
}

/// Where the gateway listens (`gateway.listen`).
package struct ListenSettings: Sendable, Equatable {
    package var address: String
    /// 0 lets the system choose.
    package var port: Int
}

/// What becomes of NHS numbers of the 999 range, which no real patient has (`gateway.testPatients`).
package enum TestPatients: String, Sendable, CaseIterable { case refuse, accept }

/// Bounds on one message (`gateway.limits`).
package struct IntakeLimits: Sendable, Equatable {
    /// In bytes.
    package var messageSize: Int
    package var treeNodes: Int
    /// Elements or values inside one another.
    package var nesting: Int
}

/// One place where messages come from (`sources`).
package struct SourceConfiguration: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case directory(DirectorySettings)
        /// `POST /v1/messages/{name}` with the bearer token in this file.
        case http(tokenFile: String)
    }

    /// Lower-case letters, digits and hyphens.
    package var name: String
    package var kind: Kind
    /// The online services that a message from here implies the patient has, where the practice never says so itself.
    package var impliesAccess: OnlineAccessGrant?
}

/// A folder that messages are put into (`sources[].directory`).
package struct DirectorySettings: Sendable, Equatable {
    package enum Afterwards: String, Sendable, CaseIterable { case archive, delete }

    package var path: String
    /// Which files, and what their path says: `{odsCode}/{nhsNumber}/*.xml`.
    package var pattern: String
    /// How long a file must be unchanged before it is taken.
    package var settle: Duration
    package var afterwards: Afterwards
}

/// One system that events are delivered to (`consumers`).
package struct ConsumerConfiguration: Sendable, Equatable {
    package enum Representation: String, Sendable, CaseIterable { case canonical }

    /// Lower-case letters, digits and hyphens.
    package var name: String
    /// `https`, or `http` to a loopback address.
    package var url: String
    package var audience: Audience
    package var events: [EventPattern]
    package var representation: Representation
    /// Files with the Standard Webhooks secrets that sign every attempt: one, or several while one replaces another.
    package var signingSecretFiles: [String]
    /// File with the bearer token that is sent, if any.
    package var bearerTokenFile: String?
    package var delivery: DeliverySettings
}

/// How events are delivered to a consumer (`consumers[].delivery`).
package struct DeliverySettings: Sendable, Equatable {
    package enum OnDeadLetter: String, Sendable, CaseIterable {
        /// Later events of the lane go on.
        case `continue`
        /// Later events of the lane wait until the dead letter is dealt with.
        case hold
    }

    /// Requests in flight at the same time, 1 to 256.
    package var concurrency: Int
    package var timeout: Duration
    /// From the time an event was queued.
    package var giveUpAfter: Duration
    package var onDeadLetter: OnDeadLetter
}
