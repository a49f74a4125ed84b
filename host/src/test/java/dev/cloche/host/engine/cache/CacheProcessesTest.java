package dev.cloche.host.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CacheProcessesTest {
    /// Room for four of the five entries, so that they push each other out as well.
    private static final long BYTES_MAX = 4 * 51_000;

    @TempDir
    Path folder;

    @Test
    void processesThatWriteAndReadTheSameKeysSeeWholeEntriesOnly() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache");
        List<Process> children = new ArrayList<>();
        try {
            for (int seed = 0; seed < 2; seed++) {
                children.add(start(cache, seed));
            }
            List<BufferedReader> outputs = new ArrayList<>();
            for (Process child : children) {
                outputs.add(new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8)));
            }
            for (BufferedReader output : outputs) {
                assertThat(output.readLine()).isEqualTo("ready");
            }
            for (Process child : children) {
                child.getOutputStream().write('\n');
                child.getOutputStream().flush();
            }
            for (BufferedReader output : outputs) {
                assertThat(output.lines().filter(line -> line.startsWith("right=") || line.contains("WARN")))
                        .containsExactly("right=true wrong=0 refused=0 failed=0");
            }
        } finally {
            for (Process child : children) {
                child.destroyForcibly().waitFor();
            }
        }
        ContentCache after = ContentCache.at(cache, BYTES_MAX, Clock.systemUTC());
        assertThat(after.verify(false))
                .isNotEmpty()
                .allMatch(entry -> entry.problem().isEmpty());
        assertThat(after.stats().bytes()).as("one entry each beyond the bound").isLessThan(BYTES_MAX + 2 * 51_000);
    }

    private static Process start(Path cache, int seed) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CachingChild.class.getName(),
                        cache.toString(),
                        Long.toString(BYTES_MAX),
                        Integer.toString(seed))
                .redirectErrorStream(true)
                .start();
    }
}
