package dev.cloche.host.engine.cache;

import static dev.cloche.host.engine.cache.CacheFixture.bytes;
import static dev.cloche.host.engine.cache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Entries that nothing is wrong with, and folders that cannot keep any.
class ContentCacheTest {
    @TempDir
    Path temp;

    private CacheFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new CacheFixture(temp.resolve("home").resolve("cache"));
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    @Test
    void givesBackWhatWasPut() {
        assertThat(fixture.get(key("a"))).isEqualTo("-");
        assertThat(fixture.folder()).doesNotExist();
        assertThat(fixture.put(key("a"), "content of a")).isTrue();
        assertThat(fixture.put(key("b"), "")).isTrue();
        assertThat(fixture.get(key("a"))).isEqualTo("content of a");
        assertThat(fixture.get(key("b"))).isEmpty();
        assertThat(fixture.get(key("c"))).isEqualTo("-");
        assertThat(fixture.put(key("a"), "other")).isTrue();
        assertThat(fixture.get(key("a"))).isEqualTo("other");
        CacheStats stats = fixture.cache().stats();
        assertThat(stats.entries()).isEqualTo(2);
        assertThat(stats.hits()).isEqualTo(3);
        assertThat(stats.misses()).isEqualTo(2);
        assertThat(stats.stored()).isEqualTo(3);
        assertThat(stats.refused() + stats.evicted() + stats.failed()).isZero();
        assertThat(fixture.warnings()).isEmpty();
    }

    @Test
    void isItsOwnersOnly() throws IOException {
        fixture.put(key("a"), "a");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.folder())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.file(key("a")))))
                .isEqualTo("rw-------");
        assertThat(fixture.names("")).hasSize(1);
    }

    @Test
    void anEntryIsReadInPiecesAsAWholeAndAsMemory() throws IOException {
        byte[] content = new byte[200_001];
        new Random(7).nextBytes(content);
        assertThat(fixture.cache().put(key("large"), out -> {
                    out.write(content[0]);
                    out.write(content, 1, 100_000);
                    out.write(content, 100_001, 100_000);
                }))
                .isTrue();
        MemorySegment mapped;
        try (Arena arena = Arena.ofConfined()) {
            try (CacheEntry entry = fixture.cache().get(key("large")).orElseThrow()) {
                assertThat(entry.key()).isEqualTo(key("large"));
                assertThat(entry.contentBytes()).isEqualTo(content.length);
                assertThat(entry.stream().readAllBytes()).isEqualTo(content);
                assertThat(entry.bytes()).isEqualTo(content);
                try (InputStream in = entry.stream()) {
                    assertThat(in.read()).isEqualTo(content[0] & 0xff);
                    in.skipNBytes(199_999);
                    assertThat(in.available()).isEqualTo(1);
                    assertThat(in.read(new byte[9], 3, 6)).isEqualTo(1);
                    assertThat(in.read()).isEqualTo(-1);
                    assertThat(in.read(new byte[1])).isEqualTo(-1);
                }
                mapped = entry.map(arena);
            }
            assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            assertThat(mapped.isReadOnly()).isTrue();
        }
    }

    @Test
    void anEmptyEntryIsReadInAllWays() throws IOException {
        fixture.put(key("empty"), "");
        try (Arena arena = Arena.ofConfined();
                CacheEntry entry = fixture.cache().get(key("empty")).orElseThrow()) {
            assertThat(entry.bytes()).isEmpty();
            assertThat(entry.stream().read()).isEqualTo(-1);
            assertThat(entry.map(arena).byteSize()).isZero();
        }
    }

    @Test
    void anInterruptedThreadReadsAndWrites() throws IOException {
        Thread.currentThread().interrupt();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(fixture.put(key("a"), "content")).isTrue();
            try (CacheEntry entry = fixture.cache().get(key("a")).orElseThrow()) {
                assertThat(entry.bytes()).isEqualTo(bytes("content"));
                assertThat(entry.map(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("content"));
                assertThat(entry.stream().readAllBytes()).isEqualTo(bytes("content"));
            }
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(fixture.warnings()).isEmpty();
    }

    @Test
    void anOpenEntryOutlivesItsFile() throws IOException {
        fixture.put(key("a"), "old");
        try (CacheEntry entry = fixture.cache().get(key("a")).orElseThrow()) {
            fixture.put(key("a"), "new");
            fixture.cache().removeAll();
            assertThat(entry.bytes()).isEqualTo(bytes("old"));
        }
    }

    @Test
    void anEntryThatGoesAwayBetweenLookingAndOpeningIsNotThere() {
        fixture.put(key("a"), "a");
        fixture.files().vanishBeforeOpening(fixture.file(key("a")));
        assertThat(fixture.get(key("a"))).isEqualTo("-");
        fixture.put(key("b"), "b");
        fixture.files().vanishBeforeOpening(fixture.file(key("b")));
        assertThat(fixture.cache().entries()).isEmpty();
        assertThat(fixture.cache().stats().failed()).isZero();
        assertThat(fixture.warnings()).isEmpty();
    }

    @Test
    void aFullDiskKeepsNothingAndLeavesNothing() throws IOException {
        fixture.put(key("a"), "kept");
        for (long left = 0; left < 200; left++) {
            fixture.files().fillDisk(left);
            assertThat(fixture.put(key("b"), "x".repeat(200))).isFalse();
        }
        assertThat(fixture.names("")).containsExactly(key("a").fileName());
        assertThat(fixture.get(key("a"))).isEqualTo("kept");
        assertThat(fixture.warnings())
                .containsExactly(
                        "cache: entries are not kept: IOException: No space left on device, cache=" + fixture.folder());
        assertThat(fixture.cache().lastFailure()).hasValue("IOException: No space left on device");
        assertThat(fixture.cache().stats().failed()).isEqualTo(200);
        fixture.files().fillDisk(1_000);
        assertThat(fixture.put(key("b"), "b")).isTrue();
        assertThat(fixture.cache().lastFailure()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeWrittenIsStillRead() {
        fixture.put(key("a"), "a");
        fixture.files().makeReadOnly();
        assertThat(fixture.put(key("b"), "b")).isFalse();
        assertThat(fixture.get(key("a"))).isEqualTo("a");
        assertThat(fixture.cache().lastFailure()).hasValue("Read-only file system");
        assertThat(fixture.warnings()).hasSize(1);
    }

    @Test
    void whereNoFolderCanBeMadeNothingIsKept() throws IOException {
        Files.writeString(temp.resolve("home"), "a file");
        assertThat(fixture.put(key("a"), "a")).isFalse();
        assertThat(fixture.get(key("a"))).isEqualTo("-");
        assertThat(fixture.cache().lastFailure())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("the cache folder cannot be ")
                        .endsWith("cache=" + fixture.folder()));
        assertThat(fixture.cache().entries()).isEmpty();
        assertThat(fixture.cache().removeAll()).isEqualTo(Removed.NONE);
        assertThat(fixture.warnings()).hasSize(1);
    }

    @Test
    void whatIsSwitchedOffKeepsNothingAndSaysNothing() {
        ContentCache off = ContentCache.off(fixture.folder(), "nobody wants it", Clock.systemUTC());
        assertThat(off.put(key("a"), out -> out.write(1))).isFalse();
        assertThat(off.get(key("a"))).isEmpty();
        assertThat(off.isOff()).isTrue();
        assertThat(off.problem()).hasValue("nobody wants it");
        assertThat(off.description()).isEqualTo("nothing is cached: nobody wants it");
        assertThat(fixture.folder()).doesNotExist();
        assertThat(fixture.warnings()).isEmpty();
    }

    @Test
    void aWriterThatFailsLeavesNothing() throws IOException {
        assertThatThrownBy(() -> fixture.cache().put(key("a"), out -> {
                    throw new IllegalArgumentException("a bug");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(fixture.cache().put(key("a"), out -> {
                    throw new UncheckedIOException(new IOException("elsewhere"));
                }))
                .isFalse();
        assertThat(fixture.names("")).isEmpty();
        assertThat(fixture.cache().lastFailure()).hasValue("IOException: elsewhere");
    }

    @Test
    void theRealFileSystemServesAsWell() {
        ContentCache real = ContentCache.at(fixture.folder(), 1_000, Clock.systemUTC());
        assertThat(real.put(key("a"), out -> out.write(bytes("real")))).isTrue();
        assertThat(fixture.get(key("a"))).isEqualTo("real");
        assertThat(real.description())
                .startsWith("entries=1 bytes=1")
                .contains(" max-bytes=1000 hits=0 misses=0 stored=1 refused=0 evicted=0 failed=0 ");
    }
}
