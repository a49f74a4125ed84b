package dev.cloche.host.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HomeTest {
    private static final String DIGEST_A = "a".repeat(64);
    private static final String DIGEST_B = "b".repeat(64);

    @TempDir
    Path temp;

    private Path folder() {
        return temp.resolve("deep").resolve("home");
    }

    private Storage storage() {
        return new Storage(folder(), Duration.ZERO, System::nanoTime);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void isMadeWhenFirstAskedForAndForItsOwnerOnly() throws IOException {
        try (Storage storage = storage()) {
            assertThat(folder()).doesNotExist();
            Home home = storage.home();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                    .isEqualTo("rwx------");
            assertThat(home.bundles()).isDirectory().hasParent(folder());
            assertThat(home.cache()).isDirectory().hasParent(folder());
            assertThat(home.stateFile()).doesNotExist().hasFileName("state.db");
            assertThat(storage.database()).isSameAs(storage.database());
            assertThat(home.stateFile()).exists();
        }
    }

    @Test
    void databaseIsItsOwnersOnlyAlsoInAFolderThatOthersMayRead() throws IOException {
        Files.createDirectories(
                folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        try (Storage storage = storage()) {
            storage.database().write(session -> DatabaseTest.insert(session, "a"));
            for (String file : List.of("state.db", "state.db-wal", "state.db-shm")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve(file))))
                        .as(file)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void lockOutlivesTheAttemptsOfOtherHostsOfThisProcess() throws Exception {
        Path alias = temp.resolve("alias");
        try (Home _ = Home.open(folder(), Duration.ZERO, System::nanoTime)) {
            Files.createSymbolicLink(alias, folder());
            for (Path path : List.of(folder(), alias)) {
                assertThatThrownBy(() -> Home.open(path, Duration.ZERO, System::nanoTime))
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.HELD));
                assertThat(seenByAnotherProcess()).isEqualTo("HELD");
            }
        }
        assertThat(seenByAnotherProcess()).isEqualTo("free");
        Home.open(alias, Duration.ZERO, System::nanoTime).close();
    }

    private String seenByAnotherProcess() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LockingChild.class.getName(),
                        folder().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void closingTwiceDoesNotTakeTheHomeFromItsNextHost() {
        Home first = Home.open(folder(), Duration.ZERO, System::nanoTime);
        first.close();
        try (Home _ = Home.open(folder(), Duration.ZERO, System::nanoTime)) {
            first.close();
            assertThatThrownBy(() -> Home.open(folder(), Duration.ZERO, System::nanoTime))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HELD));
        }
    }

    @Test
    void interruptedHostIsToldAndTheHomeStaysFree() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Home.open(folder(), Duration.ofSeconds(20), System::nanoTime))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
        Home.open(folder(), Duration.ZERO, System::nanoTime).close();
    }

    @Test
    void secondHostIsToldWhoHoldsTheHome() {
        try (Home home = Home.open(folder(), Duration.ZERO, System::nanoTime)) {
            assertThatThrownBy(() -> Home.open(home.folder(), Duration.ofMillis(50), System::nanoTime))
                    .isInstanceOf(IllegalStateException.class)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HELD))
                    .hasMessage("another host uses this home; stop it or choose another home, home=" + folder()
                            + " pid=" + ProcessHandle.current().pid());
        }
    }

    @Test
    void waitsForTheLock() {
        Home first = Home.open(folder(), Duration.ZERO, System::nanoTime);
        CompletableFuture<Home> second =
                CompletableFuture.supplyAsync(() -> Home.open(folder(), Duration.ofSeconds(20), System::nanoTime));
        first.close();
        first.close();
        assertThat(second).succeedsWithin(20, TimeUnit.SECONDS).satisfies(Home::close);
    }

    @Test
    void saysThatTheFolderCannotBeUsed() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> Home.open(file.resolve("home"), Duration.ZERO, System::nanoTime))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("home=" + file.resolve("home"));
    }

    @Test
    void closedStorageOpensNothing() {
        Storage storage = storage();
        storage.close();
        assertThatThrownBy(storage::database)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
        assertThat(folder()).doesNotExist();
    }

    private static InstalledBundles.Installed installed(String id, String version, String digest) {
        return new InstalledBundles.Installed(id, version, digest, "rules", 3, true);
    }

    @Test
    void notesWhatABundleWasHeldAgainstSince() {
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("notes", "1.0.0", DIGEST_A), bytes("zip"), BundleNote.NONE);
            bundles.note(new InstalledBundles.Installed("notes", "1.0.0", DIGEST_A, "later", 5, false));
            bundles.note(new InstalledBundles.Installed("notes", "1.0.0", DIGEST_B, "of another bundle", 7, true));
            assertThat(bundles.list())
                    .containsExactly(new InstalledBundles.Installed("notes", "1.0.0", DIGEST_A, "later", 5, false));
        }
    }

    @Test
    void aNoteThatCannotBeWrittenUndoesTheChange() {
        BundleNote failing = (_, _, _, _) -> {
            throw new SQLException("as if the disk were full");
        };
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("notes", "1.0.0", DIGEST_A), bytes("one"), BundleNote.NONE);
            assertThatThrownBy(() -> bundles.store(installed("notes", "2.0.0", DIGEST_B), bytes("two"), failing))
                    .isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> bundles.remove("notes", failing)).isInstanceOf(StorageException.class);
            assertThat(bundles.list()).containsExactly(installed("notes", "1.0.0", DIGEST_A));
            assertThat(bundles.load(DIGEST_A)).hasValue(bytes("one"));
            assertThat(bundles.remove("alarm", failing)).as("nothing to note").isFalse();
        }
    }

    @Test
    void keepsBundlesOverARestart() {
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("notes", "1.0.0", DIGEST_A), bytes("zip a"), BundleNote.NONE);
            bundles.store(installed("alarm", "0.1.0", DIGEST_B), bytes("zip b"), BundleNote.NONE);
        }
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            assertThat(bundles.list())
                    .isEqualTo(List.of(installed("notes", "1.0.0", DIGEST_A), installed("alarm", "0.1.0", DIGEST_B)));
            assertThat(bundles.load(DIGEST_A)).hasValue(bytes("zip a"));
            assertThat(bundles.load("c".repeat(64))).isEmpty();
        }
    }

    @Test
    void listsBundlesInTheOrderOfTheirRegistrationWhichAnUpgradeKeeps() {
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            for (String id : List.of("z", "a", "m", "last")) {
                bundles.store(installed(id, "1.0.0", DIGEST_A), bytes(id), BundleNote.NONE);
            }
            bundles.store(installed("z", "2.0.0", DIGEST_B), bytes("z2"), BundleNote.NONE);
            bundles.remove("a", BundleNote.NONE);
            bundles.remove("last", BundleNote.NONE);
            bundles.store(installed("a", "1.0.0", DIGEST_A), bytes("a"), BundleNote.NONE);
            assertThat(bundles.list())
                    .extracting(InstalledBundles.Installed::id)
                    .containsExactly("z", "m", "a");
        }
    }

    @Test
    void keepsTheBundlesOfAnOlderDatabaseInTheirOrder() throws Exception {
        Files.createDirectories(folder());
        try (Session session = Session.writer(folder().resolve("state.db"))) {
            session.executeOnce("CREATE TABLE bundle (id TEXT PRIMARY KEY, version TEXT NOT NULL,"
                    + " digest TEXT NOT NULL, zip_sha256 TEXT NOT NULL) STRICT");
            session.executeOnce("INSERT INTO bundle VALUES ('z', '1.0.0', 'dz', 'sz'), ('a', '1.1.0', 'da', 'sa')");
            session.executeOnce("PRAGMA user_version = 1");
        }
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("m", "1.0.0", DIGEST_A), bytes("m"), BundleNote.NONE);
            assertThat(bundles.list())
                    .containsExactly(
                            new InstalledBundles.Installed("z", "1.0.0", "dz", "", 0, false),
                            new InstalledBundles.Installed("a", "1.1.0", "da", "", 0, false),
                            installed("m", "1.0.0", DIGEST_A));
        }
    }

    @Test
    void removesFilesThatNoRowNamesAndLeavesOthersAlone() throws IOException {
        try (Storage storage = storage()) {
            Path folder = storage.home().bundles();
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("notes", "1.0.0", DIGEST_A), bytes("old"), BundleNote.NONE);
            bundles.store(installed("copy", "1.0.0", DIGEST_A), bytes("old"), BundleNote.NONE);
            bundles.store(installed("notes", "2.0.0", DIGEST_B), bytes("new"), BundleNote.NONE);
            assertThat(files(folder)).as("the copy still needs it").hasSize(2);
            assertThat(bundles.remove("copy", BundleNote.NONE)).isTrue();
            assertThat(bundles.remove("copy", BundleNote.NONE)).isFalse();
            assertThat(files(folder)).hasSize(1);
            Files.writeString(folder.resolve("1".repeat(64) + ".zip"), "orphan");
            Files.writeString(folder.resolve("2".repeat(64) + ".part"), "torn");
            Files.writeString(folder.resolve("README"), "the operator's");
            InstalledBundles.open(storage);
            assertThat(files(folder)).hasSize(2).contains("README");
            assertThat(bundles.load(DIGEST_B)).hasValue(bytes("new"));
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (var list = Files.list(folder)) {
            return list.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void saysThatAStoredBundleIsDamagedOrGone() throws IOException {
        try (Storage storage = storage()) {
            InstalledBundles bundles = InstalledBundles.open(storage);
            bundles.store(installed("notes", "1.0.0", DIGEST_A), bytes("zip"), BundleNote.NONE);
            Path file = storage.home()
                    .bundles()
                    .resolve(files(storage.home().bundles()).getFirst());
            for (Map.Entry<String, String> damage : Map.of(
                            "other", "the bundle's file is damaged", "", "the bundle's file is gone")
                    .entrySet()) {
                if (damage.getKey().isEmpty()) {
                    Files.deleteIfExists(file);
                } else {
                    Files.writeString(file, damage.getKey());
                }
                assertThatThrownBy(() -> bundles.load(DIGEST_A))
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
                        .hasMessage(damage.getValue() + "; install the bundle again, file=" + file);
            }
        }
    }
}
