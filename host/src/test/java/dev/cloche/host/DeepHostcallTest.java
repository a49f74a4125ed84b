package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.StackRoom;
import dev.cloche.host.telemetry.LogLine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Guests that recurse until a stack is full, and call their host at every level: the stack never ends in host code.
@Timeout(120)
class DeepHostcallTest {
    private static final int SINK_FRAMES = 30;

    @TempDir
    Path home;

    private Host host;
    private final AtomicInteger hostcalls = new AtomicInteger();
    private final AtomicInteger overflows = new AtomicInteger();

    /// Code of the host that is interpreted takes more stack than a probe that is compiled: the worst case is tested.
    @BeforeAll
    static void compileTheProbe() {
        for (int i = 0; i < 50_000; i++) {
            StackRoom.require();
        }
    }

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home).withLogSink(this::sink));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private void sink(LogLine line) {
        try {
            hostcalls.addAndGet(deep(SINK_FRAMES, line) > 0 ? 1 : 0);
        } catch (StackOverflowError e) {
            overflows.incrementAndGet();
            throw e;
        }
    }

    private static int deep(int frames, LogLine line) {
        return frames == 0 ? line.toString().length() : deep(frames - 1, line) + 1;
    }

    /// Function 3 calls the op at 0 with the request at 16, drops the outcome and calls itself.
    private static byte[] recursing(String op, String request) {
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "deeper",
                        List.of(),
                        List.of(),
                        code(0x41, 0, 0x41, op.length(), 0x41, 16, 0x41, request.length(), 0x10, 1, 0x1A, 0x10, 3))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), code(0x10, 3, 0x41, 0))
                .data(0, op)
                .data(16, request)
                .build();
    }

    private Reply call(boolean virtual) throws Exception {
        var reply = new CompletableFuture<Reply>();
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform())
                .start(() -> reply.complete(host.call(Call.of("test", Entry.command("main"), Payload.text("1")))));
        return reply.get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "log;{\"level\":\"info\",\"message\":\"x\"};true",
                "log;{\"level\":\"info\",\"message\":\"x\"};false",
                "kv.get;{\"key\":\"k\"};true",
                "kv.get;{\"key\":\"k\"};false"
            })
    void theStackNeverEndsInAService(String op, String request, boolean virtual) throws Exception {
        host.load(Bundles.wasm(
                recursing(op, request),
                ",\"capabilities\":{\"log\":{},\"kv.read\":{}},\"limits\":{\"hostcalls\":1000000,\"log\":\"64MiB\"}"));
        for (int round = 0; round < 20; round++) {
            assertThat(call(virtual))
                    .isInstanceOfSatisfying(
                            Reply.Exhausted.class,
                            exhausted -> assertThat(exhausted.budget()).isEqualTo(Budget.STACK));
        }
        assertThat(overflows).hasValue(0);
        assertThat(hostcalls.get() > 0).isEqualTo(op.equals("log"));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aScriptThatLogsAtEachLevelGetsARangeError(boolean virtual) throws Exception {
        host.load(Bundles.script("""
                let depth = 0;
                function deeper() { depth++; console.log('x'); return deeper() + 1; }
                cloche.command('main', () => { depth = 0; try { return deeper(); } catch (e) { return e.name; } });
                """, ",\"limits\":{\"hostcalls\":1000000,\"log\":\"64MiB\"}"));
        for (int round = 0; round < 5; round++) {
            assertThat(call(virtual).payloadOrThrow().text()).contains("RangeError");
        }
        assertThat(overflows).hasValue(0);
        assertThat(hostcalls).hasPositiveValue();
    }
}
