package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.MetricsFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pools of real isolates in a host: how many there may be in all of them, and in one.
@Timeout(60)
class HostPoolsTest {
    private static final String ANSWERS = "cloche.command('main', () => 'ok')";
    private static final String WAITS =
            "cloche.command('main', () => new Promise((done) => setTimeout(() => done('ok'), 400)))";

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    private void open(PoolConfig pools) {
        host.close();
        host = Host.open(MemoryKinds.config(home).withPools(pools));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle script(String name, String source, String pool) {
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name + "\",\"version\":\"1.0.0\","
                + "\"kind\":\"script\",\"entry\":\"main.js\",\"contributes\":{\"commands\":[{\"name\":\"main\"}]},"
                + "\"pool\":{" + pool + "}}";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    private static Call main(String extension) {
        return Call.of(extension, Entry.command("main"), Payload.EMPTY);
    }

    private String run(String extension) {
        return host.call(main(extension)).payloadOrThrow().text();
    }

    private ExpositionText metrics() {
        return ExpositionText.parse(host.metrics(MetricsFormat.PROMETHEUS));
    }

    private double pool(String metric, String extension) {
        return metrics().sample("cloche_pool_" + metric, "extension", extension);
    }

    private double retired(String extension, String reason) {
        return metrics().sample("cloche_pool_retired_total", "extension", extension, "reason", reason);
    }

    @Test
    void extensionsTakeTurnsWithTheHostsIsolates() {
        open(PoolConfig.DEFAULT.withIsolates(2));
        List<String> names = List.of("one", "two", "three");
        names.forEach(name -> host.load(script(name, ANSWERS, "")));
        for (int round = 0; round < 5; round++) {
            names.forEach(name -> assertThat(run(name)).isEqualTo("ok"));
            assertThat(metrics().sample("cloche_isolates")).isLessThanOrEqualTo(2);
        }
        assertThat(metrics().sample("cloche_isolates_max")).isEqualTo(2);
        assertThat(names.stream().mapToDouble(name -> retired(name, "evicted")).sum())
                .isPositive();
    }

    @Test
    void aCallWaitsForAnIsolateOfTheHostsAndIsToldIfNoneComesFree() throws Exception {
        open(PoolConfig.DEFAULT.withIsolates(1));
        host.load(script("slow", WAITS, ""));
        host.load(script("patient", ANSWERS, "\"acquire-timeout\":\"20s\""));
        host.load(script("hasty", ANSWERS, "\"acquire-timeout\":\"20ms\""));
        CompletableFuture<Reply> slow = host.callAsync(main("slow"));
        while (pool("in_use", "slow") == 0) {
            Thread.onSpinWait();
        }
        assertThat(host.call(main("hasty"))).isInstanceOfSatisfying(Reply.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Reply.RejectReason.HOST_ISOLATES);
            assertThat(rejected.message()).contains("pool=hasty", "pools.isolates=1");
        });
        assertThat(run("patient")).isEqualTo("ok");
        assertThat(slow.get(20, TimeUnit.SECONDS).payloadOrThrow().text()).isEqualTo("ok");
    }

    @Test
    void anExtensionIsTriedWhenItIsLoadedThoughAllIsolatesAreInUse() {
        open(PoolConfig.DEFAULT.withIsolates(1));
        host.load(script("slow", WAITS, ""));
        CompletableFuture<Reply> slow = host.callAsync(main("slow"));
        while (pool("in_use", "slow") == 0) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> host.load(script("broken", "throw new Error('not today')", "")))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("not today");
        host.load(script("sound", ANSWERS, ""));
        assertThat(retired("sound", "surplus")).isEqualTo(1);
        assertThat(slow.join().payloadOrThrow().text()).isEqualTo("ok");
        assertThat(run("sound")).isEqualTo("ok");
    }

    /// A guest of so many pages that answers an error if it cannot grow by as many again.
    private static Bundle growing(String name, int pages, boolean grows) {
        int low = (pages & 0x7F) | 0x80;
        int high = pages >> 7;
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .memory(pages, 2 * pages)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        grows ? code(0x41, low, high, 0x40, 0, 0x41, 0x7F, 0x46) : code(0x41, 0))
                .build();
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name + "\",\"version\":\"1.0.0\","
                + "\"kind\":\"wasm\",\"entry\":\"main.wasm\",\"contributes\":{\"commands\":[{\"name\":\"main\"}]},"
                + "\"snapshot\":false,\"pool\":{\"memory-fraction\":1}}";
        return BundleReader.of(
                name, Map.of("main.wasm", module, "cloche.json", manifest.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whoNeedsMemoryHasIdleIsolatesOfOthersClosed() {
        host.close();
        host = Host.open(MemoryKinds.config(home).withMemoryMax(32L << 20));
        host.load(growing("first", 300, false));
        host.load(growing("second", 150, true));
        assertThat(host.call(main("first"))).isInstanceOf(Reply.Ok.class);
        assertThat(retired("second", "evicted") + retired("first", "evicted"))
                .as("18.75 and 9.4 MiB fit")
                .isZero();
        assertThat(host.call(main("second"))).as("18.75 MiB").isInstanceOf(Reply.Ok.class);
        assertThat(retired("first", "evicted")).isEqualTo(1);
        assertThat(host.call(main("first"))).isInstanceOf(Reply.Ok.class);
        assertThat(retired("second", "evicted")).isEqualTo(1);
    }

    @Test
    void whyAnIsolateWentIsTold() {
        host.load(script("broken", """
                cloche.command('main', (input) => {
                  if (input.text() === 'spin') while (true);
                  return 'ok';
                })""", "\"max\":1"));
        CallOptions quick = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(100));
        Call call = Call.of("broken", Entry.command("main"), Payload.text("spin"));
        assertThat(host.call(call.withOptions(quick))).isInstanceOf(Reply.TimedOut.class);
        assertThat(host.call(call.withOptions(CallOptions.DEFAULT.withFuel(1_000_000))))
                .isInstanceOf(Reply.Exhausted.class);
        assertThat(run("broken")).isEqualTo("ok");
        for (String reason : List.of("timeout", "exhausted")) {
            assertThat(retired("broken", reason)).as(reason).isEqualTo(1);
        }
        assertThat(retired("broken", "trap")).isZero();
    }

    @Test
    void aPoolIsResizedWhileItWorks() throws Exception {
        host.load(script("busy", WAITS, "\"max\":1,\"acquire-timeout\":\"20s\""));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replies.add(host.callAsync(main("busy")));
        }
        while (pool("waiting", "busy") < 3) {
            Thread.onSpinWait();
        }
        assertThat(host.resizePool("busy", 0, 4)).isTrue();
        while (pool("in_use", "busy") < 4) {
            Thread.onSpinWait();
        }
        assertThat(host.resizePool("busy", 1, 2)).isTrue();
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(reply.get(20, TimeUnit.SECONDS).payloadOrThrow().text()).isEqualTo("ok");
        }
        while (pool("size", "busy") > 2) {
            Thread.onSpinWait();
        }
        assertThat(retired("busy", "surplus")).isEqualTo(2);
        assertThat(host.resizePool("nobody", 1, 2)).isFalse();
        assertThatThrownBy(() -> host.resizePool("busy", 3, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("min=3 max=2");
    }

    @Test
    void whatAPoolLosesIsReplacedInTheBackground() {
        host.load(script("worn", ANSWERS, "\"min\":2,\"max-uses\":1"));
        while (pool("idle", "worn") < 2) {
            Thread.onSpinWait();
        }
        assertThat(run("worn")).isEqualTo("ok");
        assertThat(run("worn")).isEqualTo("ok");
        while (pool("idle", "worn") < 2) {
            Thread.onSpinWait();
        }
        assertThat(retired("worn", "max_uses")).isEqualTo(2);
    }
}
