import CanonicalModel
import GRDB
import struct Foundation.Data

enum EvidenceStatement: String, StoreStatement {
    case lists = """
        SELECT mapping, mappingDigest, windowFrom, windowTo, time, isBaseline FROM completeList
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ?
        """
    case forgetLists = """
        DELETE FROM completeList
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND mapping = ?
            AND (windowTo <= ? OR (time <= ? AND windowTo <= ? AND max(windowFrom, ?) >= ?))
        """
    case saveList = """
        INSERT INTO completeList
            (patient, kind, system, practice, mapping, windowFrom, windowTo, mappingDigest, time, isBaseline)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (patient, kind, system, practice, mapping, windowFrom, windowTo) DO UPDATE
        SET mappingDigest = excluded.mappingDigest, time = excluded.time, isBaseline = excluded.isBaseline
        WHERE excluded.time >= time
        """
    case countLists = """
        SELECT count(*) FROM completeList
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND mapping = ?
        """
    case forgetOldest = """
        DELETE FROM completeList
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND mapping = ? AND time = (
            SELECT min(time) FROM completeList
            WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND mapping = ?)
        """
    case recordAccess = """
        INSERT INTO accessHistory (patient, fact, time, content, recordedAt, message) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (patient, fact, time, content) DO NOTHING
        """
    case accessHistory = """
        SELECT fact, time, content, recordedAt, message FROM accessHistory WHERE patient = ?
        ORDER BY time, fact, recordedAt
        """
    case toReview = "SELECT patient FROM review WHERE day <= ? ORDER BY day, patient LIMIT ?"
    case review = """
        INSERT INTO review (patient, day) VALUES (?, ?) ON CONFLICT (patient) DO UPDATE SET day = excluded.day
        """
    case forgetReview = "DELETE FROM review WHERE patient = ?"
    case settings = "SELECT value FROM store WHERE name = 'releaseSettings'"
    case saveSettings = """
        INSERT INTO store (name, value) VALUES ('releaseSettings', ?)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    case reviewEverybody = """
        INSERT INTO review (patient, day)
        SELECT patient, ? FROM (SELECT patient FROM entity UNION SELECT patient FROM standing) WHERE TRUE
        ON CONFLICT (patient) DO UPDATE SET day = min(day, excluded.day)
        """
}

extension SQLiteTransaction {
    /// Windows of one mapping that are kept at most; of more, the oldest is forgotten, which infers less.
    private static let listLimit = 8

    func completeLists(system: String, practice: String, patient: PatientKey, kind: EntityKind) throws
        -> [CompleteList]
    {
        try database.rows(EvidenceStatement.lists, [patient.rawValue, kind.rawValue, system, practice]).map { row in
            CompleteList(
                system: system, practice: practice, patient: patient, kind: kind, mapping: row[0],
                mappingDigest: row[1], from: StoredTime.decode(row[2]), to: StoredTime.decode(row[3]),
                time: StoredTime.decode(row[4]), isBaseline: row[5])
        }
    }

    func save(_ list: CompleteList) throws {
        let place: StoreArguments = [
            list.patient.rawValue, list.kind.rawValue, list.system, list.practice, list.mapping,
        ]
        let time = StoredTime.encode(list.time)
        // A list says nothing of the time before it.
        let from = max(StoredTime.encode(list.from), time)
        let to = StoredTime.encode(list.to)
        if to <= from { return }
        try database.run(EvidenceStatement.forgetLists, place + [time, time, to, time, from])
        try database.run(
            EvidenceStatement.saveList, place + [from, to, list.mappingDigest, time, list.isBaseline])
        let count: Int = try database.row(EvidenceStatement.countLists, place)?[0] ?? 0
        if count > Self.listLimit { try database.run(EvidenceStatement.forgetOldest, place + place) }
    }

    func record(_ change: AccessChange) throws {
        try database.run(
            EvidenceStatement.recordAccess,
            [
                change.patient.rawValue, change.fact.rawValue, StoredTime.encode(change.time), change.content,
                StoredTime.encode(change.recordedAt), change.message?.rawValue,
            ])
    }

    func accessHistory(of patient: PatientKey) throws -> [AccessChange] {
        try database.rows(EvidenceStatement.accessHistory, [patient.rawValue]).map { row in
            let message: String? = row[4]
            return AccessChange(
                patient: patient, fact: try row.named(0, as: PatientStanding.Fact.self), content: row[2],
                time: StoredTime.decode(row[1]), recordedAt: StoredTime.decode(row[3]),
                message: message.map(MessageID.init))
        }
    }

    func patientsToReview(upTo day: CivilDate, limit: Int) throws -> [PatientKey] {
        try database.rows(EvidenceStatement.toReview, [day.daysSince1970, limit]).map { PatientKey($0[0]) }
    }

    func review(_ patient: PatientKey, on day: CivilDate?) throws {
        if let day {
            try database.run(EvidenceStatement.review, [patient.rawValue, day.daysSince1970])
        } else {
            try database.run(EvidenceStatement.forgetReview, [patient.rawValue])
        }
    }

    func reviewEverybody(ifNot settings: String, on day: CivilDate) throws -> Bool {
        let digest = key.content(Array(settings.utf8)).bytes
        if try database.row(EvidenceStatement.settings)?.bytes(0) == digest { return false }
        try database.run(EvidenceStatement.reviewEverybody, [day.daysSince1970])
        try database.run(EvidenceStatement.saveSettings, [Data(digest)])
        return true
    }
}
