package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.cache.CacheStats;
import dev.cloche.host.engine.cache.StoredEntry;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Classes and snapshots that outlive their host: found again, refused when they are not what was kept, shared.
@Timeout(60)
class SnapshotCacheTest {
    private static final String FROM_CACHE = "snapshot from the cache";
    private static final String TAKEN = "snapshot taken when it was first needed";

    @TempDir
    Path temp;

    /// Answers `state`, which its initialisation wrote over what the data segment says.
    private static Bundle wasm() {
        byte[] initialise = code(0x41, 0, 0x41, 0xF3, 0, 0x3A, 0, 0);
        byte[] answer = code(0x41, 0, 0x41, 5, 0x10, 0, 0x41, 0);
        return Bundles.wasm(WasmBuilder.guest(answer)
                .function("_initialize", List.of(), List.of(), initialise)
                .data(0, "Xtate")
                .build());
    }

    private static Bundle script() {
        return Bundles.script("const state = ['st', 'ate']; cloche.command('main', () => state.join(''));");
    }

    private record Outcome(String answer, StampingFactory.Making making, CacheStats cache) {}

    private Outcome use(MemorySetting kind, Bundle bundle) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, temp.resolve("cache"))) {
            Extension extension = extensions.load(bundle);
            return new Outcome(
                    extensions.answer(extension, ""),
                    extension.making(),
                    extensions.cache().stats());
        }
    }

    static Stream<Object[]> all() {
        return Stream.of(MemorySetting.FOREIGN, MemorySetting.HEAP)
                .flatMap(kind -> Stream.of(
                        new Object[] {kind, wasm(), List.of(CacheKind.CLASSES, CacheKind.SNAPSHOT)},
                        new Object[] {kind, script(), List.of(CacheKind.SNAPSHOT)}));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theNextHostMakesNeitherClassesNorSnapshot(MemorySetting kind, Bundle bundle, List<CacheKind> kinds) {
        Outcome first = use(kind, bundle);
        assertThat(first.answer()).isEqualTo("state");
        assertThat(first.making()).isEqualTo(new StampingFactory.Making(TAKEN, 1, 1));
        assertThat(first.cache().stored()).isEqualTo(kinds.size());
        for (MemorySetting next : List.of(kind, MemorySetting.FOREIGN, MemorySetting.HEAP)) {
            Outcome second = use(next, bundle);
            assertThat(second.answer()).isEqualTo("state");
            assertThat(second.making()).isEqualTo(new StampingFactory.Making(FROM_CACHE, 0, 1));
            assertThat(second.cache().hits()).isEqualTo(kinds.size());
            assertThat(second.cache().misses()).isZero();
        }
    }

    private List<Path> entries(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, temp.resolve("cache"))) {
            return extensions.cache().entries().stream()
                    .map(StoredEntry::file)
                    .map(file -> temp.resolve("cache").resolve(file))
                    .toList();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[at < 0 ? content.length + at : at] ^= 0x10;
        Files.write(file, content, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @ParameterizedTest
    @MethodSource("all")
    void entriesWithOneBitChangedAreMadeAnewAndCallsGoOn(MemorySetting kind, Bundle bundle, List<CacheKind> kinds)
            throws IOException {
        use(kind, bundle);
        assertThat(entries(kind)).hasSize(kinds.size());
        // In the header, near the end of the content, and at the very end.
        for (int at : new int[] {40, -200, -1}) {
            for (Path entry : entries(kind)) {
                flip(entry, at);
            }
            Outcome damaged = use(kind, bundle);
            assertThat(damaged.answer()).as("byte " + at).isEqualTo("state");
            assertThat(damaged.making()).isEqualTo(new StampingFactory.Making(TAKEN, 1, 1));
            assertThat(damaged.cache().refused()).isEqualTo(kinds.size());
            assertThat(damaged.cache().stored()).isEqualTo(kinds.size());
            assertThat(use(kind, bundle).making()).isEqualTo(new StampingFactory.Making(FROM_CACHE, 0, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aSnapshotAloneThatIsDamagedCostsTheSnapshotAlone(MemorySetting kind, Bundle bundle, List<CacheKind> kinds)
            throws IOException {
        use(kind, bundle);
        for (Path entry : entries(kind)) {
            if (entry.getFileName().toString().contains("snapshot") || kinds.size() == 1) {
                flip(entry, -1);
            }
        }
        Outcome damaged = use(kind, bundle);
        assertThat(damaged.answer()).isEqualTo("state");
        assertThat(damaged.cache().hits()).isEqualTo(kinds.size() - 1L);
        assertThat(damaged.cache().refused()).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void whatTheStateDependsOnIsInItsKey(MemorySetting kind) {
        String source = "const state = 'state'; cloche.command('main', () => state);";
        use(kind, Bundles.script(source));
        for (Bundle other :
                List.of(Bundles.script(source + " "), Bundles.script(source, ",\"limits\":{\"memory\":\"32MiB\"}"))) {
            assertThat(use(kind, other).making().path()).isEqualTo(TAKEN);
            assertThat(use(kind, other).making().path()).isEqualTo(FROM_CACHE);
        }
        assertThat(use(kind, Bundles.script(source, ",\"snapshot\":false"))
                        .making()
                        .path())
                .startsWith("booted one by one");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hostsOfOneProcessThatLoadTheSameAtOnceShareAFolder(boolean script) {
        Bundle bundle = script ? script() : wasm();
        for (int round = 0; round < 3; round++) {
            Path cache = temp.resolve("round-" + round);
            CountDownLatch start = new CountDownLatch(1);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            List<SnapshotExtensions> hosts = new ArrayList<>();
            for (MemorySetting kind : List.of(MemorySetting.FOREIGN, MemorySetting.HEAP, MemorySetting.FOREIGN)) {
                SnapshotExtensions host = new SnapshotExtensions(kind, cache);
                hosts.add(host);
                answers.add(CompletableFuture.supplyAsync(
                        () -> {
                            awaitStart(start);
                            return host.answer(host.load(bundle), "");
                        },
                        task -> Thread.ofPlatform().start(task)));
            }
            start.countDown();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("state"));
            for (SnapshotExtensions host : hosts) {
                assertThat(host.cache().stats().refused()).isZero();
                assertThat(host.cache().stats().failed()).isZero();
                assertThat(host.cache().verify(false))
                        .hasSize(script ? 1 : 2)
                        .allMatch(entry -> entry.problem().isEmpty());
                host.close();
            }
        }
    }

    private static void awaitStart(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCacheThatCannotBeUsedCostsTimeAlone() throws IOException {
        Files.writeString(temp.resolve("cache"), "in the way");
        Outcome first = use(MemorySetting.AUTO, script());
        Outcome second = use(MemorySetting.AUTO, script());
        assertThat(List.of(first.answer(), second.answer())).containsOnly("state");
        assertThat(second.making()).isEqualTo(new StampingFactory.Making(TAKEN, 1, 1));
    }
}
