package dev.cloche.host;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.memory.MemorySetting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A process that opens a host on a home, calls the extension `test` installed there, and says what came of it: a line
/// `ready`, and after a line on its input, one line a call, then what guests logged, then what became of the cache.
final class SnapshotChild {
    private static final String ANSWER = "answer ";

    /// What of the doctor's findings it says.
    private static final Set<String> FINDINGS = Set.of("storage.cache", "engine.snapshot");

    private SnapshotChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        List<String> log = new ArrayList<>();
        HostConfig config = MemoryKinds.config(Path.of(args[0]), MemorySetting.valueOf(args[1]))
                .withLogSink(line -> log.add(line.message()))
                .withCache(CacheConfig.DEFAULT.withPath(Path.of(args[2])))
                .withPrewarm(false);
        System.out.println("ready");
        int go = System.in.read();
        try (Host host = Host.open(config)) {
            for (int call = 0; call < Integer.parseInt(args[3]) && go >= 0; call++) {
                System.out.println(ANSWER
                        + host.call(Call.of("test", Entry.command("main"), Payload.text(String.valueOf(call))))
                                .payloadOrThrow()
                                .text());
            }
            log.forEach(line -> System.out.println("log " + line));
            host.doctor().stream()
                    .filter(finding -> FINDINGS.contains(finding.id()))
                    .forEach(finding -> System.out.println(finding.id() + " " + finding.message()));
        }
    }

    /// Starts the process.
    ///
    /// @param cache the folder of the cache
    static Process start(Path home, MemorySetting kind, Path cache, int calls) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            SnapshotChild.class.getName(),
                            home.toString(),
                            kind.name(),
                            cache.toString(),
                            Integer.toString(calls))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("a process cannot be started, home=" + home, e);
        }
    }

    /// Has all of the processes begin at once, once all are ready, and collects what they say.
    static List<Said> run(Process... children) {
        try {
            List<BufferedReader> outputs = Stream.of(children)
                    .map(child ->
                            new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8)))
                    .toList();
            for (BufferedReader output : outputs) {
                if (!"ready".equals(output.readLine())) {
                    throw new IllegalStateException("a process did not come up, output="
                            + output.lines().toList());
                }
            }
            for (Process child : children) {
                child.getOutputStream().write('\n');
                child.getOutputStream().flush();
            }
            return outputs.stream()
                    .map(output -> new Said(output.lines().toList()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("a process cannot be talked to, processes=" + children.length, e);
        } finally {
            Stream.of(children).forEach(Process::destroyForcibly);
        }
    }

    /// What a process said.
    record Said(List<String> lines) {
        List<String> answers() {
            return startingWith(ANSWER);
        }

        List<String> log() {
            return startingWith("log ");
        }

        /// What the doctor found of the cache.
        String cache() {
            return String.join("\n", startingWith("storage.cache "));
        }

        /// What the doctor found of how isolates are made.
        String making() {
            return String.join("\n", startingWith("engine.snapshot "));
        }

        private List<String> startingWith(String start) {
            return lines.stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()))
                    .toList();
        }
    }
}
