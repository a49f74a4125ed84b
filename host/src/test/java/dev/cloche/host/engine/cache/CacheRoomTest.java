package dev.cloche.host.engine.cache;

import static dev.cloche.host.engine.cache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which entries stay when there is no room for all, and what else is cleaned up.
@Timeout(60)
class CacheRoomTest {
    private static final Duration HOURS = Duration.ofHours(2);

    @TempDir
    Path temp;

    private CacheFixture fixture;
    private long entryBytes;

    @BeforeEach
    void setUp() throws IOException {
        fixture = new CacheFixture(temp.resolve("cache"));
        fixture.put(key("0"), "content");
        entryBytes = Files.size(fixture.file(key("0")));
        fixture.cache().removeAll();
        fixture.reopen(3 * entryBytes);
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private void put(String... codes) {
        for (String code : codes) {
            fixture.clock().move(HOURS);
            assertThat(fixture.put(key(code), "content")).isTrue();
        }
    }

    private void use(String code) {
        fixture.clock().move(HOURS);
        assertThat(fixture.get(key(code))).isEqualTo("content");
    }

    /// The one used last first.
    private List<String> codes() {
        return fixture.cache().entries().stream()
                .map(entry -> entry.key() == null
                        ? entry.problem()
                        : entry.key().parts().getFirst().value())
                .toList();
    }

    @Test
    void theOneUnusedForLongestMakesRoom() {
        put("1", "2", "3");
        use("1");
        put("4");
        assertThat(codes()).containsExactly("4", "1", "3");
        use("3");
        put("5");
        assertThat(codes()).containsExactly("5", "3", "4");
        assertThat(fixture.cache().stats().evicted()).isEqualTo(2);
        put("5");
        assertThat(codes()).as("an entry needs no room beside itself").containsExactly("5", "3", "4");
    }

    @Test
    void aUseIsNotedOnceAnHour() throws IOException {
        put("1");
        FileTime first = Files.getLastModifiedTime(fixture.file(key("1")));
        fixture.clock().move(Duration.ofMinutes(59));
        assertThat(fixture.get(key("1"))).isEqualTo("content");
        assertThat(Files.getLastModifiedTime(fixture.file(key("1")))).isEqualTo(first);
        fixture.clock().move(Duration.ofMinutes(2));
        assertThat(fixture.get(key("1"))).isEqualTo("content");
        assertThat(Files.getLastModifiedTime(fixture.file(key("1"))).toInstant())
                .isEqualTo(fixture.clock().instant());
    }

    @Test
    void aClockThatJumpsBackAndForthStopsNothing() {
        put("1", "2", "3");
        fixture.clock().move(Duration.ofDays(-10_000));
        assertThat(fixture.cache().entries())
                .allMatch(entry -> !entry.lastUsed().isAfter(fixture.clock().instant()));
        put("4");
        assertThat(codes()).as("the order among the others holds").containsExactly("4", "3", "2");
        use("2");
        put("5");
        assertThat(codes()).containsExactly("5", "2", "4");
        fixture.clock().move(Duration.ofDays(10_000));
        put("6");
        assertThat(codes()).containsExactly("6", "5", "2");
    }

    @Test
    void anEntryFromTheFutureDoesNotStayForEver() throws IOException {
        put("1", "2");
        Files.setLastModifiedTime(
                fixture.file(key("1")), FileTime.from(fixture.clock().instant().plus(Duration.ofDays(1_000))));
        put("3", "4", "5", "6");
        assertThat(codes()).containsExactly("6", "5", "4");
    }

    @Test
    void whatIsLargerThanTheCacheIsNotKeptAndEvictsNothing() throws IOException {
        put("1", "2");
        assertThat(fixture.put(key("3"), "x".repeat((int) (3 * entryBytes)))).isFalse();
        assertThat(codes()).containsExactly("2", "1");
        assertThat(fixture.names("")).hasSize(2);
        assertThat(fixture.warnings()).singleElement().asString().contains("too large for the cache");
    }

    @Test
    void aSmallerCacheShrinksWhenSomethingIsPut() {
        put("1", "2", "3");
        fixture.reopen(entryBytes);
        put("4");
        assertThat(codes()).containsExactly("4");
    }

    @Test
    void foldersWithMoreEntriesThanAllowedLoseTheOldest() throws IOException {
        fixture.reopen(Long.MAX_VALUE);
        for (int i = 0; i < CacheFolder.ENTRIES_MAX; i++) {
            Path file = Files.createFile(fixture.folder().resolve("n" + i + CacheFolder.ENTRY));
            Files.setLastModifiedTime(
                    file, FileTime.from(fixture.clock().instant().minusSeconds(i)));
        }
        put("1");
        assertThat(fixture.names(CacheFolder.ENTRY))
                .hasSize(CacheFolder.ENTRIES_MAX)
                .doesNotContain("n" + (CacheFolder.ENTRIES_MAX - 1) + CacheFolder.ENTRY);
        assertThat(fixture.cache().stats().evicted()).isEqualTo(1);
    }

    @Test
    void theBoundHoldsWhileManyPut() throws Exception {
        int threads = 4;
        long bound = 3 * entryBytes;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Boolean>> puts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String code = Integer.toString(i % 10);
                puts.add(pool.submit(() -> fixture.put(key(code), "content")));
            }
            for (Future<Boolean> put : puts) {
                assertThat(put.get()).isTrue();
                assertThat(bytesInFolder()).isLessThanOrEqualTo(bound);
            }
        }
        assertThat(codes()).hasSize(3);
        assertThat(fixture.names(CacheFolder.PART)).isEmpty();
        assertThat(fixture.cache().verify(false))
                .allMatch(entry -> entry.problem().isEmpty());
    }

    private long bytesInFolder() throws IOException {
        long bytes = 0;
        for (String name : fixture.names(CacheFolder.ENTRY)) {
            try {
                bytes += Files.size(fixture.folder().resolve(name));
            } catch (NoSuchFileException _) {
                // Evicted meanwhile.
            }
        }
        return bytes;
    }

    @Test
    void leftoversGoWhenTheCacheIsFirstUsedAndOthersStay() throws IOException {
        put("1");
        Path old = leftover("old", CacheFolder.PART_AGE_MAX.plusSeconds(1));
        Path underWay = leftover("under-way", Duration.ofMinutes(1));
        Path future = leftover("future", Duration.ofDays(-9));
        Path foreign = Files.writeString(fixture.folder().resolve("README"), "the operator's");
        fixture.reopen(3 * entryBytes);
        assertThat(fixture.get(key("1"))).isEqualTo("content");
        assertThat(old).doesNotExist();
        assertThat(future).doesNotExist();
        assertThat(underWay).exists();
        assertThat(foreign).exists();
        fixture.clock().move(HOURS);
        fixture.cache().removeAll();
        assertThat(fixture.names("")).containsExactly("README");
    }

    private Path leftover(String name, Duration age) throws IOException {
        Path part = Files.writeString(fixture.folder().resolve(name + CacheFolder.PART), "torn");
        return Files.setLastModifiedTime(
                part, FileTime.from(fixture.clock().instant().minus(age)));
    }

    @Test
    void prunesByAgeBySizeAndAll() {
        put("1", "2", "3");
        assertThat(fixture.cache().removeUnusedFor(Duration.ofHours(5))).isEqualTo(Removed.NONE);
        assertThat(fixture.cache().removeUnusedFor(Duration.ofHours(3))).isEqualTo(new Removed(1, entryBytes));
        assertThat(codes()).containsExactly("3", "2");
        assertThat(fixture.cache().shrinkTo(2 * entryBytes)).isEqualTo(Removed.NONE);
        assertThat(fixture.cache().shrinkTo(2 * entryBytes - 1)).isEqualTo(new Removed(1, entryBytes));
        assertThat(codes()).containsExactly("3");
        assertThat(fixture.cache().removeAll()).isEqualTo(new Removed(1, entryBytes));
        assertThat(codes()).isEmpty();
    }
}
