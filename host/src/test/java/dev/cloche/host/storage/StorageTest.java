package dev.cloche.host.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StorageTest {
    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    private static Kind kindOf(Runnable action) {
        return catchThrowableOfType(StorageException.class, action::run).kind();
    }

    @Test
    void failsAtOnceForAWhileAfterTheHomeWasFoundHeld() {
        try (Storage storage = new Storage(folder, Duration.ZERO, nanos::get)) {
            try (Home _ = Home.open(folder, Duration.ZERO, nanos::get)) {
                assertThat(kindOf(storage::database)).isEqualTo(Kind.HELD);
            }
            nanos.addAndGet(Storage.HELD_MEMORY.toNanos() - 1);
            assertThatThrownBy(storage::home)
                    .as("it is free, but nobody looked")
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HELD))
                    .hasMessage("another host uses this home; stop it or choose another home, home=" + folder + " pid="
                            + ProcessHandle.current().pid());
            nanos.addAndGet(1);
            assertThat(storage.home().folder()).isEqualTo(folder);
        }
        assertThat(Storage.HELD_MEMORY).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void callersBehindOneAnotherWaitForAHeldHomeOnlyOnce() throws InterruptedException {
        // Each look at the clock, of which a wait has many, is a tenth of the time to wait.
        try (Home _ = Home.open(folder, Duration.ZERO, nanos::get);
                Storage storage = new Storage(folder, Duration.ofSeconds(1), () -> nanos.getAndAdd(100_000_000))) {
            long startNanos = nanos.get();
            List<CompletableFuture<Kind>> kinds = new ArrayList<>();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Kind> kind = new CompletableFuture<>();
                kinds.add(kind);
                callers.add(Thread.ofPlatform().start(() -> kind.complete(kindOf(storage::database))));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(kinds).allSatisfy(kind -> assertThat(kind).isCompletedWithValue(Kind.HELD));
            assertThat(nanos.get() - startNanos)
                    .as("one wait and a look for each of the others")
                    .isLessThan(TimeUnit.SECONDS.toNanos(2));
        }
    }

    @Test
    void interruptedCallerDoesNotWaitForTheOneWhoWaitsForTheHome() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        try (Home _ = Home.open(folder, Duration.ZERO, nanos::get);
                Storage storage = new Storage(folder, Duration.ofSeconds(1), () -> {
                    waiting.countDown();
                    return nanos.get();
                })) {
            CompletableFuture<Kind> first = new CompletableFuture<>();
            Thread opening = Thread.ofPlatform().start(() -> first.complete(kindOf(storage::database)));
            waiting.await();
            try {
                for (Runnable caller : List.<Runnable>of(storage::database, storage::home)) {
                    CompletableFuture<Kind> second = new CompletableFuture<>();
                    Thread.ofPlatform().daemon().start(() -> {
                        Thread.currentThread().interrupt();
                        Kind kind = kindOf(caller);
                        second.complete(Thread.currentThread().isInterrupted() ? kind : Kind.IO);
                    });
                    assertThat(second).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(Kind.INTERRUPTED);
                }
                assertThat(first).as("the clock stands still").isNotDone();
            } finally {
                opening.interrupt();
            }
            assertThat(first).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(Kind.INTERRUPTED);
        }
    }

    @Test
    void interruptedThreadClosesWhatIsOpenAndKeepsItsFlag() {
        Storage storage = new Storage(folder, Duration.ZERO, nanos::get);
        CompletableFuture<Boolean> write = storage.database().writeAsync(session -> DatabaseTest.insert(session, "a"));
        Thread.currentThread().interrupt();
        storage.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(write).isCompletedWithValue(true);
        assertThat(folder.resolve("state.db-wal")).doesNotExist();
        Home.open(folder, Duration.ZERO, nanos::get).close();
    }
}
