import GRDB

/// The tables, in versions. A migration that was released is never edited; the next change is a new one.
///
/// Times are microseconds since 1970. Columns that change often stand apart from large ones, because SQLite rewrites a
/// whole row.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            for part in [store, messages, patients, events, audit] { try database.execute(sql: part) }
        }
        migrator.registerMigration("2") { try $0.execute(sql: files) }
        migrator.registerMigration("3") { try $0.execute(sql: evidence) }
        return migrator
    }

    private static let store = """
        CREATE TABLE store (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    private static let messages = """
        CREATE TABLE message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            source TEXT NOT NULL,
            deliveryKey BLOB,
            bodyDigest BLOB NOT NULL,
            transportDigest BLOB NOT NULL,
            transport TEXT NOT NULL,
            bodyLength INTEGER NOT NULL,
            acceptedAt INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'accepted',
            code TEXT,
            place TEXT,
            mapping TEXT,
            issueCount INTEGER,
            awaitingSystem TEXT,
            awaitingPractice TEXT,
            awaitingLocalID TEXT
        ) STRICT;
        CREATE UNIQUE INDEX messageDelivery ON message (source, deliveryKey) WHERE deliveryKey IS NOT NULL;
        CREATE INDEX messageContext ON message (source, transportDigest);
        CREATE INDEX messageWaiting ON message (sequence) WHERE state = 'accepted';
        CREATE INDEX messageAwaiting ON message (awaitingSystem, awaitingPractice, awaitingLocalID)
            WHERE state = 'awaiting-identity';
        CREATE INDEX messageState ON message (source, state, acceptedAt);

        -- keyID 0: not encrypted. A chunk holds at most 1 MiB.
        CREATE TABLE bodyChunk (
            message INTEGER NOT NULL REFERENCES message (sequence) ON DELETE CASCADE,
            part INTEGER NOT NULL,
            keyID INTEGER NOT NULL DEFAULT 0,
            content BLOB NOT NULL,
            PRIMARY KEY (message, part)
        ) STRICT;

        -- Kept by triggers, because the status file asks every few seconds and must not count millions of rows.
        CREATE TABLE messageTally (
            source TEXT NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (source, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER messageArrives AFTER INSERT ON message BEGIN
            INSERT INTO messageTally VALUES (new.source, new.state, 1)
                ON CONFLICT (source, state) DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER messageMoves AFTER UPDATE OF state ON message WHEN old.state <> new.state BEGIN
            UPDATE messageTally SET count = count - 1 WHERE source = old.source AND state = old.state;
            INSERT INTO messageTally VALUES (new.source, new.state, 1)
                ON CONFLICT (source, state) DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER messageLeaves AFTER DELETE ON message BEGIN
            UPDATE messageTally SET count = count - 1 WHERE source = old.source AND state = old.state;
        END;
        """

    /// Files of many messages. Their parts are messages; states `arriving` (not whole yet) and `splitting` are theirs alone.
    private static let files = """
        ALTER TABLE message ADD COLUMN file INTEGER REFERENCES message (sequence);
        ALTER TABLE message ADD COLUMN part INTEGER;
        ALTER TABLE message ADD COLUMN header INTEGER;
        CREATE UNIQUE INDEX messagePart ON message (file, part) WHERE file IS NOT NULL;
        CREATE INDEX messageSplitting ON message (sequence) WHERE state = 'splitting';
        CREATE INDEX messageArriving ON message (sequence) WHERE state = 'arriving';

        -- parts is the durable cursor: parts up to this number are messages.
        CREATE TABLE messageFile (
            message INTEGER NOT NULL PRIMARY KEY REFERENCES message (sequence) ON DELETE CASCADE,
            path TEXT,
            parts INTEGER NOT NULL DEFAULT 0,
            bytesDone INTEGER NOT NULL DEFAULT 0,
            partsRead INTEGER NOT NULL DEFAULT 0,
            partsAwaiting INTEGER NOT NULL DEFAULT 0,
            partsQuarantined INTEGER NOT NULL DEFAULT 0,
            -- Whether every part that can be had is a message, and whether there is anything left to do.
            isWhole INTEGER NOT NULL DEFAULT 0,
            isOpen INTEGER NOT NULL GENERATED ALWAYS AS (
                isWhole = 0 OR partsRead + partsAwaiting + partsQuarantined < parts) VIRTUAL
        ) STRICT;
        CREATE INDEX messageFileOpen ON messageFile (isOpen, message);
        CREATE TABLE fileHeader (
            file INTEGER NOT NULL REFERENCES message (sequence) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (file, number)
        ) STRICT;

        CREATE TRIGGER fileEnds AFTER UPDATE OF state ON message
            WHEN old.state = 'splitting' AND new.state <> 'splitting' BEGIN
            UPDATE messageFile SET isWhole = 1 WHERE message = new.sequence;
        END;
        CREATE TRIGGER partArrives AFTER INSERT ON message WHEN new.file IS NOT NULL BEGIN
            UPDATE messageFile SET partsQuarantined = partsQuarantined + (new.state = 'quarantined')
                WHERE message = new.file;
        END;
        CREATE TRIGGER partMoves AFTER UPDATE OF state ON message
            WHEN new.file IS NOT NULL AND old.state <> new.state BEGIN
            UPDATE messageFile SET
                partsRead = partsRead + (new.state = 'read') - (old.state = 'read'),
                partsAwaiting =
                    partsAwaiting + (new.state = 'awaiting-identity') - (old.state = 'awaiting-identity'),
                partsQuarantined = partsQuarantined + (new.state = 'quarantined') - (old.state = 'quarantined')
                WHERE message = new.file;
        END;
        """

    private static let patients = """
        CREATE TABLE patientLink (
            system TEXT NOT NULL, practice TEXT NOT NULL, localID TEXT NOT NULL,
            nhsNumber TEXT NOT NULL, birthDate TEXT, learnedAt INTEGER NOT NULL,
            PRIMARY KEY (system, practice, localID)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE standing (
            patient TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE entity (
            patient TEXT NOT NULL, kind TEXT NOT NULL, system TEXT NOT NULL, practice TEXT NOT NULL, id TEXT NOT NULL,
            source TEXT NOT NULL, digest BLOB NOT NULL, isConfidential INTEGER NOT NULL,
            time INTEGER NOT NULL, timeKind TEXT NOT NULL, mappingDigest TEXT NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (patient, kind, system, practice, id)
        ) STRICT;

        CREATE TABLE releasedView (
            patient TEXT NOT NULL, kind TEXT NOT NULL, system TEXT NOT NULL, practice TEXT NOT NULL, id TEXT NOT NULL,
            consumer TEXT NOT NULL, isSent INTEGER NOT NULL DEFAULT 0, digest BLOB, content BLOB NOT NULL,
            PRIMARY KEY (patient, kind, system, practice, id, consumer)
        ) STRICT;
        """

    private static let events = """
        -- headPosition and headDueAt repeat what the first queued event says, so that choosing a lane is one step in
        -- an index whatever the backlog.
        CREATE TABLE lane (
            id INTEGER PRIMARY KEY,
            consumer TEXT NOT NULL,
            patient TEXT NOT NULL,
            name TEXT NOT NULL UNIQUE,
            nextSequence INTEGER NOT NULL DEFAULT 1,
            acceptedSequence INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            leasedUntil INTEGER,
            isHeld INTEGER NOT NULL DEFAULT 0,
            headPosition INTEGER,
            headDueAt INTEGER,
            UNIQUE (consumer, patient)
        ) STRICT;
        CREATE INDEX laneReady ON lane (consumer, headDueAt, headPosition) WHERE isHeld = 0 AND headDueAt IS NOT NULL;

        -- The order of positions is the order in a lane.
        CREATE TABLE event (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            lane INTEGER NOT NULL REFERENCES lane (id),
            consumer TEXT NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            time INTEGER NOT NULL,
            correlationID TEXT,
            source TEXT NOT NULL,
            queuedAt INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'queued',
            attempts INTEGER NOT NULL DEFAULT 0,
            dueAt INTEGER NOT NULL,
            laneSequence INTEGER,
            lastCode TEXT,
            lastStatus INTEGER,
            UNIQUE (consumer, id)
        ) STRICT;
        CREATE INDEX eventQueued ON event (lane, position) WHERE state = 'queued';
        CREATE INDEX eventWaiting ON event (consumer, queuedAt) WHERE state = 'queued';
        CREATE INDEX eventDead ON event (consumer) WHERE state = 'dead';

        CREATE TABLE eventContent (
            position INTEGER PRIMARY KEY REFERENCES event (position) ON DELETE CASCADE ON UPDATE CASCADE,
            entities TEXT NOT NULL,
            content BLOB NOT NULL
        ) STRICT;
        """

    /// What decisions rest on: complete lists, what was said of access, and when somebody is to be looked at again. Days
    /// are counted from 1 January 1970.
    private static let evidence = """
        ALTER TABLE entity ADD COLUMN absentAt INTEGER;
        ALTER TABLE entity ADD COLUMN startsAt INTEGER;
        ALTER TABLE releasedView ADD COLUMN event TEXT;
        ALTER TABLE event ADD COLUMN cause TEXT;

        CREATE TABLE completeList (
            patient TEXT NOT NULL, kind TEXT NOT NULL, system TEXT NOT NULL, practice TEXT NOT NULL,
            mapping TEXT NOT NULL, windowFrom INTEGER NOT NULL, windowTo INTEGER NOT NULL,
            mappingDigest TEXT NOT NULL, time INTEGER NOT NULL, isBaseline INTEGER NOT NULL,
            PRIMARY KEY (patient, kind, system, practice, mapping, windowFrom, windowTo)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE accessHistory (
            patient TEXT NOT NULL, fact TEXT NOT NULL, time INTEGER NOT NULL, content TEXT NOT NULL,
            recordedAt INTEGER NOT NULL, message TEXT,
            PRIMARY KEY (patient, fact, time, content)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE review (patient TEXT NOT NULL PRIMARY KEY, day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX reviewDay ON review (day, patient);
        """

    private static let audit = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            action TEXT NOT NULL,
            message TEXT, event TEXT, consumer TEXT, patient TEXT, kind TEXT, rule TEXT,
            count INTEGER NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER auditIsNeverChanged BEFORE UPDATE ON audit BEGIN
            SELECT RAISE(ABORT, 'the audit is append-only');
        END;
        CREATE TRIGGER auditIsNeverShortened BEFORE DELETE ON audit BEGIN
            SELECT RAISE(ABORT, 'the audit is append-only');
        END;
        """
}
