package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DenialRowsTest {
    private final AtomicLong nanos = new AtomicLong();

    private Storage storage(Path home) {
        return new Storage(home, Duration.ofSeconds(5), System::nanoTime);
    }

    private static void deny(DenialRows rows, int times) {
        for (int i = 0; i < times; i++) {
            rows.denied("notes", "kv.get", DenialTallyTest.policy("default"));
        }
    }

    @Test
    void theFirstIsWrittenWithoutWaitingForTheWindowAndTheRestAtTheEnd(@TempDir Path home) {
        try (Storage storage = storage(home)) {
            Ledger ledger = new Ledger(storage, InstantSource.fixed(Instant.EPOCH));
            storage.database();
            CompletableFuture<List<LedgerEvent>> first = new CompletableFuture<>();
            DenialRows rows = new DenialRows(
                    events -> {
                        boolean written = ledger.appendIfOpen(events);
                        first.complete(events);
                        return written;
                    },
                    nanos::get);
            deny(rows, 1);
            assertThat(first.orTimeout(30, TimeUnit.SECONDS).join())
                    .extracting(LedgerEvent::count)
                    .containsExactly(1L);
            deny(rows, 99);
            rows.close();
            assertThat(rows.figures()).isEqualTo(new DenialRows.Figures(100, 0));
            List<LedgerEntry> entries = ledger.list(LedgerQuery.LAST);
            assertThat(entries).extracting(entry -> entry.event().count()).containsExactly(1L, 99L);
            assertThat(ledger.verify())
                    .isEqualTo(new LedgerVerdict.Intact(entries.getLast().head()));
            rows.close();
        }
    }

    @Test
    void aHomeThatNobodyHasOpenedIsNotMade(@TempDir Path folder) {
        Path home = folder.resolve("home");
        try (Storage storage = storage(home)) {
            DenialRows rows = new DenialRows(new Ledger(storage, InstantSource.fixed(Instant.EPOCH)), nanos::get);
            deny(rows, 5);
            rows.close();
            assertThat(rows.figures()).isEqualTo(new DenialRows.Figures(0, 5));
        }
        assertThat(home).doesNotExist();
    }

    @Test
    void whatWasCountedBeforeTheHomeWasOpenedIsWrittenThen(@TempDir Path folder) {
        try (Storage storage = storage(folder.resolve("home"))) {
            Ledger ledger = new Ledger(storage, InstantSource.fixed(Instant.EPOCH));
            CountDownLatch refused = new CountDownLatch(1);
            DenialRows rows = new DenialRows(
                    events -> {
                        boolean written = ledger.appendIfOpen(events);
                        refused.countDown();
                        return written;
                    },
                    nanos::get);
            deny(rows, 5);
            awaitUnchecked(refused);
            storage.database();
            rows.close();
            assertThat(ledger.list(LedgerQuery.LAST))
                    .extracting(entry -> entry.event().count())
                    .containsExactly(5L);
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aWriteThatFailsLosesNothing() {
        List<LedgerEvent> written = new CopyOnWriteArrayList<>();
        CountDownLatch failed = new CountDownLatch(1);
        DenialRows rows = new DenialRows(
                events -> {
                    if (failed.getCount() > 0) {
                        failed.countDown();
                        throw new IllegalStateException("as if the disk were full");
                    }
                    return written.addAll(events);
                },
                nanos::get);
        deny(rows, 1);
        awaitUnchecked(failed);
        deny(rows, 2);
        rows.close();
        assertThat(written.stream().mapToLong(LedgerEvent::count).sum()).isEqualTo(3);
    }

    @Test
    void aDenialNeverWaitsForTheDisk() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        List<LedgerEvent> written = new CopyOnWriteArrayList<>();
        DenialRows rows = new DenialRows(
                events -> {
                    awaitUnchecked(gate);
                    return written.addAll(events);
                },
                nanos::get);
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            callers.add(Thread.ofPlatform().start(() -> deny(rows, 1_000)));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        gate.countDown();
        rows.close();
        assertThat(written.stream().mapToLong(LedgerEvent::count).sum()).isEqualTo(4_000);
    }

    @Test
    void closingWithoutADenialWritesNothingAndOnAnInterruptedThreadKeepsTheFlag() {
        List<LedgerEvent> written = new CopyOnWriteArrayList<>();
        DenialRows rows = new DenialRows(written::addAll, nanos::get);
        rows.close();
        assertThat(written).isEmpty();
        DenialRows busy = new DenialRows(written::addAll, nanos::get);
        deny(busy, 3);
        Thread.currentThread().interrupt();
        busy.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(written.stream().mapToLong(LedgerEvent::count).sum()).isEqualTo(3);
        assertThat(DenialRows.CLOSE_TIMEOUT_MILLIS).isEqualTo(5_000);
    }
}
