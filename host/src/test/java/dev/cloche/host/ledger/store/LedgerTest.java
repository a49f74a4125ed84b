package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LedgerTest {
    private static final Instant START = Instant.parse("2026-02-03T04:05:06.789Z");

    private final AtomicLong millis = new AtomicLong(START.toEpochMilli());
    private final InstantSource clock = () -> Instant.ofEpochMilli(millis.getAndAdd(1_000));
    private Storage storage;
    private Ledger ledger;

    LedgerTest(@TempDir Path parent) {
        open(parent.resolve("home"));
    }

    private void open(Path home) {
        storage = new Storage(home, Duration.ofSeconds(5), System::nanoTime);
        ledger = new Ledger(storage, clock);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    static LedgerEvent event(String extension, LedgerKind kind) {
        return LedgerEvent.of(kind, extension, "test", TriggeredBy.HOST)
                .withChange("before", "after ü")
                .withCount(3)
                .withDetails(Map.of("z", "\"quoted\"", "a", "ä"));
    }

    static LedgerEvent event(String extension) {
        return event(extension, LedgerKind.LANE_FORCED);
    }

    @Test
    void whatWasAppendedIsListedAsItWas() {
        LedgerEntry first = ledger.append(event("notes"));
        LedgerEntry second = ledger.appendAsync(event("")).join();
        assertThat(first.sequence()).isEqualTo(1);
        assertThat(first.time()).isEqualTo(START);
        assertThat(second.sequence()).isEqualTo(2);
        assertThat(ledger.list(LedgerQuery.LAST)).containsExactly(first, second);
        assertThat(first.event()).isEqualTo(event("notes"));
        assertThat(ledger.head()).isEqualTo(second.head());
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(second.head()));
    }

    @Test
    void anEmptyLedgerMakesNoHome() {
        assertThat(ledger.head()).isEqualTo(LedgerHead.EMPTY);
        assertThat(ledger.list(LedgerQuery.LAST)).isEmpty();
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(LedgerHead.EMPTY));
        assertThat(ledger.verify(LedgerHead.EMPTY.hash())).isEqualTo(new LedgerVerdict.Intact(LedgerHead.EMPTY));
        assertThat(ledger.verify("a".repeat(64))).isEqualTo(new LedgerVerdict.Cut(LedgerHead.EMPTY, "a".repeat(64)));
        assertThat(ledger.appendIfOpen(List.of(event("notes")))).isFalse();
        assertThat(storage.folder()).doesNotExist();
    }

    @Test
    void rowsAreWrittenTogetherWhereTheDatabaseIsOpen() {
        storage.database();
        assertThat(ledger.appendIfOpen(List.of(event("a"), event("b")))).isTrue();
        assertThat(ledger.head().sequence()).isEqualTo(2);
    }

    @Test
    void aKindThatIsNotKnownIsNotWritten() {
        LedgerEvent unknown = event("notes", LedgerKind.UNKNOWN);
        assertThatThrownBy(() -> ledger.append(unknown)).hasMessage("what is recorded must be known, kind=unknown");
        assertThatThrownBy(() -> ledger.appendAsync(unknown)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listsByExtensionTimeKindAndPage() {
        for (int i = 0; i < 10; i++) {
            ledger.append(event("e" + i % 2, i % 3 == 0 ? LedgerKind.GRANT_ADDED : LedgerKind.LANE_FORCED));
        }
        assertThat(sequences(LedgerQuery.LAST.withLimit(3))).containsExactly(8L, 9L, 10L);
        assertThat(sequences(LedgerQuery.LAST.withAfter(4).withLimit(3))).containsExactly(5L, 6L, 7L);
        assertThat(sequences(LedgerQuery.LAST.withAfter(10))).isEmpty();
        assertThat(sequences(LedgerQuery.LAST.withExtension("e1"))).containsExactly(2L, 4L, 6L, 8L, 10L);
        assertThat(sequences(LedgerQuery.LAST.withKinds(Set.of(LedgerKind.GRANT_ADDED))))
                .containsExactly(1L, 4L, 7L, 10L);
        assertThat(sequences(LedgerQuery.LAST.withKinds(Set.of(LedgerKind.GRANT_ADDED, LedgerKind.LANE_FORCED))))
                .hasSize(10);
        assertThat(sequences(LedgerQuery.LAST.withSince(START.plusSeconds(8)))).containsExactly(9L, 10L);
        assertThat(sequences(LedgerQuery.LAST
                        .withExtension("e0")
                        .withSince(START.plusSeconds(2))
                        .withKinds(Set.of(LedgerKind.GRANT_ADDED))
                        .withAfter(1)
                        .withLimit(5)))
                .containsExactly(7L);
    }

    private List<Long> sequences(LedgerQuery query) {
        return ledger.list(query).stream().map(LedgerEntry::sequence).toList();
    }

    @Test
    void aRowIsKeptIfWhatItExplainsIs() {
        ledger.append(event("first"));
        assertThatThrownBy(() -> storage.database().write(session -> {
                    ledger.append(session, event("undone"));
                    throw new IllegalStateException("not after all");
                }))
                .hasMessage("not after all");
        LedgerEntry kept = storage.database().write(session -> {
            session.prepare("INSERT INTO lane_force VALUES ('notes', 'r', 'user', 1)")
                    .executeUpdate();
            return ledger.append(session, event("notes"));
        });
        assertThat(kept.sequence()).isEqualTo(2);
        assertThat(ledger.list(LedgerQuery.LAST))
                .extracting(entry -> entry.event().extension())
                .containsExactly("first", "notes");
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(kept.head()));
    }

    @Test
    void manyThreadsAppendOneChainAlsoWhereSomeOfTheirWritesAreUndone() throws InterruptedException {
        long seed = Long.getLong("cloche.seed", 20_260_707L);
        ConcurrentLinkedQueue<LedgerEntry> acknowledged = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Random random = new Random(seed + t);
            Thread.Builder builder = t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> {
                for (int i = 0; i < 100; i++) {
                    appendOrFail(random.nextInt(5), acknowledged);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<LedgerEntry> rows = ledger.list(LedgerQuery.LAST.withLimit(LedgerQuery.LIMIT_MAX));
        assertThat(rows).as("seed=%d", seed).containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(rows).extracting(LedgerEntry::sequence).isSorted();
        assertThat(ledger.verify())
                .isEqualTo(new LedgerVerdict.Intact(rows.getLast().head()));
    }

    // Faults 0 to 2: an exception after the row, a constraint, and the loss of the whole group's transaction.
    private void appendOrFail(int fault, ConcurrentLinkedQueue<LedgerEntry> acknowledged) {
        try {
            acknowledged.add(storage.database().write(session -> {
                LedgerEntry entry = ledger.append(session, event("n" + fault));
                switch (fault) {
                    case 0 -> throw new IllegalArgumentException("after the row");
                    case 1 ->
                        session.prepare("INSERT INTO ledger SELECT * FROM ledger LIMIT 1")
                                .executeUpdate();
                    case 2 -> {
                        try (PreparedStatement rollback = session.prepare("ROLLBACK")) {
                            rollback.execute();
                        }
                        throw new SQLException("as if the disk were full");
                    }
                    default -> {
                        // Nothing goes wrong.
                    }
                }
                return entry;
            }));
        } catch (RuntimeException e) {
            assertThat(fault).as(e.toString()).isLessThan(3);
        }
    }

    @Test
    void verifiesMoreThanAPage() {
        storage.database();
        int rows = ChainWalk.PAGE_ROWS + 10;
        List<LedgerEvent> events = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            events.add(event("notes"));
        }
        assertThat(ledger.appendIfOpen(events)).isTrue();
        LedgerHead early = ledger.list(LedgerQuery.LAST.withAfter(16).withLimit(1))
                .getFirst()
                .head();
        assertThat(ledger.verify(early.hash())).isEqualTo(new LedgerVerdict.Intact(ledger.head()));
        assertThat(ledger.head().sequence()).isEqualTo(rows);
        assertThat(ledger.verify("b".repeat(64))).isInstanceOf(LedgerVerdict.Cut.class);
        assertThatThrownBy(() -> ledger.verify("abc")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDatabaseItselfRefusesToChangeRows() {
        ledger.append(event("notes"));
        ledger.append(event("notes"));
        for (String sql : List.of(
                "UPDATE ledger SET count = 1",
                "UPDATE ledger SET count = 4 WHERE sequence = 1",
                "DELETE FROM ledger",
                "DELETE FROM ledger WHERE sequence = 2",
                "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE sequence = 1",
                "INSERT INTO ledger SELECT sequence + 2, time_ms, kind, extension, reason_code, triggered_by,"
                        + " from_state, to_state, count, details, previous, hash FROM ledger WHERE sequence = 2",
                "INSERT INTO ledger SELECT -1, time_ms, kind, extension, reason_code, triggered_by,"
                        + " from_state, to_state, count, details, previous, hash FROM ledger WHERE sequence = 2")) {
            assertThatThrownBy(() -> storage.database()
                            .write(session -> session.prepare(sql).executeUpdate()))
                    .as(sql)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the ledger is append-only: ");
        }
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(ledger.head()));
        assertThat(ledger.head().sequence()).isEqualTo(2);
    }

    @Test
    void theTimesAreTheClocksAndNotHeldToAnyOrder() {
        ledger.append(event("notes"));
        millis.set(0);
        LedgerEntry back = ledger.append(event("notes"));
        assertThat(back.timeMillis()).isZero();
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(back.head()));
    }

    @Test
    void aNewerVersionsKindIsReadAsUnknownAndATamperedRowAsDamage() throws SQLException {
        ledger.append(event("notes"));
        storage.close();
        Path file = storage.stateFile();
        Tampering.run(file, "UPDATE ledger SET kind = 'moon.landed'");
        open(storage.folder());
        assertThat(ledger.list(LedgerQuery.LAST))
                .singleElement()
                .satisfies(entry -> assertThat(entry.event().kind()).isEqualTo(LedgerKind.UNKNOWN));
        storage.close();
        Tampering.run(file, "UPDATE ledger SET details = '{\"a\":1}'");
        open(storage.folder());
        assertThatThrownBy(() -> ledger.list(LedgerQuery.LAST))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.CORRUPT))
                .hasMessage("a row of the ledger is not what was written: details must be a JSON object of texts;"
                        + " `cloche ledger verify` says what else is wrong, sequence=1");
    }

    @Test
    void aDatabaseOfTheVersionBeforeGetsALedger() throws Exception {
        storage.database();
        storage.close();
        Path file = storage.stateFile();
        Tampering.run(
                file,
                "DROP TABLE ledger",
                "DROP TABLE grants",
                "DROP TABLE lane_force",
                "INSERT INTO kv VALUES ('notes', 'k', '1')",
                "PRAGMA user_version = 3");
        open(storage.folder());
        assertThat(ledger.head()).isEqualTo(LedgerHead.EMPTY);
        LedgerEntry first = ledger.append(event("notes"));
        assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(first.head()));
        int kept = storage.database().read(session -> {
            try (var rows = session.prepare("SELECT count(*) FROM kv").executeQuery()) {
                return rows.next() ? rows.getInt(1) : 0;
            }
        });
        assertThat(kept).isEqualTo(1);
        assertThat(Files.exists(file)).isTrue();
    }
}
