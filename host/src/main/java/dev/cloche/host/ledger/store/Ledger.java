package dev.cloche.host.ledger.store;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.storage.Database;
import dev.cloche.host.storage.Session;
import dev.cloche.host.storage.SqlWork;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.storage.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The ledger of a home: rows that are only ever appended, each with a hash over itself and the row before it. Safe for
/// use by many threads.
///
/// Rows are written by the database's one writing thread. The row to follow is read within the transaction that
/// appends and never remembered: a savepoint or a whole group of writes may be undone and run again.
public final class Ledger {
    private static final HexFormat HEX = HexFormat.of();

    private final Storage storage;
    private final InstantSource clock;

    /// @param clock what rows are dated by
    public Ledger(Storage storage, InstantSource clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /// Appends a row within a write that is under way, so that it is kept if, and only if, what it explains is.
    ///
    /// @param session of the write
    public LedgerEntry append(Session session, LedgerEvent event) throws SQLException {
        requireKnown(event);
        LedgerHead last = head(session);
        long sequence = last.sequence() + 1;
        long timeMillis = clock.millis();
        List<String> texts = List.of(
                event.kind().label(),
                event.extension(),
                event.reasonCode(),
                event.triggeredBy().label(),
                event.from(),
                event.to(),
                DetailsJson.write(event.details()));
        List<byte[]> bytes = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        byte[] previous = HEX.parseHex(last.hash());
        byte[] hash = new RowHash().of(sequence, timeMillis, event.count(), bytes, previous);
        PreparedStatement insert = session.prepare("""
            INSERT INTO ledger (sequence, time_ms, count,
                kind, extension, reason_code, triggered_by, from_state, to_state, details, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """);
        int column = 0;
        insert.setLong(++column, sequence);
        insert.setLong(++column, timeMillis);
        insert.setLong(++column, event.count());
        for (String text : texts) {
            insert.setString(++column, text);
        }
        insert.setBytes(++column, previous);
        insert.setBytes(++column, hash);
        insert.executeUpdate();
        return new LedgerEntry(sequence, timeMillis, event, HEX.formatHex(hash));
    }

    private static void requireKnown(LedgerEvent event) {
        if (event.kind() == LedgerKind.UNKNOWN) {
            throw new IllegalArgumentException(
                    "what is recorded must be known, kind=" + event.kind().label());
        }
    }

    /// Appends a row in a write of its own, and answers once it is on disk. Makes the home if it is not there.
    ///
    /// @throws StorageException if it cannot be written
    public LedgerEntry append(LedgerEvent event) {
        requireKnown(event);
        return storage.database().write(session -> append(session, event));
    }

    /// Does what [#append(LedgerEvent)] does and does not wait for the disk, which many rows share.
    ///
    /// @throws StorageException if the home cannot be used
    public CompletableFuture<LedgerEntry> appendAsync(LedgerEvent event) {
        requireKnown(event);
        return storage.database().writeAsync(session -> append(session, event));
    }

    /// Appends rows if the home's database is open, all or none, and waits until they are on disk.
    ///
    /// @return whether it is open; nothing was written if not
    /// @throws java.util.concurrent.CompletionException if they cannot be written
    boolean appendIfOpen(List<LedgerEvent> events) {
        Optional<Database> open = storage.opened();
        open.ifPresent(database -> database.writeAsync(session -> {
                    for (LedgerEvent event : events) {
                        append(session, event);
                    }
                    return events.size();
                })
                .join());
        return open.isPresent();
    }

    /// The last row. Does not make the home.
    ///
    /// @throws StorageException if it cannot be read
    public LedgerHead head() {
        return read(Ledger::head).orElse(LedgerHead.EMPTY);
    }

    private static LedgerHead head(Session session) throws SQLException {
        PreparedStatement select = session.prepare("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1");
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? head(row.getLong(1), row.getBytes(2)) : LedgerHead.EMPTY;
        }
    }

    private static LedgerHead head(long sequence, byte[] hash) {
        if (hash.length != RowHash.BYTES) {
            throw new StorageException(
                    Kind.CORRUPT,
                    "the last row of the ledger has no hash; put a backup of the database in its place, sequence="
                            + sequence + " bytes=" + hash.length);
        }
        return new LedgerHead(sequence, HEX.formatHex(hash));
    }

    /// The rows that match, in order of their sequence. Does not make the home.
    ///
    /// @throws StorageException if they cannot be read, or one of them is no row of a ledger
    public List<LedgerEntry> list(LedgerQuery query) {
        return read(session -> EntryReader.list(session, query)).orElse(List.of());
    }

    /// Reads the whole ledger and holds every row against its hash and against the one before it. Does not make the
    /// home.
    ///
    /// @throws StorageException if it cannot be read
    public LedgerVerdict verify() {
        return walk("");
    }

    /// Does what [#verify()] does, and looks for the hash that was the head's at an earlier time: rows that were cut
    /// off since show in no other way.
    ///
    /// @throws IllegalArgumentException if it is no hash
    /// @throws StorageException if it cannot be read
    public LedgerVerdict verify(String expectedHead) {
        return walk(new LedgerHead(0, expectedHead).hash());
    }

    private LedgerVerdict walk(String expected) {
        ChainWalk walk = ChainWalk.from(expected);
        while (!walk.done()) {
            ChainWalk reached = walk;
            Optional<ChainWalk> further = read(reached::next);
            if (further.isEmpty()) {
                return reached.verdict();
            }
            walk = further.get();
        }
        return walk.verdict();
    }

    /// @return nothing where nothing is stored
    private <T> Optional<T> read(SqlWork<T> work) {
        return Files.exists(storage.stateFile())
                ? Optional.of(storage.database().read(work))
                : Optional.empty();
    }
}
