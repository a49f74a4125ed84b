package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.telemetry.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Isolates that are there before the first call.
@Timeout(60)
class SnapshotPrewarmTest {
    @TempDir
    Path home;

    private final List<String> log = new CopyOnWriteArrayList<>();

    private HostConfig config() {
        return MemoryKinds.config(home).withLogSink(line -> log.add(line.extension() + " " + line.message()));
    }

    private static Bundle bundle(String name, int prewarm, String source) {
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name + "\",\"version\":\"1.0.0\","
                + "\"kind\":\"script\",\"entry\":\"main.js\",\"capabilities\":{\"log\":{}},\"snapshot\":false,"
                + "\"contributes\":{\"commands\":[{\"name\":\"main\"}]},\"pool\":{\"prewarm\":" + prewarm + "}}";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    private static Bundle telling(String name, int prewarm) {
        return bundle(name, prewarm, "console.log('loaded'); cloche.command('main', () => 'answered')");
    }

    private static String pool(Host host, String extension) {
        return host.doctor().stream()
                .filter(finding -> finding.id().equals("pool.isolates"))
                .map(Finding::message)
                .filter(message -> message.startsWith("extension=" + extension + " "))
                .findFirst()
                .orElse("none");
    }

    private static void call(Host host, String extension) {
        assertThat(host.call(Call.of(extension, Entry.command("main"), Payload.EMPTY))
                        .payloadOrThrow()
                        .text())
                .isEqualTo("answered");
    }

    @ParameterizedTest
    @CsvSource({"FOREIGN,true", "FOREIGN,false", "HEAP,true", "HEAP,false"})
    void isolatesExistBeforeTheFirstCall(MemorySetting kind, boolean snapshot) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.script(
                    "cloche.command('main', () => 'answered')",
                    ",\"snapshot\":" + snapshot + ",\"pool\":{\"max\":3,\"prewarm\":3}"));
            assertThat(extension.poolStats().idle()).isEqualTo(3);
            assertThat(extension.poolStats().creating()).isZero();
            assertThat(extension.making().booted()).isEqualTo(snapshot ? 1 : 3);
            assertThat(extension.making().stamped()).isEqualTo(snapshot ? 3 : 0);
            assertThat(extensions.answer(extension, "")).isEqualTo("answered");
            assertThat(extension.poolStats().created()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void enginesThatAreBootedAheadAreTakenByScripts(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null, 2)) {
            for (String snapshot : List.of("true", "false", "true")) {
                awaitSpares(extensions, 2);
                Extension extension = extensions.load(Bundles.script(
                        "const early = performance.now(); console.log('loaded');"
                                + "cloche.command('main', () => performance.now() > early ? 'answered' : 'backwards')",
                        ",\"snapshot\":" + snapshot));
                assertThat(extensions.answer(extension, "")).isEqualTo("answered");
                assertThat(extension.making().booted()).isOne();
                extensions.retire(extension);
            }
            awaitSpares(extensions, 2);
            assertThat(extensions.figures().live()).as("nobody but the spares").isEqualTo(2);
            assertThat(extensions.log()).hasSize(3);
        }
    }

    private static void awaitSpares(SnapshotExtensions extensions, int count) {
        while (extensions.engines().spares().ready() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void withoutItOneIsolateExists() {
        try (SnapshotExtensions extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(Bundles.script("cloche.command('main', () => 1)"));
            assertThat(extension.manifest().pool().prewarm()).isZero();
            assertThat(extension.poolStats().idle()).isOne();
        }
    }

    @Test
    void anInstalledExtensionThatAsksForItIsReadyOnceTheHostIs()
            throws ExecutionException, InterruptedException, TimeoutException {
        try (Host host = Host.open(config())) {
            host.install(telling("asks", 2));
            host.install(telling("waits", 0));
        }
        log.clear();
        try (Host host = Host.open(config())) {
            host.prewarmed().get(30, TimeUnit.SECONDS);
            assertThat(log).containsExactly("asks loaded", "asks loaded");
            call(host, "asks");
            assertThat(pool(host, "asks")).contains(" idle=2 ", " created=2 ");
            assertThat(log).as("the doctor loads what is left").contains("waits loaded");
        }
    }

    @Test
    void aHostThatDoesNotWantItLoadsNothing() throws ExecutionException, InterruptedException, TimeoutException {
        try (Host host = Host.open(config())) {
            host.install(telling("asks", 2));
        }
        log.clear();
        assertThat(config().prewarm()).as("by default").isTrue();
        try (Host host = Host.open(config().withPrewarm(false))) {
            assertThat(host.prewarmed()).isCompleted();
            host.prewarmed().get(1, TimeUnit.SECONDS);
            assertThat(log).isEmpty();
            call(host, "asks");
            assertThat(log).containsExactly("asks loaded", "asks loaded");
        }
    }

    @Test
    void aHomeThatIsNotThereIsNotMade() throws ExecutionException, InterruptedException, TimeoutException {
        Path absent = home.resolve("absent");
        try (Host host = Host.open(HostConfig.at(absent))) {
            host.prewarmed().get(10, TimeUnit.SECONDS);
            assertThat(absent).doesNotExist();
        }
    }

    @Test
    void oneThatCannotBeLoadedDoesNotKeepTheOthersFromIt()
            throws ExecutionException, InterruptedException, TimeoutException {
        String once =
                "if (Date.now() > 1e12) throw new Error('too late');" + "cloche.command('main', () => 'answered')";
        HostConfig early = config().withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        try (Host host = Host.open(early)) {
            host.install(bundle("broken", 1, once));
            host.install(telling("sound", 1));
        }
        log.clear();
        try (Host host = Host.open(config())) {
            host.prewarmed().get(30, TimeUnit.SECONDS);
            assertThat(log).containsExactly("sound loaded");
            call(host, "sound");
        }
    }

    @Test
    @Timeout(25) // Less than what the first isolate of an extension may take.
    void closingTheHostStopsWhatItIsMakingReady() {
        String once = "console.log('begun'); if (Date.now() > 1e12) for (;;); cloche.command('main', () => 'answered')";
        HostConfig early = config().withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        try (Host host = Host.open(early)) {
            host.install(bundle("endless", 1, once));
        }
        assertThat(log).hasSize(1);
        Host host = Host.open(config());
        while (log.size() < 2) {
            Thread.onSpinWait();
        }
        host.close();
        assertThat(host.prewarmed()).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void prewarmAboveMaxIsRefused() {
        assertThat(refusal("\"max\":2,\"prewarm\":3")).contains("/pool/prewarm", "is above max, prewarm=3 max=2");
        assertThat(refusal("\"prewarm\":9")).contains("/pool/prewarm", "is above max, prewarm=9 max=8 (default)");
        assertThat(refusal("\"prewarm\":-1")).contains("/pool/prewarm");
        assertThat(refusal("\"prewarm\":\"2\"")).contains("/pool/prewarm", "a whole number from 0 to 1024");
        assertThat(refusal("\"max\":2,\"prewarm\":2")).isEmpty();
    }

    private static String refusal(String pool) {
        BundleException refused =
                catchThrowableOfType(BundleException.class, () -> Bundles.script("1", ",\"pool\":{" + pool + "}"));
        return refused == null ? "" : String.valueOf(refused.getMessage());
    }

    @Test
    void theManifestsSnapshotIsTrueOrFalse() {
        BundleException refused =
                catchThrowableOfType(BundleException.class, () -> Bundles.script("1", ",\"snapshot\":\"no\""));
        assertThat(refused).hasMessageContaining("/snapshot").hasMessageContaining("true or false");
        assertThat(Bundles.script("1").manifest().engine().snapshot()).isTrue();
    }
}
