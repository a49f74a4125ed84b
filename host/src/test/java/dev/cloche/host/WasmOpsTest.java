package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.telemetry.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Operations that a module imports by name, in their typed forms, in both lanes.
@Timeout(120)
class WasmOpsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private static final String ALLOWED =
            ",\"capabilities\":{\"log\":{},\"clock\":{},\"random\":{},\"kv.read\":{},\"kv.write\":{}}";

    /// Where a guest of these tests keeps things.
    private static final int REQUEST = 256;

    private static final int ROOM = 2_048;
    private static final int OUTCOME = 1_536;
    private static final int PAGE = 65_536;

    @TempDir
    Path home;

    private final List<LogLine> log = Collections.synchronizedList(new ArrayList<>());
    private Host host;

    @BeforeEach
    void open() {
        open("none");
    }

    private void open(String lane) {
        host = Host.open(MemoryKinds.config(home)
                .withLogSink(log::add)
                .withClock(Clock.fixed(NOW, ZoneOffset.UTC))
                .withRandom(new Random(7))
                .withHostcalls(HostcallConfig.DEFAULT.withLanes(LaneConfig.DEFAULT.withOption(lane))));
    }

    @AfterEach
    void close() {
        host.close();
    }

    /// A call of the op: request and its length, block for the answer and its length; its outcome is kept in memory.
    private record Step(String op, Payload request, int pointer, int length, int block, int room) {
        static Step of(String op, byte[] request, int room) {
            return new Step(op, Payload.wrap(request), REQUEST, request.length, ROOM, room);
        }
    }

    /// What a guest is told: the outcome's high and low word, and what lies in its block.
    private record Told(int tag, int length, Payload block) {
        byte[] answer() {
            return Arrays.copyOf(block.unsafeBytes(), length);
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] i32(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x41);
        int left = value;
        while (left > 0x3F || left < -0x40) {
            out.write((left & 0x7F) | 0x80);
            left >>= 7;
        }
        out.write(left & 0x7F);
        return out.toByteArray();
    }

    /// `memory[OUTCOME] = op(...)`, then `read` if asked for, and the reply: the outcome and the block behind it.
    private static byte[] module(Step step, boolean read) {
        byte[] call = join(
                i32(OUTCOME),
                i32(step.pointer),
                i32(step.length),
                i32(step.block),
                i32(step.room),
                code(0x10, 2),
                code(0x37, 3, 0));
        byte[] handle = join(
                call,
                read ? join(i32(ROOM), code(0x10, 1)) : new byte[0],
                i32(OUTCOME),
                i32(ROOM - OUTCOME + 1_024),
                code(0x10, 0),
                i32(0));
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "read", List.of(I32), List.of())
                .importFunction("cloche_op", step.op, List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 16)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle)
                .data(REQUEST, step.request.unsafeBytes())
                .build();
    }

    private Reply reply(Step step, boolean read) {
        host.load(Bundles.wasm(module(step, read), ALLOWED));
        return host.call(Call.of("test", Entry.command("main"), Payload.EMPTY));
    }

    private Told told(Step step, boolean read) {
        ByteBuffer bytes = ByteBuffer.wrap(reply(step, read).payloadOrThrow().toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN);
        long outcome = bytes.getLong();
        return new Told(
                (int) (outcome >>> 32),
                (int) outcome,
                Payload.wrap(Arrays.copyOfRange(bytes.array(), ROOM - OUTCOME, bytes.capacity())));
    }

    private Told told(String op, byte[] request) {
        return told(Step.of(op, request, 1_024), false);
    }

    private void assertOk(Told told, byte[] answer) {
        assertThat(told.tag).isZero();
        assertThat(told.answer()).isEqualTo(answer);
        assertThat(told.block.unsafeBytes()).as("nothing behind the answer").endsWith(new byte[1_024 - answer.length]);
    }

    private static byte[] set(String key, String value) {
        byte[] bytes = key.getBytes(UTF_8);
        return join(
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(bytes.length)
                        .array(),
                bytes,
                value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "all"})
    void typedOperationsAnswerInTheirOwnLayouts(String lane) {
        host.close();
        open(lane);
        Told now = told("clock.now", new byte[0]);
        assertThat(now.length).isEqualTo(16);
        ByteBuffer times = ByteBuffer.wrap(now.answer()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(times.getLong()).isEqualTo(NOW.getEpochSecond() * 1_000_000_000L + NOW.getNano());
        assertThat(times.getLong()).isNotNegative();

        assertOk(told("kv.get", "k".getBytes(UTF_8)), new byte[0]);
        assertOk(told("kv.set", set("k", " {\"a\":1} ")), new byte[0]);
        assertOk(told("kv.get", "k".getBytes(UTF_8)), "{\"a\":1}".getBytes(UTF_8));
        assertOk(told("kv.delete", "k".getBytes(UTF_8)), new byte[] {1});
        assertOk(told("kv.delete", "k".getBytes(UTF_8)), new byte[] {0});

        Told drawn = told("random.bytes", new byte[] {32, 0, 0, 0});
        assertThat(drawn.length).isEqualTo(32);
        assertThat(drawn.answer()).isNotEqualTo(new byte[32]);

        assertOk(told("log", "\2warned".getBytes(UTF_8)), new byte[0]);
        assertThat(log).extracting(LogLine::message).containsExactly("warned");
        assertThat(log).extracting(line -> line.level().name()).containsExactly("WARN");
        assertThat(host.lanes().of("test").lane()).isEqualTo(lane.equals("all") ? "compat" : "fast");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "all"})
    void anOperationWithoutALayoutTakesAndGivesJson(String lane) {
        host.close();
        open(lane);
        told("kv.set", set("k", "1"));
        assertOk(told("kv.list", "{}".getBytes(UTF_8)), "{\"keys\":[\"k\"]}".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "all"})
    void anAnswerLargerThanItsRoomIsKeptForRead(String lane) {
        host.close();
        open(lane);
        told("kv.set", set("k", "\"0123456789\""));
        Step tight = Step.of("kv.get", "k".getBytes(UTF_8), 11);
        Told unread = told(tight, false);
        assertThat(unread.tag).isZero();
        assertThat(unread.length).isEqualTo(12);
        assertThat(unread.block.unsafeBytes()).as("nothing was written").containsOnly(0);
        assertThat(new String(told(tight, true).answer(), UTF_8)).isEqualTo("\"0123456789\"");
        Step exact = Step.of("kv.get", "k".getBytes(UTF_8), 12);
        assertThat(new String(told(exact, false).answer(), UTF_8)).isEqualTo("\"0123456789\"");
    }

    @ParameterizedTest
    @CsvSource({"none, 1", "all, 1", "none, 4096", "all, 4096"})
    void whatWasNotCarriedOutIsKeptForReadAsJson(String lane, int room) {
        host.close();
        open(lane);
        Told failed = told(Step.of("kv.get", new byte[0], room), true);
        assertThat(failed.tag).isEqualTo(2);
        assertThat(new String(failed.answer(), UTF_8))
                .startsWith("{\"code\":\"invalid_request\",\"message\":\"kv.get: ")
                .endsWith("\"retryable\":false}");
        Told outOfRange = told(Step.of("random.bytes", new byte[] {-1, -1, -1, -1}, room), true);
        assertThat(outOfRange.tag).isEqualTo(2);
        assertThat(new String(outOfRange.answer(), UTF_8)).contains("field=count");
    }

    @Test
    void whatPolicyRefusesIsToldLikewise() {
        Bundle bundle =
                Bundles.wasm(module(Step.of("clock.now", new byte[0], 16), true), ",\"capabilities\":{\"kv.read\":{}}");
        host.load(bundle);
        byte[] reply = host.call(Call.of("test", Entry.command("main"), Payload.EMPTY))
                .payloadOrThrow()
                .toByteArray();
        assertThat(reply[4]).as("denied").isEqualTo((byte) 1);
        assertThat(new String(reply, UTF_8)).contains("\"code\":\"policy\"").contains("manifest.missing");
    }

    /// Each is told at once, when the bundle is loaded, and by a check.
    @ParameterizedTest
    @CsvSource({
        "kv.gte, did you mean kv.get?",
        "clock.nwo, did you mean clock.now?",
        "brew.coffee, 'import operations that the host has, or ask with cloche.call'"
    })
    void aModuleThatImportsAnOperationThereIsNotIsRefused(String op, String hint) {
        Bundle bundle = Bundles.wasm(module(Step.of(op, new byte[0], 0), false), ALLOWED);
        Violation violation = new Violation(
                "file:main.wasm", "imports cloche_op." + op + ", an operation that this host does not have", hint);
        assertThat(catchThrowableOfType(BundleException.class, () -> host.load(bundle))
                        .violations())
                .containsExactly(violation);
        assertThat(host.check(bundle)).containsExactly(violation);
        assertThat(host.extensions()).isEmpty();
    }

    @Test
    void everyOperationThereIsNotIsNamed() {
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche_op", "kv.gte", List.of(I32, I32, I32, I32), List.of(I64))
                .importFunction("cloche_op", "kv.get", List.of(I32, I32, I32, I32), List.of(I64))
                .importFunction("cloche_op", "a\u0000b", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 16)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), code(0x41, 0))
                .build();
        assertThatThrownBy(() -> host.load(Bundles.wasm(module, ALLOWED)))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        refused -> assertThat(refused.violations())
                                .extracting(Violation::message)
                                .containsExactly(
                                        "imports cloche_op.kv.gte, an operation that this host does not have",
                                        "imports cloche_op.a?b, an operation that this host does not have"));
    }

    @Test
    void anImportOfAnotherTypeIsRefused() {
        byte[] module = WasmBuilder.guest(code(0x41, 0))
                .importFunction("cloche_op", "kv.get", List.of(I32, I32), List.of(I64))
                .build();
        assertThatThrownBy(() -> host.load(Bundles.wasm(module, ALLOWED)))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        refused -> assertThat(refused.violations())
                                .singleElement()
                                .satisfies(violation -> assertThat(violation.message())
                                        .startsWith("imports cloche_op.kv.get ")
                                        .endsWith("with the wrong type")));
    }

    @ParameterizedTest
    @CsvSource({
        // request outside, by its place, by its length, wrapped around
        "kv.get, 65536, 1, 2048, 64",
        "kv.get, 65535, 2, 2048, 64",
        "kv.get, -1, 1, 2048, 64",
        "kv.get, 256, -1, 2048, 64",
        "kv.get, -1, -1, 2048, 64",
        // block outside
        "clock.now, 0, 0, 65536, 64",
        "clock.now, 0, 0, 65521, 64",
        "clock.now, 0, 0, -16, -1"
    })
    void whatLiesOutsideMemoryIsATrap(String op, int pointer, int length, int block, int room) {
        for (String lane : List.of("none", "all")) {
            host.close();
            open(lane);
            assertThat(reply(new Step(op, Payload.EMPTY, pointer, length, block, room), false))
                    .as("lane=%s", lane)
                    .isInstanceOfSatisfying(Reply.Trapped.class, trapped -> {
                        assertThat(trapped.kind()).isEqualTo(TrapKind.ABI);
                        assertThat(trapped.message()).contains("lies outside the guest's memory");
                    });
        }
    }

    @Test
    void theLastBytesOfMemoryAreWithin() {
        told("kv.set", set("k", "1"));
        byte[] key = "k".getBytes(UTF_8);
        byte[] module = module(new Step("clock.now", Payload.wrap(key), 0, 0, PAGE - 16, 16), false);
        host.load(Bundles.wasm(module, ALLOWED));
        assertThat(host.call(Call.of("test", Entry.command("main"), Payload.EMPTY)))
                .isInstanceOf(Reply.Ok.class);
    }

    @Test
    void noAnswerNeedsNoBlock() {
        assertOk(told(new Step("kv.get", Payload.text("k"), REQUEST, 1, -1, 0), false), new byte[0]);
    }

    /// The name of an operation at a place in memory is not remembered beyond what stands there.
    @Test
    void aNameThatIsOverwrittenIsAnotherOperation() {
        String[] names = {"kv.get", "kv.gte", "kv.set", "kv.get"};
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        for (int i = 0; i < names.length; i++) {
            byte[] name = names[i].getBytes(UTF_8);
            for (int at = 0; at < name.length; at++) {
                // memory[at] = name[at]
                handle.writeBytes(join(i32(at), i32(name[at]), code(0x3A, 0, 0)));
            }
            // memory[OUTCOME + 8 * i] = call(0, 6, REQUEST, length)
            handle.writeBytes(
                    join(i32(OUTCOME + 8 * i), i32(0), i32(6), i32(REQUEST), i32(11), code(0x10, 1), code(0x37, 3, 0)));
        }
        handle.writeBytes(join(i32(OUTCOME), i32(32), code(0x10, 0), i32(0)));
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 16)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle.toByteArray())
                .data(REQUEST, "{\"key\":\"k\"}")
                .build();
        host.load(Bundles.wasm(module, ALLOWED));
        for (int round = 0; round < 3; round++) {
            ByteBuffer outcomes = ByteBuffer.wrap(host.call(Call.of("test", Entry.command("main"), Payload.EMPTY))
                            .payloadOrThrow()
                            .toByteArray())
                    .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(outcomes.getLong()).as("not found").isEqualTo("{\"found\":false}".length());
            assertThat(outcomes.getLong() >>> 32).as("unsupported").isEqualTo(2);
            assertThat(outcomes.getLong() >>> 32).as("no value").isEqualTo(2);
            assertThat(outcomes.getLong()).as("not found").isEqualTo("{\"found\":false}".length());
        }
    }
}
