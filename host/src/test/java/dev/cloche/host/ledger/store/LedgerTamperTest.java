package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What verification finds on copies of a ledger that somebody has changed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerTamperTest {
    private static final int ROWS = 9;

    private Path original;
    private List<LedgerEntry> rows;

    @BeforeAll
    void write(@TempDir Path folder) {
        Path written = folder.resolve("written");
        try (Storage storage = storage(written)) {
            Ledger ledger = ledger(storage);
            for (int i = 0; i < ROWS; i++) {
                ledger.append(LedgerTest.event("notes"));
            }
            rows = ledger.list(LedgerQuery.LAST);
        }
        original = written.resolve("state.db");
    }

    private static Storage storage(Path home) {
        return new Storage(home, Duration.ofSeconds(5), System::nanoTime);
    }

    private static Ledger ledger(Storage storage) {
        return new Ledger(storage, InstantSource.fixed(Instant.EPOCH));
    }

    private LedgerVerdict verdict(Path home, String expected, String... statements) throws IOException, SQLException {
        Files.createDirectories(home);
        Path copy = Files.copy(original, home.resolve("state.db"));
        Tampering.run(copy, statements);
        try (Storage storage = storage(home)) {
            Ledger ledger = ledger(storage);
            return expected.isEmpty() ? ledger.verify() : ledger.verify(expected);
        }
    }

    private LedgerHead last() {
        return rows.getLast().head();
    }

    @Test
    void anUntouchedCopyIsIntact(@TempDir Path home) throws Exception {
        assertThat(verdict(home, last().hash())).isEqualTo(new LedgerVerdict.Intact(last()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sequence = 100",
                "time_ms = time_ms + 1",
                "kind = 'lane.reverted'",
                "extension = 'other'",
                "reason_code = reason_code || 'x'",
                "triggered_by = 'user'",
                "from_state = ''",
                "to_state = substr(to_state, 2)",
                "count = count + 1",
                "details = '{}'",
                "details = details || ' '",
                "previous = randomblob(32)",
                "previous = x''",
                "hash = zeroblob(32)",
                "hash = x'00'"
            })
    void aChangeOfAnyColumnIsFound(String change, @TempDir Path folder) throws Exception {
        for (int row : List.of(1, 5, ROWS)) {
            LedgerVerdict verdict = verdict(
                    folder.resolve("row" + row), "", "UPDATE ledger SET " + change + " WHERE sequence = " + row);
            assertThat(verdict)
                    .as("row=%d", row)
                    .isInstanceOfSatisfying(
                            LedgerVerdict.Broken.class,
                            broken -> assertThat(broken.sequence()).isIn((long) row, row + 1L, 100L));
        }
    }

    @Test
    void textThatMovesFromOneColumnToTheNextIsFound(@TempDir Path home) throws Exception {
        assertThat(verdict(
                        home,
                        "",
                        "UPDATE ledger SET from_state = from_state || substr(to_state, 1, 1),"
                                + " to_state = substr(to_state, 2) WHERE sequence = 4"))
                .isEqualTo(new LedgerVerdict.Broken(4, "its content is not what was written"));
    }

    @Test
    void textThatIsNotUtf8DoesNotPassForOther(@TempDir Path home) throws Exception {
        assertThat(verdict(home, "", "UPDATE ledger SET to_state = CAST(x'6166746572ff' AS TEXT) WHERE sequence = 2"))
                .isEqualTo(new LedgerVerdict.Broken(2, "its content is not what was written"));
    }

    @Test
    void rowsTakenOutOfTheMiddleOrTheFrontAreMissed(@TempDir Path folder) throws Exception {
        assertThat(verdict(folder.resolve("middle"), "", "DELETE FROM ledger WHERE sequence = 5"))
                .isEqualTo(new LedgerVerdict.Broken(
                        6, "rows are missing before it, or its sequence was changed, expected=5"));
        assertThat(verdict(folder.resolve("front"), "", "DELETE FROM ledger WHERE sequence < 3"))
                .isEqualTo(new LedgerVerdict.Broken(
                        3, "rows are missing before it, or its sequence was changed, expected=1"));
        assertThat(verdict(
                        folder.resolve("closed-up"),
                        "",
                        "DELETE FROM ledger WHERE sequence = 5",
                        "UPDATE ledger SET sequence = sequence - 1 WHERE sequence > 5"))
                .isEqualTo(new LedgerVerdict.Broken(5, "it does not follow on the row before it"));
    }

    @Test
    void rowsPutBeforeTheFirstAreFound(@TempDir Path home) throws Exception {
        assertThat(verdict(
                        home,
                        "",
                        "INSERT INTO ledger SELECT " + Long.MIN_VALUE
                                + ", time_ms, kind, extension, reason_code, triggered_by, from_state, to_state, count,"
                                + " details, previous, hash FROM ledger WHERE sequence = 1"))
                .isInstanceOfSatisfying(
                        LedgerVerdict.Broken.class,
                        broken -> assertThat(broken.sequence()).isEqualTo(Long.MIN_VALUE));
    }

    @Test
    void aTailThatWasCutOffShowsByTheExpectedHeadAlone(@TempDir Path folder) throws Exception {
        String cut = "DELETE FROM ledger WHERE sequence > 6";
        LedgerHead left = rows.get(5).head();
        assertThat(verdict(folder.resolve("unknowing"), "", cut)).isEqualTo(new LedgerVerdict.Intact(left));
        assertThat(verdict(folder.resolve("earlier"), rows.get(3).hash(), cut))
                .as("an older head is still there")
                .isEqualTo(new LedgerVerdict.Intact(left));
        assertThat(verdict(folder.resolve("knowing"), last().hash(), cut))
                .isEqualTo(new LedgerVerdict.Cut(left, last().hash()));
        assertThat(verdict(folder.resolve("all"), last().hash(), "DELETE FROM ledger"))
                .isEqualTo(new LedgerVerdict.Cut(LedgerHead.EMPTY, last().hash()));
    }

    @Test
    void aLedgerWrittenAnewShowsByTheExpectedHead(@TempDir Path home) throws Exception {
        try (Storage storage = storage(home)) {
            Ledger ledger = ledger(storage);
            for (int i = 0; i < ROWS; i++) {
                ledger.append(LedgerTest.event("other"));
            }
            assertThat(ledger.verify()).isEqualTo(new LedgerVerdict.Intact(ledger.head()));
            assertThat(ledger.verify(last().hash())).isInstanceOf(LedgerVerdict.Cut.class);
        }
    }
}
