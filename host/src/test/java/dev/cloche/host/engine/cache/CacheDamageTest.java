package dev.cloche.host.engine.cache;

import static dev.cloche.host.engine.cache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Entries that are not what was written.
class CacheDamageTest {
    private static final CacheKey KEY = key("a");

    @TempDir
    Path temp;

    private CacheFixture fixture;
    private Path file;
    private byte[] sound;

    @BeforeEach
    void setUp() throws IOException {
        fixture = new CacheFixture(temp.resolve("cache"));
        assertThat(fixture.put(KEY, "the content")).isTrue();
        file = fixture.file(KEY);
        sound = Files.readAllBytes(file);
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private void damage(byte[] bytes) throws IOException {
        // In place, so that rights stay as they are.
        Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    private void assertRefused(String what) {
        long refused = fixture.cache().stats().refused();
        assertThat(fixture.get(KEY)).as(what).isEqualTo("-");
        assertThat(fixture.cache().stats().refused()).as(what).isEqualTo(refused + 1);
        assertThat(file).as(what).doesNotExist();
    }

    @Test
    void anyBitThatIsOtherIsFound() throws IOException {
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] flipped = sound.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            damage(flipped);
            assertThat(fixture.cache().verify(false))
                    .as("bit " + bit)
                    .singleElement()
                    .matches(entry -> !entry.problem().isEmpty());
            assertRefused("bit " + bit);
        }
        assertThat(fixture.cache().stats().failed()).isZero();
    }

    @Test
    void anyLengthThatIsOtherIsFound() throws IOException {
        for (int length = 0; length < sound.length; length++) {
            damage(Arrays.copyOf(sound, length));
            assertRefused("length " + length);
        }
        damage(Arrays.copyOf(sound, sound.length + 1));
        assertRefused("a byte more");
    }

    @Test
    void aFileUnderTheNameOfAnotherIsFound() throws IOException {
        CacheKey other = key("b");
        fixture.put(other, "other content");
        Path aside = temp.resolve("aside");
        Files.move(file, aside);
        Files.move(fixture.file(other), file);
        Files.move(aside, fixture.file(other));
        assertThat(fixture.cache().entries())
                .hasSize(2)
                .allMatch(entry -> entry.problem().startsWith("holds another entry, held=classes code="));
        assertRefused("swapped");
        assertThat(fixture.get(other)).isEqualTo("-");
        assertThat(fixture.warnings())
                .contains("cache: refused an entry, which holds another entry, held=" + other
                        + "; it is built anew, file=" + file);
    }

    @Test
    void whatIsRefusedIsToldOnceAndBuiltAnew() throws Exception {
        ClassesCodec codec = new ClassesCodec();
        for (int i = 0; i < 3; i++) {
            damage(Arrays.copyOf(sound, 40));
            assertThat(fixture.cache().load(KEY, codec, Map::of)).isEmpty();
        }
        assertThat(fixture.warnings())
                .containsExactly("cache: refused an entry, which is cut short; it is built anew, file=" + file);
        assertThat(fixture.cache().load(KEY, codec, () -> Map.of("not", new byte[0])))
                .isEmpty();
    }

    @Test
    void contentThatTheCodecDoesNotKnowIsBuiltAnew() throws Exception {
        assertThat(fixture.cache().load(KEY, new ClassesCodec(), () -> Map.of("built", new byte[1])))
                .containsKey("built");
        CacheStats stats = fixture.cache().stats();
        assertThat(stats.refused()).isEqualTo(1);
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.hits()).isZero();
        assertThat(fixture.cache().verify(false))
                .singleElement()
                .matches(entry -> entry.problem().isEmpty());
    }

    @Test
    void verifyingFindsWhatListingDoesNotReadAndRemovesItWhenAsked() throws IOException {
        fixture.put(key("b"), "sound");
        byte[] flipped = sound.clone();
        flipped[flipped.length - 1]++;
        damage(flipped);
        assertThat(fixture.cache().entries()).allMatch(entry -> entry.problem().isEmpty());
        assertThat(fixture.cache().verify(false))
                .extracting(StoredEntry::problem)
                .containsExactlyInAnyOrder("has damaged content", "");
        assertThat(file).exists();
        assertThat(fixture.cache().verify(true)).hasSize(2);
        assertThat(file).doesNotExist();
        assertThat(fixture.cache().verify(true)).singleElement().matches(entry -> key("b").equals(entry.key()));
    }
}
