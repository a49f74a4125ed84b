package dev.cloche.host.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabaseTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("state.db");
    }

    static boolean insert(Session session, String key) throws SQLException {
        PreparedStatement insert = session.prepare("INSERT INTO kv (extension, key, value) VALUES ('t', ?, '1')");
        insert.setString(1, key);
        return insert.executeUpdate() == 1;
    }

    private static int count(Session session) throws SQLException {
        try (ResultSet rows = session.prepare("SELECT count(*) FROM kv").executeQuery()) {
            return rows.next() ? rows.getInt(1) : -1;
        }
    }

    private static int counted(Database database) {
        return database.read(DatabaseTest::count);
    }

    private static int pragma(Database database, String name) {
        return database.write(session -> session.queryInt("PRAGMA " + name));
    }

    @Test
    void readsWhatWasWrittenFromPlatformAndVirtualThreads() throws Exception {
        try (Database database = Database.open(file())) {
            boolean inserted = database.write(session -> insert(session, "a"));
            assertThat(inserted).isTrue();
            assertThat(counted(database)).isEqualTo(1);
            CompletableFuture<Integer> virtual = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> virtual.complete(database.read(DatabaseTest::count)));
            assertThat(virtual).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(1);
            assertThat(database.readAsync(DatabaseTest::count).get()).isEqualTo(1);
        }
    }

    @Test
    void isSetUpToLoseNothing() {
        try (Database database = Database.open(file())) {
            assertThat(pragma(database, "synchronous")).as("FULL").isEqualTo(2);
            assertThat(pragma(database, "foreign_keys")).isEqualTo(1);
            assertThat(pragma(database, "busy_timeout")).isEqualTo(5_000);
            assertThat(folder.resolve("state.db-wal")).exists();
        }
        assertThat(folder.resolve("state.db-wal")).as("closed cleanly").doesNotExist();
    }

    @Test
    void readersCannotWrite() {
        try (Database database = Database.open(file())) {
            assertThatThrownBy(() -> database.read(session -> insert(session, "a")))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.READ_ONLY));
            assertThat(counted(database)).isZero();
        }
    }

    @Test
    void workThatThrowsHasWrittenNothingAndItsExceptionIsTheCallers() {
        try (Database database = Database.open(file())) {
            assertThatThrownBy(() -> database.write(session -> {
                        insert(session, "a");
                        throw new IllegalArgumentException("mine");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mine");
            assertThat(counted(database)).isZero();
        }
    }

    @Test
    void writeFromWithinAWriteIsACallersBug() {
        try (Database database = Database.open(file())) {
            assertThatThrownBy(() -> database.write(_ -> database.write(session -> insert(session, "a"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("a write must not wait for another one, database=");
        }
    }

    @Test
    void eachOfManyParallelWritesIsAnsweredOnceAndFailingOnesTakeNothingWithThem() throws InterruptedException {
        long seed = Long.getLong("cloche.seed", 20_260_101L);
        AtomicInteger written = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger onDisk = new AtomicInteger();
        AtomicInteger expectedFailures = new AtomicInteger();
        try (Database database = Database.open(file())) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int id = t;
                Random random = new Random(seed + t);
                Thread.Builder builder = t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
                threads.add(builder.start(() -> {
                    for (int i = 0; i < 150; i++) {
                        String key = id + "-" + i;
                        int fault = random.nextInt(6);
                        expectedFailures.addAndGet(fault < 3 ? 1 : 0);
                        try {
                            database.write(session -> faulty(session, key, fault), onDisk::incrementAndGet);
                            written.incrementAndGet();
                        } catch (RuntimeException e) {
                            failed.incrementAndGet();
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failed).as("seed=%d", seed).hasValue(expectedFailures.get());
            assertThat(written).as("seed=%d", seed).hasValue(1_200 - expectedFailures.get());
            assertThat(onDisk).hasValue(written.get());
            assertThat(counted(database)).isEqualTo(written.get());
        }
    }

    // Faults 0 to 2: an exception after the insert, a constraint, and the loss of the whole transaction.
    private static boolean faulty(Session session, String key, int fault) throws SQLException {
        insert(session, key);
        switch (fault) {
            case 0 -> throw new IllegalArgumentException("after the insert");
            case 1 -> insert(session, key);
            case 2 -> {
                session.execute("ROLLBACK");
                throw new SQLException("as if the disk were full");
            }
            default -> {
                // Nothing goes wrong.
            }
        }
        return true;
    }

    @Test
    void writesQueuedBeforeClosingAreCarriedOutAndLaterOnesRefused() throws Exception {
        Database database = Database.open(file());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        writes.add(database.writeAsync(session -> {
            entered.countDown();
            awaitUnchecked(gate);
            return insert(session, "first");
        }));
        entered.await();
        for (int i = 0; i < 300; i++) {
            String key = "k" + i;
            writes.add(database.writeAsync(session -> insert(session, key)));
        }
        Thread closing = Thread.ofPlatform().start(database::close);
        gate.countDown();
        closing.join();
        assertThat(writes).allSatisfy(write -> assertThat(write).isCompletedWithValue(true));
        assertThatThrownBy(() -> database.write(session -> insert(session, "late")))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
        assertThatThrownBy(() -> database.read(DatabaseTest::count))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
        database.close();
        try (Database again = Database.open(file())) {
            assertThat(counted(again)).isEqualTo(301);
        }
    }

    @Test
    void interruptedThreadClosesAllTheSameAndKeepsItsFlag() throws Exception {
        Database database = Database.open(file());
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Boolean> first = database.writeAsync(session -> {
            writer.complete(Thread.currentThread());
            awaitUnchecked(gate);
            return insert(session, "first");
        });
        CompletableFuture<Integer> read = database.readAsync(session -> {
            reading.countDown();
            awaitUnchecked(gate);
            return count(session);
        });
        writer.join();
        reading.await();
        List<CompletableFuture<Boolean>> writes = new ArrayList<>(List.of(first));
        for (int i = 0; i < GroupCommit.QUEUE_CAPACITY; i++) {
            String key = "k" + i;
            writes.add(database.writeAsync(session -> insert(session, key)));
        }
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread closing = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            database.close();
            flag.complete(Thread.currentThread().isInterrupted());
        });
        gate.countDown();
        closing.join();
        assertThat(flag).as("the interrupt flag").isCompletedWithValue(true);
        assertThat(writes).allSatisfy(write -> assertThat(write).isCompletedWithValue(true));
        assertThat(read).isCompleted();
        writer.join().join();
        assertThat(folder.resolve("state.db-wal")).as("no connection is open").doesNotExist();
    }

    @Test
    void closingWaitsForABoundedTimeAndWhatIsUnderWayComesToItsEnd() throws Exception {
        Database database = Database.open(file());
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Boolean> slow = database.writeAsync(session -> {
            writer.complete(Thread.currentThread());
            awaitUnchecked(gate);
            return insert(session, "slow");
        });
        writer.join();
        assertThatThrownBy(() -> database.close(20))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY))
                .hasMessage("the database is still at work and closes when it is done, database=" + file()
                        + " waited_ms=20");
        gate.countDown();
        assertThat(slow).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
        writer.join().join();
        assertThat(folder.resolve("state.db-wal")).as("no connection is open").doesNotExist();
        assertThat(Database.CLOSE_TIMEOUT_MILLIS).isEqualTo(10_000);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void interruptedCallerIsToldAndKeepsItsFlag() {
        try (Database database = Database.open(file())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> database.write(session -> insert(session, "a")))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void refusesADatabaseOfANewerVersion() {
        try (Database database = Database.open(file())) {
            database.write(session -> {
                session.executeOnce("PRAGMA user_version = 99");
                return true;
            });
        }
        assertThatThrownBy(() -> Database.open(file()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NEWER))
                .hasMessage("a newer Cloche has written this database; use that one or another home, database=" + file()
                        + " schema=99 known=" + Schema.VERSION);
    }

    @Test
    void saysThatAFileIsNoDatabase() throws IOException {
        Files.writeString(file(), "not a database at all, but long enough to be looked at".repeat(100));
        assertThatThrownBy(() -> Database.open(file()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
                .hasMessage(
                        "the database is damaged; put a backup in its place or move it away to begin anew, database="
                                + file());
    }

    @Test
    void saysThatAFolderIsNotThere() {
        Path nowhere = folder.resolve("nowhere").resolve("state.db");
        assertThatThrownBy(() -> Database.open(nowhere))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("database=" + nowhere);
    }

    @Test
    void killedProcessLosesNothingItAcknowledged() throws Exception {
        for (int round = 0; round < 2; round++) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            WritingChild.class.getName(),
                            file().toString(),
                            "round" + round)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            List<String> acknowledged = new ArrayList<>();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                String line = out.readLine();
                while (line != null) {
                    acknowledged.add(line);
                    if (acknowledged.size() == 120) {
                        // Through its handle: the process itself would close the stream that is read here.
                        child.toHandle().destroyForcibly();
                    }
                    line = out.readLine();
                }
            } finally {
                child.destroyForcibly();
            }
            child.waitFor();
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(120);
            // The kill can cut the last line short.
            acknowledged.removeLast();
            try (Database database = Database.open(file())) {
                List<String> stored = database.read(DatabaseTest::keys);
                assertThat(stored).containsAll(acknowledged);
            }
        }
    }

    private static List<String> keys(Session session) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (ResultSet rows = session.prepare("SELECT key FROM kv").executeQuery()) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }
}
