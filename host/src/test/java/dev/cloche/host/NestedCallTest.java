package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Extensions that call extensions, and themselves, through `tool.call`.
@Timeout(120)
class NestedCallTest {
    private static final int DEEP = 10_000;
    private static final String PARAMETERS = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}";
    private static final String ASKS = "const ask = async (extension, tool, args) =>"
            + " cloche.hostcall('tool.call', { extension, tool, arguments: args });\n";

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    private void open(HostConfig config) {
        host.close();
        host = Host.open(config);
    }

    private void open(PoolConfig pools) {
        open(MemoryKinds.config(home).withPools(pools));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle script(String name, String tools, String members, String source) {
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name + "\",\"version\":\"1.0.0\","
                + "\"kind\":\"script\",\"entry\":\"main.js\",\"capabilities\":{\"tool.call\":{\"tools\":[" + tools
                + "]}},\"contributes\":{\"tools\":[{\"name\":\"run\",\"parameters\":" + PARAMETERS + "}]}" + members
                + "}";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", (ASKS + source).getBytes(StandardCharsets.UTF_8)));
    }

    private Reply run(String extension, String arguments) {
        return host.call(Call.of(extension, Entry.tool("run"), Payload.text(arguments))
                .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(60))));
    }

    private double sample(String metric, String extension) {
        return ExpositionText.parse(host.metrics(MetricsFormat.PROMETHEUS)).sample(metric, "extension", extension);
    }

    /// What nothing is left of once all calls are over.
    private void assertQuiet(String extension, int max) {
        assertThat(sample("cloche_pool_suspended", extension)).isZero();
        assertThat(sample("cloche_pool_in_use", extension)).isZero();
        assertThat(sample("cloche_pool_size", extension)).isLessThanOrEqualTo(max);
    }

    @ParameterizedTest
    @CsvSource({"1, 20", "2, 20", "2, 60"})
    void twoExtensionsCallEachOther(int max, int times) {
        String pool = ",\"pool\":{\"max\":" + max + "},\"limits\":{\"timeout\":\"30s\"}";
        String source = """
            cloche.tool('run', async ({ n }) => {
              if (n === 0) return ['end'];
              const outcome = await ask('OTHER', 'run', { n: n - 1 });
              return ['NAME', ...outcome.value.value];
            })\
            """;
        host.load(script(
                "ping", "\"pong/run\"", pool, source.replace("OTHER", "pong").replace("NAME", "i")));
        host.load(script(
                "pong", "\"ping/run\"", pool, source.replace("OTHER", "ping").replace("NAME", "o")));
        StringBuilder expected = new StringBuilder("[");
        for (int n = times; n > 0; n--) {
            expected.append(n % 2 == 0 ? "\"i\"," : "\"o\",");
        }
        assertThat(run("ping", "{\"n\":" + times + "}").payloadOrThrow().text()).isEqualTo(expected + "\"end\"]");
        assertQuiet("ping", max);
        assertQuiet("pong", max);
    }

    @Test
    void manyCallersOfExtensionsThatCallEachOtherAllComeToAnEnd() throws Exception {
        open(PoolConfig.DEFAULT.withIsolates(3));
        String pool = ",\"pool\":{\"max\":2,\"acquire-timeout\":\"60s\"},\"limits\":{\"timeout\":\"60s\"}";
        String source = """
            cloche.tool('run', async ({ n }) =>
              n === 0 ? 0 : 1 + (await ask('OTHER', 'run', { n: n - 1 })).value.value)\
            """;
        host.load(script("ping", "\"pong/run\"", pool, source.replace("OTHER", "pong")));
        host.load(script("pong", "\"ping/run\"", pool, source.replace("OTHER", "ping")));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            replies.add(
                    host.callAsync(Call.of(i % 2 == 0 ? "ping" : "pong", Entry.tool("run"), Payload.text("{\"n\":5}"))
                            .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(60)))));
        }
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(reply.get(60, TimeUnit.SECONDS).payloadOrThrow().text()).isEqualTo("5");
        }
        assertQuiet("ping", 2);
        assertQuiet("pong", 2);
    }

    /// Calls its own tool, whatever becomes of that, and answers 1.
    private static Bundle recursing() {
        String op = "tool.call";
        String request = "{\"extension\":\"test\",\"tool\":\"run\"}";
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        code(
                                0x41,
                                0,
                                0x41,
                                op.length(),
                                0x41,
                                16,
                                0x41,
                                request.length(),
                                0x10,
                                1,
                                0x1A,
                                0x41,
                                12,
                                0x41,
                                1,
                                0x10,
                                0,
                                0x41,
                                0))
                .data(0, op)
                .data(12, "1")
                .data(16, request)
                .build();
        return Bundles.wasm(
                module,
                ",\"capabilities\":{\"tool.call\":{\"tools\":[\"test/run\"]}},\"pool\":{\"max\":2},"
                        + "\"limits\":{\"timeout\":\"60s\",\"memory\":\"64KiB\"},"
                        + "\"contributes\":{\"tools\":[{\"name\":\"run\"}]}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGuestNestsAsDeepAsItMayAndNoDeeper(boolean virtual) throws Exception {
        open(PoolConfig.DEFAULT.withDepth(DEEP));
        host.load(recursing());
        var reply = new CompletableFuture<Reply>();
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> reply.complete(run("test", "{}")));
        assertThat(reply.get(100, TimeUnit.SECONDS).payloadOrThrow().text()).isEqualTo("1");
        assertThat(sample("cloche_pool_created_total", "test")).isEqualTo(DEEP);
        assertQuiet("test", 2);
    }

    private String answer(String members, String source) {
        host.load(script("asker", "\"tools/run\"", members, source));
        return run("asker", "{}").payloadOrThrow().text();
    }

    @Test
    void whatBecomesOfTheCalledToolIsTheOutcome() {
        open(PoolConfig.DEFAULT.withDepth(2));
        host.load(script("tools", "\"tools/run\"", ",\"limits\":{\"timeout\":\"200ms\"}", """
            cloche.tool('run', async ({ n }) => {
              if (n === 1) throw new RangeError('too small');
              if (n === 2) while (true);
              if (n === 3) return (await ask('tools', 'run', {})).details.limit;
              return { n };
            })\
            """));
        String source = """
            cloche.tool('run', async () => {
              const told = (o) => o.status === 'ok' ? o.value : [o.status, o.code];
              const all = [];
              for (const args of [{ n: 7 }, { n: 1 }, { n: 2 }, { n: 3 }, { n: 'x' }, undefined])
                all.push(told(await ask('tools', 'run', args)));
              all.push(told(await ask('tools', 'other', {})));
              return all;
            })\
            """;
        assertThat(answer(",\"limits\":{\"timeout\":\"20s\"}", source))
                .isEqualTo("[{\"ok\":true,\"value\":{\"n\":7}},"
                        + "{\"ok\":false,\"code\":\"RangeError\",\"message\":\"too small\"},"
                        + "[\"failed\",\"timeout\"],"
                        + "{\"ok\":true,\"value\":\"2\"},"
                        + "[\"failed\",\"invalid_request\"],"
                        + "{\"ok\":true,\"value\":{}},"
                        + "[\"denied\",\"policy\"]]");
        assertQuiet("asker", 8);
        assertQuiet("tools", 8);
    }

    @Test
    void aToolThatIsNotThereIsNotFound() {
        assertThat(answer("", "cloche.tool('run', async () => (await ask('tools', 'run', {})).code)"))
                .isEqualTo("\"not_found\"");
    }

    @Test
    void aGrantNarrowsWhatTheManifestAsksFor() {
        open(MemoryKinds.config(home)
                .withGrant("asker", new Capability("tool.call", Map.of("tools", List.of("others/run")))));
        host.load(script("tools", "\"tools/run\"", "", "cloche.tool('run', () => 1)"));
        assertThat(answer("", "cloche.tool('run', async () => (await ask('tools', 'run', {})).details.rule)"))
                .isEqualTo("\"grant.parameters\"");
    }

    @Test
    void theCallersDeadlineHoldsForWhatItCalls() {
        host.load(script(
                "tools",
                "\"tools/run\"",
                ",\"limits\":{\"timeout\":\"30s\"}",
                "cloche.tool('run', () => { while (true); })"));
        host.load(script(
                "asker",
                "\"tools/run\"",
                ",\"limits\":{\"timeout\":\"300ms\"}",
                "cloche.tool('run', async () => (await ask('tools', 'run', {})).code)"));
        long start = System.nanoTime();
        assertThat(run("asker", "{}")).isInstanceOfAny(Reply.TimedOut.class, Reply.Ok.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(run("asker", "{}")).isInstanceOfAny(Reply.TimedOut.class, Reply.Ok.class);
    }

    @Test
    void aCallerThatIsInterruptedEndsWhatItCalls() throws Exception {
        host.load(recursing());
        host.load(script(
                "tools",
                "\"tools/run\"",
                ",\"limits\":{\"timeout\":\"30s\"}",
                "cloche.tool('run', () => { while (true); })"));
        host.load(script(
                "asker", "\"tools/run\"", "", "cloche.tool('run', async () => (await ask('tools', 'run', {})).code)"));
        var reply = new CompletableFuture<Reply>();
        Thread caller = Thread.ofPlatform().start(() -> reply.complete(run("asker", "{}")));
        while (sample("cloche_pool_in_use", "tools") == 0) {
            Thread.onSpinWait();
        }
        assertThat(sample("cloche_pool_suspended", "asker")).isEqualTo(1);
        caller.interrupt();
        assertThat(reply.get(20, TimeUnit.SECONDS)).isInstanceOf(Reply.Trapped.class);
    }
}
