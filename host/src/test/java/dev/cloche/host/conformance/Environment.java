package dev.cloche.host.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import run.endive.wasm.Version;

/// What a run ran on.
final class Environment {
    private static final int OUTPUT_BYTES_MAX = 1_000;
    private static final long SECONDS_MAX = 10;
    private static final String UNKNOWN = "unknown; --suite= names it";

    private Environment() {}

    /// Names and values, in the order in which they are to be read.
    static Map<String, String> describe() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put(
                "Machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        environment.put("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put("Endive", Version.version());
        return environment;
    }

    /// The commit of the suite's checkout, if the folder is the root of one.
    static String commit(Path folder) {
        try {
            // The way from the checkout's root: a suite unpacked somewhere in another project has none of its own.
            boolean root = git(folder, "rev-parse", "--show-prefix").isEmpty();
            String commit = git(folder, "rev-parse", "HEAD");
            return root && !commit.isEmpty() ? commit : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String git(Path folder, String... words) throws IOException {
        Process process = new ProcessBuilder(List.of("git", "-C", folder.toString(), words[0], words[1]))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("git took too long, secondsMax=" + SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConformanceException("the run was interrupted", e);
        }
        return output.strip();
    }
}
