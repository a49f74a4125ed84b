package dev.cloche.host.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassesCodecTest {
    private static final CacheKey KEY = CacheFixture.key("classes");
    private static final long SEED = 20_260_731L;

    @TempDir
    Path temp;

    private final ClassesCodec codec = new ClassesCodec();
    private CacheFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new CacheFixture(temp.resolve("cache"));
    }

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    private Map<String, byte[]> read(byte[] content) throws IOException {
        fixture.cache().put(KEY, out -> out.write(content));
        try (CacheEntry entry = fixture.cache().get(KEY).orElseThrow()) {
            return codec.read(entry);
        }
    }

    private byte[] written(Map<String, byte[]> classes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(classes, out);
        return out.toByteArray();
    }

    private static Map<String, byte[]> classes() {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        classes.put("z.Last", new byte[] {1, 2, 3});
        classes.put("a.Empty", new byte[0]);
        classes.put("ü.Other", new byte[300]);
        return classes;
    }

    @Test
    void givesBackNamesBytesAndOrder() throws IOException {
        Map<String, byte[]> read = read(written(classes()));
        assertThat(read.keySet()).containsExactly("z.Last", "a.Empty", "ü.Other");
        assertThat(read).usingRecursiveComparison().isEqualTo(classes());
        assertThat(read(written(Map.of()))).isEmpty();
    }

    @Test
    void contentOfAnyOtherFormIsAnIOException() throws IOException {
        byte[] sound = written(classes());
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> read(cut)).as("length " + length).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(sound, sound.length + 1))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(new byte[] {0, 0, 0, 2, 0, 1, 'a', 0, 0, 0, 0, 0, 1, 'a', 0, 0, 0, 0}))
                .hasMessageEndingWith("class=a");
        assertThatThrownBy(() -> read(new byte[] {0x7f, -1, -1, -1})).hasMessageContaining("out of range");
        assertThatThrownBy(() -> read(new byte[] {0, 0, 0, 1, 0, 0, 0x7f, -1, -1, -1}))
                .hasMessageContaining("longer than what is left");
    }

    @Test
    void noContentEndsInAnythingElse() throws IOException {
        Random random = new Random(SEED);
        byte[] sound = written(classes());
        for (int i = 0; i < 2_000; i++) {
            byte[] content = sound.clone();
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                content[random.nextInt(40)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(content)).isNotNull();
            } catch (IOException expected) {
                assertThat(expected).as("seed=" + SEED + " round=" + i).isNotNull();
            }
        }
    }
}
