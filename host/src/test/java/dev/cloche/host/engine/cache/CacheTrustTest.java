package dev.cloche.host.engine.cache;

import static dev.cloche.host.engine.cache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files and folders that somebody else could have written.
class CacheTrustTest {
    private static final CacheKey KEY = key("a");

    @TempDir
    Path temp;

    private CacheFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new CacheFixture(temp.resolve("cache"));
        assertThat(fixture.put(KEY, "the content")).isTrue();
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private void assertEntryRefused(String reason) {
        assertThat(fixture.cache().entries()).extracting(StoredEntry::problem).containsExactly(reason);
        assertThat(fixture.get(KEY)).isEqualTo("-");
        assertThat(fixture.warnings())
                .containsExactly(
                        "cache: refused an entry, which " + reason + "; it is built anew, file=" + fixture.file(KEY));
        assertThat(fixture.put(KEY, "anew")).isTrue();
    }

    private void assertFolderUnusable(String reason) {
        assertThat(fixture.get(KEY)).isEqualTo("-");
        assertThat(fixture.put(KEY, "anew")).isFalse();
        assertThat(fixture.cache().entries()).isEmpty();
        String problem = "the cache folder " + reason
                + "; make it a folder that this user owns and nobody else may write, cache=" + fixture.folder();
        assertThat(fixture.cache().problem()).hasValue(problem);
        assertThat(fixture.cache().stats().entries()).isZero();
        assertThat(fixture.warnings()).containsExactly("cache: nothing is cached: " + problem);
    }

    @Test
    void anEntryOfAnotherUserIsRefused() {
        fixture.files().giveAway(fixture.file(KEY));
        assertEntryRefused("belongs to another user (mallory)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-rw-"})
    void anEntryThatOthersMayWriteIsRefused(String permissions) throws IOException {
        allow(fixture.file(KEY), permissions);
        assertEntryRefused("may be written by others than its owner");
    }

    @Test
    void anEntryThatOthersMayOnlyReadIsUsed() throws IOException {
        allow(fixture.file(KEY), "rw-r--r--");
        assertThat(fixture.get(KEY)).isEqualTo("the content");
    }

    @Test
    void aLinkToAnEntryIsRefusedAndItsTargetLeftAlone() throws IOException {
        Path aside = temp.resolve("aside");
        Files.move(fixture.file(KEY), aside);
        Files.createSymbolicLink(fixture.file(KEY), aside);
        assertEntryRefused("is a symbolic link");
        assertThat(aside).exists();
        assertThat(Files.isSymbolicLink(fixture.file(KEY))).isFalse();
        assertThat(fixture.get(KEY)).isEqualTo("anew");
    }

    @Test
    void aFolderInTheEntrysPlaceIsRefused() throws IOException {
        Files.delete(fixture.file(KEY));
        Files.createDirectory(fixture.file(KEY));
        assertEntryRefused("is not a file");
        assertThat(fixture.get(KEY)).isEqualTo("anew");
    }

    @Test
    void aFolderThatCannotEvenBeReplacedCostsThatEntryOnly() throws IOException {
        Files.delete(fixture.file(KEY));
        Files.createDirectories(fixture.file(KEY).resolve("full"));
        assertThat(fixture.get(KEY)).isEqualTo("-");
        assertThat(fixture.put(KEY, "anew")).isFalse();
        assertThat(fixture.put(key("b"), "b")).isTrue();
        assertThat(fixture.get(key("b"))).isEqualTo("b");
        assertThat(fixture.names(CacheFolder.PART)).isEmpty();
    }

    @Test
    void theFolderOfAnotherUserIsNotUsed() throws IOException {
        String owner = Files.getOwner(fixture.folder()).getName();
        fixture.files().become(new FaultyFiles.User("alice"));
        fixture.reopen(1_000);
        assertFolderUnusable("belongs to another user (" + owner + ")");
        assertThat(fixture.file(KEY)).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx-wx---", "rwx----w-", "rwxrwxrwx"})
    void aFolderThatOthersMayWriteIsNotUsedUntilThatIsMended(String permissions) throws IOException {
        allow(fixture.folder(), permissions);
        assertFolderUnusable("may be written by others than its owner");
        allow(fixture.folder(), "rwxr-xr-x");
        assertThat(fixture.get(KEY)).isEqualTo("the content");
        assertThat(fixture.cache().problem()).isEmpty();
    }

    @Test
    void aLinkToAFolderIsNotUsed() throws IOException {
        Path aside = temp.resolve("aside");
        Files.move(fixture.folder(), aside);
        Files.createSymbolicLink(fixture.folder(), aside);
        assertFolderUnusable("is a symbolic link");
        Files.delete(fixture.folder());
        Files.createSymbolicLink(fixture.folder(), temp.resolve("nowhere"));
        assertThat(fixture.put(KEY, "anew")).isFalse();
    }

    @Test
    void aFileInTheFoldersPlaceIsNotUsed() throws IOException {
        Files.delete(fixture.file(KEY));
        Files.delete(fixture.folder());
        Files.writeString(fixture.folder(), "");
        assertFolderUnusable("is not a folder");
    }
}
