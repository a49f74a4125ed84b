package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.cache.ContentCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheCommandTest {
    private static final Instant LONG_AGO = Instant.parse("2021-02-03T04:05:06Z");
    private static final CacheKey CLASSES =
            CacheKey.of(CacheKind.CLASSES).withHash("code", new byte[] {1}).with("engine", "endive-1.0.0");
    private static final CacheKey SNAPSHOT = CacheKey.of(CacheKind.SNAPSHOT).with("bundle", "x");

    private final Session session = Session.interactive();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path home;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path folder;

    @BeforeEach
    void setUp() {
        folder = home.resolve("cache");
    }

    private static void put(Path folder, CacheKey key, Instant when) {
        ContentCache cache = ContentCache.at(folder, 1_000_000, Clock.fixed(when, ZoneOffset.UTC));
        assertThat(cache.put(key, out -> out.write(new byte[100]))).isTrue();
    }

    private void putBoth() {
        put(folder, CLASSES, LONG_AGO);
        put(folder, SNAPSHOT, LONG_AGO.plus(Duration.ofHours(3)));
    }

    private int run(String... args) {
        return session.run(Stream.concat(
                        Stream.of("cache"), Stream.concat(Stream.of(args), Stream.of("--home", home.toString())))
                .toArray());
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private Path damaged() throws IOException {
        Path file = entries().getFirst();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1]++;
        return Files.write(file, bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "verify", "prune"})
    void everyCommandHasHelpWithExamplesAndExitCodes(String command) {
        assertThat(session.run("cache", command, "--help")).isEqualTo(0);
        assertThat(session.out())
                .contains("Usage: cloche cache " + command, "--verbose", "--json", "--folder", "--home")
                .contains("Exit codes:", "70", "Examples:", "  cloche cache " + command);
        assertThat(session.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void withoutACommandTheUsageIsWrong() {
        assertThat(session.run("cache")).isEqualTo(2);
        assertThat(session.err()).isEqualTo("cloche: a command is missing; see `cloche cache --help`\n");
    }

    @Test
    void listsWhatIsThere() {
        putBoth();
        assertThat(run("ls")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("""
                        KIND      BYTES  LAST USED             MADE FROM
                        snapshot  206    2021-02-03T07:05:06Z  bundle=x
                        classes   286    2021-02-03T04:05:06Z  code=4bf5122f3445 engine=endive-1.0.0
                        """);
    }

    @Test
    void listsAsJson() {
        put(folder, SNAPSHOT, LONG_AGO);
        assertThat(run("ls", "--json")).isEqualTo(0);
        assertThat(session.out())
                .startsWith("{\"folder\":\"" + folder + "\",\"entries\":[{\"file\":\"snapshot-")
                .endsWith(".entry\",\"kind\":\"snapshot\",\"key\":{\"bundle\":\"x\"},\"bytes\":206,"
                        + "\"lastUsed\":\"2021-02-03T04:05:06Z\",\"problem\":\"\"}]}\n");
    }

    @Test
    void aCacheThatIsNotThereIsEmptyAndIsNotMade() {
        assertThat(run("ls")).isEqualTo(0);
        assertThat(session.out()).isEmpty();
        assertThat(run("verify")).isEqualTo(0);
        assertThat(run("prune", "--all")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("verified entries=0 bad=0 removed=0\nremoved entries=0 bytes=0\n");
        assertThat(folder).doesNotExist();
    }

    @Test
    void anotherFolderCanBeNamed() {
        Path other = home.resolve("other");
        put(other, SNAPSHOT, LONG_AGO);
        assertThat(run("ls", "--folder", other.toString())).isEqualTo(0);
        assertThat(session.out()).contains("bundle=x");
    }

    @Test
    void aDamagedEntryIsNamedAndRemovedWhenAsked() throws IOException {
        putBoth();
        Path bad = damaged();
        assertThat(run("verify")).isEqualTo(1);
        assertThat(session.out())
                .isEqualTo(bad.getFileName() + " has damaged content\nverified entries=2 bad=1 removed=0\n");
        assertThat(entries()).hasSize(2);
        assertThat(run("verify", "--remove", "--json")).isEqualTo(1);
        assertThat(session.out())
                .contains("\"verified\":2,\"removed\":1,\"entries\":[{\"file\":\"" + bad.getFileName() + "\"")
                .endsWith("\"problem\":\"has damaged content\"}]}\n");
        assertThat(entries()).hasSize(1).doesNotContain(bad);
        assertThat(run("verify")).isEqualTo(0);
        assertThat(session.out()).endsWith("\nverified entries=1 bad=0 removed=0\n");
    }

    @Test
    void whatCannotBeTrustedIsListedAsSuch() throws IOException {
        put(folder, SNAPSHOT, LONG_AGO);
        Path file = entries().getFirst();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(run("ls")).isEqualTo(0);
        assertThat(session.out())
                .contains("\n-     206    2021-02-03T04:05:06Z  " + file.getFileName()
                        + " may be written by others than its owner\n");
    }

    @Test
    void prunesByAgeThenBySize() throws IOException {
        putBoth();
        assertThat(run("prune", "--max-bytes", "492B")).isEqualTo(0);
        assertThat(run("prune", "--max-bytes", "491B")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("removed entries=0 bytes=0\nremoved entries=1 bytes=286\n");
        put(folder, CLASSES, Instant.now());
        assertThat(run("prune", "--older-than", "1h", "--max-bytes", "1MiB", "--json"))
                .isEqualTo(0);
        assertThat(session.out()).endsWith("\n{\"folder\":\"" + folder + "\",\"removed\":1,\"bytes\":206}\n");
        assertThat(entries()).singleElement().asString().contains("classes-");
        assertThat(run("prune", "--all")).isEqualTo(0);
        assertThat(entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--all --max-bytes 1B", "--all --older-than 1h"})
    void pruningMustSayWhat(String options) {
        assertThat(run(("prune " + options).strip().split(" "))).isEqualTo(2);
        assertThat(session.err()).startsWith("cloche: say what to remove: --all, or --older-than or --max-bytes");
    }

    @Test
    void aFolderThatOthersMayWriteIsLeftAlone() throws IOException {
        putBoth();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String command : List.of("ls", "verify")) {
            assertThat(run(command)).isEqualTo(6);
        }
        assertThat(run("prune", "--all")).isEqualTo(6);
        assertThat(session.err())
                .startsWith("cloche: the cache folder may be written by others than its owner; make it a folder that")
                .endsWith("cache=" + folder + "\n");
        assertThat(entries()).hasSize(2);
    }

    @Test
    void theDoctorTellsOfTheCache() throws IOException {
        put(folder, SNAPSHOT, LONG_AGO);
        assertThat(session.run("doctor", "--only", "storage", "--home", home)).isEqualTo(0);
        assertThat(session.out()).containsPattern("ok +storage.cache +entries=1 bytes=206 max-bytes=536870912 ");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(session.run("doctor", "--only", "storage", "--home", home)).isEqualTo(0);
        assertThat(session.out())
                .containsPattern(
                        "warning +storage.cache +nothing is cached: the cache folder may be written by others");
    }
}
