package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.storage.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LedgerKillTest {
    private static final int ROUNDS = 2;
    private static final int ROWS_BEFORE_KILL = 150;

    @TempDir
    Path home;

    @Test
    void aKilledProcessLeavesAnIntactChainWithEveryRowItAcknowledged() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged.addAll(acknowledgedUntilKilled());
            try (Storage storage = new Storage(home, Duration.ofSeconds(5), System::nanoTime)) {
                Ledger ledger = new Ledger(storage, InstantSource.system());
                List<LedgerEntry> rows = ledger.list(LedgerQuery.LAST.withLimit(LedgerQuery.LIMIT_MAX));
                assertThat(rows)
                        .extracting(row -> row.sequence() + " " + row.hash())
                        .containsAll(acknowledged);
                assertThat(ledger.verify(rows.getLast().hash()))
                        .isEqualTo(new LedgerVerdict.Intact(rows.getLast().head()));
                assertThat(ledger.append(LedgerTest.event("after")).sequence()).isEqualTo(rows.size() + 1L);
            }
        }
    }

    private List<String> acknowledgedUntilKilled() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LedgerChild.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (lines.size() == ROWS_BEFORE_KILL) {
                    // Through its handle: the process itself would close the stream that is read here.
                    child.toHandle().destroyForcibly();
                }
            }
        } finally {
            child.destroyForcibly();
        }
        child.waitFor();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(ROWS_BEFORE_KILL);
        // The kill can cut the last line short.
        lines.removeLast();
        return lines;
    }
}
