import CanonicalModel
import GRDB
import struct Foundation.Data
import struct Foundation.Date
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

enum EntityStatement: String, StoreStatement {
    case link = """
        SELECT nhsNumber, birthDate, learnedAt FROM patientLink WHERE system = ? AND practice = ? AND localID = ?
        """
    case learn = """
        INSERT INTO patientLink (system, practice, localID, nhsNumber, birthDate, learnedAt)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (system, practice, localID) DO UPDATE
        SET nhsNumber = excluded.nhsNumber, birthDate = excluded.birthDate, learnedAt = excluded.learnedAt
        """
    case standing = "SELECT content FROM standing WHERE patient = ?"
    case saveStanding = """
        INSERT INTO standing (patient, content) VALUES (?, ?)
        ON CONFLICT (patient) DO UPDATE SET content = excluded.content
        """
    case entity = """
        SELECT system, practice, id, source, content, digest, isConfidential, time, timeKind, mappingDigest,
            absentAt, startsAt FROM entity
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND id = ?
        """
    case entities = """
        SELECT system, practice, id, source, content, digest, isConfidential, time, timeKind, mappingDigest,
            absentAt, startsAt FROM entity
        WHERE patient = ? AND kind = ? ORDER BY system, practice, id
        """
    case entitiesToCome = """
        SELECT system, practice, id, source, content, digest, isConfidential, time, timeKind, mappingDigest,
            absentAt, startsAt FROM entity
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND (startsAt IS NULL OR startsAt > ?)
        ORDER BY id
        """
    case saveEntity = """
        INSERT INTO entity (patient, kind, system, practice, id,
            source, content, digest, isConfidential, time, timeKind, mappingDigest, absentAt,
            startsAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (patient, kind, system, practice, id) DO UPDATE
        SET source = excluded.source, content = excluded.content, digest = excluded.digest,
            isConfidential = excluded.isConfidential, time = excluded.time, timeKind = excluded.timeKind,
            mappingDigest = excluded.mappingDigest, absentAt = excluded.absentAt,
            startsAt = excluded.startsAt
        """
    case released = """
        SELECT digest, content, isSent, event FROM releasedView
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND id = ? AND consumer = ?
        """
    case saveReleased = """
        INSERT INTO releasedView (patient, kind, system, practice, id, consumer, digest, content, event)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (patient, kind, system, practice, id, consumer) DO UPDATE
        SET digest = excluded.digest, content = excluded.content, event = excluded.event
        """
    case markSent = """
        UPDATE releasedView SET isSent = ?
        WHERE patient = ? AND kind = ? AND system = ? AND practice = ? AND id = ? AND consumer = ? AND isSent <> ?
        """
}

extension SQLiteTransaction {
    // MARK: Patients

    func link(system: String, practice: String, localID: String) throws -> PatientLink? {
        guard let row = try database.row(EntityStatement.link, [system, practice, localID]) else { return nil }
        return PatientLink(
            system: system, practice: practice, localID: localID, nhsNumber: row[0], birthDate: row[1],
            learnedAt: StoredTime.decode(row[2]))
    }

    func learn(_ link: PatientLink) throws {
        try database.run(
            EntityStatement.learn,
            [
                link.system, link.practice, link.localID, link.nhsNumber, link.birthDate,
                StoredTime.encode(link.learnedAt),
            ])
    }

    func standing(of patient: PatientKey) throws -> PatientStanding? {
        guard let row = try database.row(EntityStatement.standing, [patient.rawValue]) else { return nil }
        let content: String = row[0]
        guard let standing = try? JSONDecoder().decode(PatientStanding.self, from: Data(content.utf8)) else {
            throw StoreFault(operation: "read standing", place: "patient \(patient)", hint: "the row is damaged")
        }
        return standing
    }

    func save(_ standing: PatientStanding) throws {
        let content = String(decoding: try JSONEncoder().encode(standing), as: UTF8.self)
        try database.run(
            EntityStatement.saveStanding, [key.patient(nhsNumber: standing.nhsNumber).rawValue, content])
    }

    // MARK: Entities

    func entity(_ key: EntityKey) throws -> EntityState? {
        try database.row(EntityStatement.entity, columns(of: key)).map { row in
            try state(row, patient: key.patient, kind: key.kind)
        }
    }

    func entities(of patient: PatientKey, kinds: [EntityKind]) throws -> [EntityState] {
        try (kinds.isEmpty ? EntityKind.allCases : kinds).flatMap { kind in
            try database.rows(EntityStatement.entities, [patient.rawValue, kind.rawValue]).map { row in
                try state(row, patient: patient, kind: kind)
            }
        }
    }

    func entities(
        of patient: PatientKey, kind: EntityKind, system: String, practice: String, startingAfter time: Date
    ) throws -> [EntityState] {
        let place: StoreArguments = [patient.rawValue, kind.rawValue, system, practice, StoredTime.encode(time)]
        return try database.rows(EntityStatement.entitiesToCome, place).map { row in
            try state(row, patient: patient, kind: kind)
        }
    }

    func save(_ state: EntityState) throws {
        try database.run(
            EntityStatement.saveEntity,
            columns(of: state.key) + [
                state.source, Data(state.content), Data(state.digest.bytes), state.isConfidential,
                StoredTime.encode(state.time), state.timeKind.rawValue, state.mappingDigest,
                state.absentAt.map(StoredTime.encode), state.startsAt.map(StoredTime.encode),
            ])
    }

    private func state(_ row: Row, patient: PatientKey, kind: EntityKind) throws -> EntityState {
        let (absentAt, startsAt): (Int64?, Int64?) = (row[10], row[11])
        return EntityState(
            key: EntityKey(system: row[0], practice: row[1], patient: patient, kind: kind, id: row[2]),
            source: row[3], content: row.bytes(4), digest: ContentDigest(row.bytes(5)), isConfidential: row[6],
            time: StoredTime.decode(row[7]), timeKind: try row.named(8, as: SourceTimeKind.self),
            mappingDigest: row[9], absentAt: absentAt.map(StoredTime.decode),
            startsAt: startsAt.map(StoredTime.decode))
    }

    private func columns(of key: EntityKey) -> StoreArguments {
        [key.patient.rawValue, key.kind.rawValue, key.system, key.practice, key.id]
    }

    // MARK: Released views

    func released(_ key: EntityKey, to consumer: String) throws -> ReleasedView? {
        guard let row = try database.row(EntityStatement.released, columns(of: key) + [consumer]) else { return nil }
        let digest: Data? = row[0]
        return ReleasedView(
            key: key, consumer: consumer, digest: digest.map { ContentDigest(Array($0)) }, content: row.bytes(1),
            isSent: row[2], event: row[3])
    }

    func save(_ view: ReleasedView) throws {
        let digest = view.digest.map { Data($0.bytes) }
        try database.run(
            EntityStatement.saveReleased,
            columns(of: view.key) + [view.consumer, digest, Data(view.content), view.event])
    }

    func markSent(_ keys: [EntityKey], to consumer: String) throws {
        try mark(keys, isSent: true, consumer)
    }

    func markWithdrawn(_ keys: [EntityKey], from consumer: String) throws {
        try mark(keys, isSent: false, consumer)
    }

    private func mark(_ keys: [EntityKey], isSent: Bool, _ consumer: String) throws {
        for key in keys {
            try database.run(EntityStatement.markSent, [isSent] + columns(of: key) + [consumer, isSent])
        }
    }
}
