package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// The tables of the database, as steps from one version to the next. A step once released is never changed.
final class Schema {
    /// Step n leads from version n to version n + 1.
    private static final List<List<String>> STEPS = List.of(
            List.of("""
            CREATE TABLE bundle (
                id TEXT PRIMARY KEY,
                version TEXT NOT NULL,
                digest TEXT NOT NULL,
                zip_sha256 TEXT NOT NULL
            ) STRICT""", """
            CREATE TABLE kv (
                extension TEXT NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (extension, key)
            ) STRICT""", """
            CREATE TABLE kv_usage (
                extension TEXT PRIMARY KEY,
                keys INTEGER NOT NULL,
                bytes INTEGER NOT NULL
            ) STRICT"""),
            List.of("""
            CREATE TABLE ordered_bundle (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                version TEXT NOT NULL,
                digest TEXT NOT NULL,
                zip_sha256 TEXT NOT NULL
            ) STRICT""", """
            INSERT INTO ordered_bundle (id, version, digest, zip_sha256)
            SELECT id, version, digest, zip_sha256 FROM bundle ORDER BY rowid""", """
            DROP TABLE bundle""", """
            ALTER TABLE ordered_bundle RENAME TO bundle"""),
            List.of("""
            ALTER TABLE bundle ADD COLUMN checked_by TEXT NOT NULL DEFAULT ''""", """
            ALTER TABLE bundle ADD COLUMN prewarm INTEGER NOT NULL DEFAULT 0""", """
            ALTER TABLE bundle ADD COLUMN script INTEGER NOT NULL DEFAULT 0"""),
            List.of("""
            CREATE TABLE ledger (
                sequence INTEGER PRIMARY KEY,
                time_ms INTEGER NOT NULL,
                kind TEXT NOT NULL,
                extension TEXT NOT NULL,
                reason_code TEXT NOT NULL,
                triggered_by TEXT NOT NULL,
                from_state TEXT NOT NULL,
                to_state TEXT NOT NULL,
                count INTEGER NOT NULL CHECK (count >= 1),
                details TEXT NOT NULL,
                previous BLOB NOT NULL CHECK (length(previous) = 32),
                hash BLOB NOT NULL CHECK (length(hash) = 32)
            ) STRICT""", """
            CREATE INDEX ledger_extension ON ledger (extension, sequence)""", """
            CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no row may be changed'); END""", """
            CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no row may be deleted'); END""", """
            CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
            WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM ledger)
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a row must follow the last one'); END""", """
            CREATE TABLE grants (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                extension TEXT NOT NULL,
                capability TEXT NOT NULL,
                parameters TEXT NOT NULL,
                effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
                created_ms INTEGER NOT NULL,
                UNIQUE (extension, capability, effect, parameters)
            ) STRICT""", """
            CREATE TABLE lane_force (
                extension TEXT PRIMARY KEY,
                reason_code TEXT NOT NULL,
                triggered_by TEXT NOT NULL,
                time_ms INTEGER NOT NULL
            ) STRICT"""));

    /// The version that this code reads and writes.
    static final int VERSION = STEPS.size();

    private Schema() {}

    /// Brings the database to this version.
    ///
    /// @throws StorageException if it is at a later one
    static void migrate(Session session, Path file) throws SQLException {
        int version = session.queryInt("PRAGMA user_version");
        if (version > VERSION) {
            throw new StorageException(
                    Kind.NEWER,
                    "a newer Cloche has written this database; use that one or another home, database=" + file
                            + " schema=" + version + " known=" + VERSION);
        }
        for (int step = version; step < VERSION; step++) {
            session.execute("BEGIN IMMEDIATE");
            try {
                for (String sql : STEPS.get(step)) {
                    session.executeOnce(sql);
                }
                session.executeOnce("PRAGMA user_version = " + (step + 1));
                session.execute("COMMIT");
            } catch (SQLException e) {
                session.executeOnce("ROLLBACK");
                throw e;
            }
        }
    }
}
