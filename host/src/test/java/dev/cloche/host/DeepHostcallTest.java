package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.StackRoom;
import dev.cloche.host.hostcall.ExtensionPort;
import dev.cloche.host.telemetry.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

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
            StackRoom.requireLittle();
        }
    }

    private final ListAppender<ILoggingEvent> failures = new ListAppender<>();

    @BeforeEach
    void open() {
        failures.start();
        logger().addAppender(failures);
        open("none");
    }

    private void open(String lane) {
        host = Host.open(MemoryKinds.config(home)
                .withGrant("test", new Capability("env.read", Map.of()))
                .withGrant("test", new Capability("http.fetch", Map.of()))
                .withLogSink(this::sink)
                .withHostcalls(HostcallConfig.DEFAULT.withLanes(LaneConfig.DEFAULT.withOption(lane))));
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ExtensionPort.class);
    }

    @AfterEach
    void close() {
        host.close();
        logger().detachAppender(failures);
        assertThat(failures.list)
                .as("what became of services")
                .filteredOn(event -> event.getThrowableProxy() != null)
                .extracting(event -> event.getThrowableProxy().getClassName())
                .isEmpty();
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

    private static byte[] i32(int value) {
        return value < 64
                ? code(0x41, value)
                : code(0x41, (value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /// Function 3 calls the op at 0 with the request at 16, drops the outcome and calls itself. What it is handed it
    /// needs afterwards: the more, the larger its frame, and the fewer of them fit.
    private static byte[] recursing(String op, byte[] request, int params) {
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "deeper",
                        Collections.nCopies(params, I64),
                        List.of(I64),
                        join(
                                i32(0),
                                i32(op.length()),
                                i32(16),
                                i32(request.length),
                                code(0x10, 1, 0x1A),
                                each(params, index -> code(0x20, index)),
                                code(0x10, 3),
                                each(params, index -> code(0x20, index, 0x7C))))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        join(each(params, index -> code(0x42, index)), code(0x10, 3, 0xA7)))
                .data(0, op)
                .data(16, request)
                .build();
    }

    private static byte[] each(int times, IntFunction<byte[]> code) {
        return join(IntStream.range(0, times).mapToObj(code).toArray(byte[][]::new));
    }

    private Reply call(boolean virtual) throws Exception {
        var reply = new CompletableFuture<Reply>();
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform())
                .start(() -> reply.complete(host.call(Call.of("test", Entry.command("main"), Payload.text("1")))));
        return reply.get(60, TimeUnit.SECONDS);
    }

    private static final String NESTED = "{\"name\":" + "[".repeat(199) + "]".repeat(199) + "}";

    /// Those whose guest waits at each level. A virtual thread that waits begins with an empty stack again, so these
    /// are for platform threads.
    private static final Set<String> WAITS = Set.of("kv.list", "http.fetch", "tool.call");

    /// As deep as a parser of names that recurses would go.
    private static final String LONG_HOST = "{\"url\":\"http://" + "a.".repeat(125) + "aa/\"}";

    private static byte[] request(String op, String request) {
        byte[] text = request.replace("NESTED", NESTED)
                .replace("LONG_HOST", LONG_HOST)
                .getBytes(StandardCharsets.UTF_8);
        return op.equals("http.fetch")
                ? join(new byte[] {(byte) text.length, (byte) (text.length >> 8), 0, 0}, text)
                : text;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "log;{\"level\":\"info\",\"message\":\"x\"};0",
                "kv.get;{\"key\":\"k\"};0",
                "kv.list;{};60",
                "clock.now;{};0",
                "random.bytes;{\"count\":1000};60",
                "env.get;{\"name\":\"PATH\"};60",
                "env.get;NESTED;60",
                "kv.get;NESTED;60",
                "http.fetch;LONG_HOST;60",
                "tool.call;{\"extension\":\"a\",\"tool\":\"b\"};60",
                "no.such.op;{};0"
            })
    void theStackNeverEndsInAService(String op, String request, int params) throws Exception {
        byte[] module = recursing(op, request(op, request), params);
        for (String lane : List.of("none", "all")) {
            host.close();
            open(lane);
            host.load(Bundles.wasm(
                    module,
                    ",\"capabilities\":{\"log\":{},\"kv.read\":{},\"clock\":{},\"random\":{},"
                            + "\"tool.call\":{\"tools\":[\"a/b\"]},"
                            + "\"env.read\":{\"names\":[\"PATH\"]},\"http.fetch\":{\"hosts\":[\"b\"]}},"
                            + "\"limits\":{\"hostcalls\":1000000,\"log\":\"64MiB\"}"));
            for (int round = 0; round < 20; round++) {
                assertThat(call(round % 2 == 0 && !WAITS.contains(op)))
                        .as("lane=%s", lane)
                        .isInstanceOfSatisfying(
                                Reply.Exhausted.class,
                                exhausted -> assertThat(exhausted.budget()).isEqualTo(Budget.STACK));
            }
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
