package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.telemetry.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Snapshots that one process takes and another uses.
@Timeout(120)
class SnapshotProcessesTest {
    /// Answers state from its loading, then what must not be alike: random numbers and the clocks, then and now.
    private static final String SCRIPT = """
            console.log('loaded');
            const kept = new Map([['made', [1, 2, 3]]]);
            const early = { random: Math.random(), now: performance.now(), date: Date.now() };
            let settle;
            const pending = new Promise((resolve) => { settle = resolve; });
            cloche.command('main', async (input) => {
              settle(input.text());
              return [JSON.stringify([...kept]), await pending, Math.random(), Math.random(),
                crypto.getRandomValues(new Uint32Array(4)).join('-'), crypto.randomUUID(),
                performance.now() > early.now, Date.now() >= early.date, performance.now()].join('|');
            });
            """;

    private static final int STATE = 0;
    private static final int INPUT = 1;
    private static final List<Integer> RANDOM = List.of(2, 3, 4, 5);
    private static final List<Integer> RUNS_ON = List.of(6, 7);
    private static final int ELAPSED = 8;

    @TempDir
    Path temp;

    private Path home(String name) {
        return temp.resolve(name);
    }

    private static List<String> call(Host host, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(call -> host.call(Call.of("test", Entry.command("main"), Payload.text(String.valueOf(call))))
                        .payloadOrThrow()
                        .text())
                .toList();
    }

    /// Installs a bundle and calls it; the log says how often the script was loaded.
    private List<String> install(Path home, MemorySetting kind, Path cache, Bundle bundle, int calls) {
        List<String> log = new ArrayList<>();
        HostConfig config = MemoryKinds.config(home, kind)
                .withLogSink(line -> log.add(line.message()))
                .withCache(CacheConfig.DEFAULT.withPath(cache));
        try (Host host = Host.open(config)) {
            host.install(bundle);
            List<String> answers = call(host, calls);
            assertThat(log).containsExactly("loaded");
            return answers;
        }
    }

    private static void assertUnlikeAndRunningOn(List<List<String>> answers) {
        for (int field : RANDOM) {
            assertThat(answers)
                    .as("field " + field)
                    .extracting(answer -> answer.get(field))
                    .doesNotHaveDuplicates();
        }
        for (List<String> answer : answers) {
            RUNS_ON.forEach(field -> assertThat(answer.get(field)).isEqualTo("true"));
            assertThat(Double.parseDouble(answer.get(RANDOM.getFirst()))).isBetween(0.0, 1.0);
        }
        assertThat(answers).extracting(answer -> answer.get(STATE)).containsOnly("[[\"made\",[1,2,3]]]");
    }

    private static List<String> fields(String answer) {
        return List.of(answer.split("\\|"));
    }

    @ParameterizedTest
    @CsvSource({"FOREIGN,FOREIGN,none", "HEAP,FOREIGN,per-lease"})
    void theNextProcessBeginsWithTheSnapshot(MemorySetting first, MemorySetting second, String reset) {
        Bundle bundle = Bundles.script(SCRIPT, ",\"pool\":{\"max\":1,\"reset\":\"" + reset + "\"}");
        Path cache = temp.resolve("cache");
        List<List<String>> answers = new ArrayList<>();
        install(home("a"), first, cache, bundle, 2).forEach(answer -> answers.add(fields(answer)));
        SnapshotChild.Said said = SnapshotChild.run(SnapshotChild.start(home("a"), second, cache, 2))
                .getFirst();
        assertThat(said.answers()).as(said.lines().toString()).hasSize(2);
        assertThat(said.log()).as("the script was not loaded again").isEmpty();
        assertThat(said.cache()).contains(" hits=1 misses=0 stored=0 refused=0 ");
        assertThat(said.making()).isEqualTo("extension=test isolates=snapshot from the cache booted=0 stamped=1");
        said.answers().forEach(answer -> answers.add(fields(answer)));
        assertUnlikeAndRunningOn(answers);
        List<String> inputs = reset.equals("none") ? List.of("0", "0", "0", "0") : List.of("0", "1", "0", "1");
        assertThat(answers).extracting(answer -> answer.get(INPUT)).isEqualTo(inputs);
    }

    @Test
    void isolatesOfOneSnapshotAreNotAlikeAndTheirClocksDoNotRunBackwards() {
        for (MemorySetting kind : List.of(MemorySetting.FOREIGN, MemorySetting.HEAP)) {
            List<List<String>> answers = new ArrayList<>();
            for (String pool : List.of("\"max-uses\":1", "\"reset\":\"per-lease\",\"max\":1")) {
                try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
                    var extension = extensions.load(Bundles.script(SCRIPT, ",\"pool\":{" + pool + "}"));
                    List<List<String>> some = Stream.generate(() -> fields(extensions.answer(extension, "")))
                            .limit(5)
                            .toList();
                    assertThat(extension.making().booted()).isOne();
                    assertThat(extension.making().path()).startsWith("snapshot");
                    answers.addAll(some);
                    if (pool.contains("per-lease")) {
                        assertThat(some)
                                .extracting(answer -> Double.parseDouble(answer.get(ELAPSED)))
                                .isSorted();
                    }
                }
            }
            assertUnlikeAndRunningOn(answers);
        }
    }

    @Test
    void twoProcessesThatLoadTheSameAtOnceShareACache() {
        Path cache = temp.resolve("shared");
        Bundle bundle = Bundles.script(SCRIPT);
        // Installed without a cache, so that both find it empty.
        install(home("a"), MemorySetting.FOREIGN, temp.resolve("unused"), bundle, 1);
        install(home("b"), MemorySetting.HEAP, temp.resolve("unused-too"), bundle, 1);
        List<SnapshotChild.Said> said = SnapshotChild.run(
                SnapshotChild.start(home("a"), MemorySetting.FOREIGN, cache, 2),
                SnapshotChild.start(home("b"), MemorySetting.HEAP, cache, 2));
        List<List<String>> answers = new ArrayList<>();
        said.forEach(each -> each.answers().forEach(answer -> answers.add(fields(answer))));
        assertThat(answers).as(said.toString()).hasSize(4);
        assertUnlikeAndRunningOn(answers);
        assertThat(said).allSatisfy(each -> assertThat(each.cache()).contains(" refused=0 ", " failed=0 "));
        try (Host host = Host.open(HostConfig.at(home("a")).withCache(CacheConfig.DEFAULT.withPath(cache)))) {
            assertThat(host.cache().verify(false))
                    .hasSize(1)
                    .allMatch(entry -> entry.problem().isEmpty());
            assertThat(host.doctor()).extracting(Finding::level).doesNotContain(Finding.Level.ERROR);
        }
    }
}
