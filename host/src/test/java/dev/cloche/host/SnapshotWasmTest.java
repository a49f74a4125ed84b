package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.pool.RetireReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// WebAssembly extensions that are stamped, reset, or refused a snapshot.
@Timeout(60)
class SnapshotWasmTest {
    private static final String PER_LEASE = ",\"pool\":{\"reset\":\"per-lease\",\"max\":1}";
    private static final StampingFactory.Making STAMPED =
            new StampingFactory.Making("snapshot taken when it was first needed", 1, 1);

    static Stream<MemorySetting> kinds() {
        return Stream.of(MemorySetting.FOREIGN, MemorySetting.HEAP);
    }

    private static Bundle stateful(String members) {
        String resource = "engine/snapshot/state.wasm";
        try (InputStream in = Objects.requireNonNull(SnapshotWasmTest.class.getResourceAsStream(resource), resource)) {
            return Bundles.wasm(in.readAllBytes(), members);
        } catch (IOException e) {
            throw new IllegalStateException("a test's module cannot be read, resource=" + resource, e);
        }
    }

    private static String observed(SnapshotExtensions extensions, Extension extension) {
        return HexFormat.of()
                .formatHex(extensions.call(extension, "o").payloadOrThrow().unsafeBytes());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aLeaseFindsWhatTheFirstOneFound(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension booted = extensions.load(stateful(PER_LEASE + ",\"snapshot\":false"));
            Extension stamped = extensions.load(stateful(PER_LEASE));
            String pristine = observed(extensions, booted);
            for (int lease = 0; lease < 12; lease++) {
                assertThat(observed(extensions, stamped)).as("lease " + lease).isEqualTo(pristine);
                extensions.answer(stamped, "mutated " + lease);
                // A segment that the lease before dropped is there.
                extensions.answer(stamped, lease % 2 == 0 ? "d" : "e");
            }
            assertThat(stamped.making()).isEqualTo(STAMPED);
            assertThat(stamped.poolStats().created()).isOne();
            assertThat(booted.making().path()).isEqualTo("booted one by one: the manifest says \"snapshot\": false");
            assertThat(booted.poolStats().retired()).containsEntry(RetireReason.RESET, 1L);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void withoutAResetALeaseFindsWhatTheLastOneLeft(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension stamped = extensions.load(stateful(",\"pool\":{\"max\":1}"));
            String pristine = observed(extensions, stamped);
            extensions.answer(stamped, "mutated!");
            assertThat(observed(extensions, stamped)).isNotEqualTo(pristine);
            assertThat(extensions.call(stamped, "d")).isInstanceOf(Reply.Trapped.class);
            assertThat(observed(extensions, stamped))
                    .as("the trap retired the isolate, and the next one is pristine")
                    .isEqualTo(pristine);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aSegmentThatInitialisationDroppedStaysDropped(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension stamped = extensions.load(stateful(PER_LEASE));
            Extension booted = extensions.load(stateful(PER_LEASE + ",\"snapshot\":false"));
            for (String use : List.of("D", "E")) {
                Reply.Trapped expected = (Reply.Trapped) extensions.call(booted, use);
                Reply.Trapped trapped = (Reply.Trapped) extensions.call(stamped, use);
                assertThat(trapped.kind()).isEqualTo(expected.kind()).isNotEqualTo(TrapKind.ENGINE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anIsolateThatTrappedIsNeverReset(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension stamped = extensions.load(stateful(PER_LEASE));
            String pristine = observed(extensions, stamped);
            assertThat(extensions.call(stamped, "t")).isInstanceOf(Reply.Trapped.class);
            assertThat(observed(extensions, stamped)).isEqualTo(pristine);
            assertThat(stamped.poolStats().retired()).containsEntry(RetireReason.TRAP, 1L);
            assertThat(stamped.making().stamped()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anIsolateThatTimedOutIsNeverReset(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension stamped = extensions.load(stateful(PER_LEASE));
            String pristine = observed(extensions, stamped);
            Call endless = Call.of("test", Entry.command("main"), Payload.text("l"))
                    .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofMillis(30)));
            assertThat(extensions.call(stamped, endless)).isInstanceOf(Reply.TimedOut.class);
            assertThat(observed(extensions, stamped)).isEqualTo(pristine);
            assertThat(stamped.poolStats().retiredTotal()).isOne();
            assertThat(stamped.poolStats().retired()).containsEntry(RetireReason.RESET, 0L);
            assertThat(stamped.making().stamped()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anExtensionThatEndsLeavesNothing(MemorySetting kind) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            long mappings = extensions.figures().mappings();
            Extension first = extensions.load(stateful(",\"pool\":{\"max\":4,\"prewarm\":3}"));
            assertThat(extensions.figures().live()).isEqualTo(3);
            assertThat(extensions.figures().images()).isOne();
            assertThat(extensions.figures().mappings() - mappings)
                    .as("at most two an isolate and one for the image")
                    .isLessThanOrEqualTo(7);
            Extension second = extensions.load(stateful(""));
            assertThat(extensions.figures().images()).isEqualTo(2);
            extensions.retire(first);
            assertThat(extensions.figures().live()).isOne();
            assertThat(extensions.figures().images()).isOne();
            assertThat(extensions.call(first, "o")).isInstanceOf(Reply.Unavailable.class);
            observed(extensions, second);
            extensions.retire(second);
            assertThat(extensions.figures().live()).isZero();
            assertThat(extensions.figures().images()).isZero();
            assertThat(extensions.figures().mappings()).isEqualTo(mappings);
        }
    }

    // ---- What initialisation read -----------------------------------------------------------------------------------

    private static final String WASI = "wasi_snapshot_preview1";

    /// Answers the eight bytes at 64.
    private static final byte[] ANSWER = code(0x41, 0xC0, 0, 0x41, 8, 0x10, 0, 0x41, 0);

    private static final byte[] DRAW = code(0x41, 0xC0, 0, 0x41, 8, 0x10, 1, 0x1A);
    private static final byte[] READ_WALL_CLOCK = code(0x41, 0, 0x42, 0, 0x41, 0xC0, 0, 0x10, 1, 0x1A);
    private static final byte[] READ_MONOTONIC_CLOCK = code(0x41, 1, 0x42, 0, 0x41, 0xC0, 0, 0x10, 1, 0x1A);

    /// A guest that answers what lies at 64. What it reads is function 1, its imports come first.
    private static WasmBuilder guest(String wasi, List<Integer> params) {
        return WasmBuilder.guest(ANSWER).importFunction(WASI, wasi, params, List.of(I32));
    }

    private static WasmBuilder drawing() {
        return guest("random_get", List.of(I32, I32));
    }

    private static WasmBuilder reading() {
        return guest("clock_time_get", List.of(I32, I64, I32));
    }

    static Stream<Object[]> frozen() {
        return kinds().flatMap(kind -> Stream.of(
                new Object[] {kind, drawing().function("_initialize", List.of(), List.of(), DRAW), "random bytes"},
                new Object[] {kind, drawing().function("cloche_init", List.of(), List.of(), DRAW), "random bytes"},
                new Object[] {
                    kind, reading().function("_initialize", List.of(), List.of(), READ_WALL_CLOCK), "the time of day"
                }));
    }

    @ParameterizedTest
    @MethodSource("frozen")
    void aGuestWhoseInitialisationReadInputsIsBootedEachTime(MemorySetting kind, WasmBuilder guest, String input) {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.wasm(guest.build(), PER_LEASE));
            assertThat(extension.making().path())
                    .isEqualTo("booted one by one: its initialisation read " + input
                            + ", which would be the same in all isolates made from the snapshot; export cloche_stamped"
                            + " and draw them anew there");
            assertThat(extensions.bytes(extension, "")).isNotEqualTo(extensions.bytes(extension, ""));
            assertThat(extension.making().stamped()).isZero();
            assertThat(extension.making().booted()).isGreaterThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aGuestThatIsToldOfItsStampDrawsAnewEachTime(MemorySetting kind) {
        WasmBuilder guest = drawing()
                .function("_initialize", List.of(), List.of(), DRAW)
                .function("cloche_stamped", List.of(), List.of(), DRAW);
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension reset = extensions.load(Bundles.wasm(guest.build(), PER_LEASE));
            List<String> drawn =
                    Stream.generate(() -> extensions.answer(reset, "")).limit(6).toList();
            assertThat(drawn).doesNotHaveDuplicates();
            assertThat(reset.making()).isEqualTo(STAMPED);
            Extension fresh = extensions.load(Bundles.wasm(guest.build(), ",\"pool\":{\"max-uses\":1}"));
            assertThat(Stream.generate(() -> extensions.answer(fresh, ""))
                            .limit(6)
                            .toList())
                    .doesNotHaveDuplicates()
                    .doesNotContainAnyElementsOf(drawn);
            assertThat(fresh.making().booted()).isOne();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theMonotonicClockGoesOnFromTheSnapshot(MemorySetting kind) {
        // At 64 the time of the initialisation; the handler reads it again to 72 and answers both.
        byte[] handler =
                code(0x41, 1, 0x42, 0, 0x41, 0xC8, 0, 0x10, 1, 0x1A, 0x41, 0xC0, 0, 0x41, 16, 0x10, 0, 0x41, 0);
        byte[] module = WasmBuilder.guest(handler)
                .importFunction(WASI, "clock_time_get", List.of(I32, I64, I32), List.of(I32))
                .function("_initialize", List.of(), List.of(), READ_MONOTONIC_CLOCK)
                .build();
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.wasm(module, PER_LEASE));
            for (int lease = 0; lease < 4; lease++) {
                ByteBuffer times = ByteBuffer.wrap(
                                extensions.call(extension, "").payloadOrThrow().unsafeBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
                assertThat(times.getLong(8)).isGreaterThanOrEqualTo(times.getLong(0));
            }
            assertThat(extension.making()).isEqualTo(STAMPED);
        }
    }

    @Test
    void aGuestThatTrapsWhenItIsToldOfItsStampIsRefused() {
        byte[] module = WasmBuilder.guest(ANSWER)
                .function("cloche_stamped", List.of(), List.of(), code(0x00))
                .build();
        try (SnapshotExtensions extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            assertThatThrownBy(() -> extensions.load(Bundles.wasm(module)))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("initialisation trapped (unreachable)");
        }
    }

    /// A hostcall `kv.get` of the name at 128, the answer's length to nowhere.
    private static final byte[] HOSTCALL =
            code(0x41, 0x80, 1, 0x41, 6, 0x41, 0x86, 1, 0x41, 2, 0x10, 1, 0x1A, 0x41, 0xC0, 0, 0x10, 2);

    @ParameterizedTest
    @MethodSource("kinds")
    void aGuestWhoseInitialisationMadeHostcallsIsBootedEachTime(MemorySetting kind) {
        byte[] module = WasmBuilder.guest(code(0x41, 0xC0, 0, 0x41, 12, 0x10, 0, 0x41, 0))
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .importFunction("cloche", "read", List.of(I32), List.of())
                .function("_initialize", List.of(), List.of(), HOSTCALL)
                .function("cloche_stamped", List.of(), List.of(), code())
                .data(128, "kv.get{}")
                .build();
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.wasm(module, PER_LEASE));
            assertThat(extension.making().path())
                    .isEqualTo("booted one by one: its initialisation made hostcalls, whose outcomes would be frozen in"
                            + " the snapshot; make them when the first call comes");
            String first = extensions.answer(extension, "");
            assertThat(first).contains("\"value\":");
            assertThat(extensions.answer(extension, "")).isNotEqualTo(first);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatAGuestDidToItsStreamsIsNotThereInTheNextLease(MemorySetting kind) {
        // Writes "x" to standard output, closes it, and answers what both came to.
        byte[] handler = code(
                0x41, 0xC0, 0, 0x41, 1, 0x41, 0x80, 1, 0x41, 1, 0x41, 0xF0, 0, 0x10, 1, 0x36, 2, 0, // i32.store
                0x41, 0xC4, 0, 0x41, 1, 0x10, 2, 0x36, 2, 0, 0x41, 0xC0, 0, 0x41, 8, 0x10, 0, 0x41, 0);
        byte[] module = WasmBuilder.guest(handler)
                .importFunction(WASI, "fd_write", List.of(I32, I32, I32, I32), List.of(I32))
                .importFunction(WASI, "fd_close", List.of(I32), List.of(I32))
                .data(128, "H\0\0\0\u0001\0\0\0")
                .build();
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.wasm(module, PER_LEASE));
            assertThat(extensions.call(extension, "").payloadOrThrow().unsafeBytes())
                    .as("errno of writing and of closing")
                    .containsOnly(0);
            assertThat(extensions.call(extension, "").payloadOrThrow().unsafeBytes())
                    .as("the next lease has its own streams")
                    .containsOnly(0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aTableOfReferencesThatTheHostHoldsIsNotSnapshotted(MemorySetting kind) {
        byte[] module = WasmBuilder.guest(ANSWER).externTable(2).build();
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.wasm(module, PER_LEASE));
            assertThat(extension.making().path())
                    .isEqualTo("booted one by one: table 0 holds references that are not the module's own functions");
            assertThat(extensions.call(extension, "")).isInstanceOf(Reply.Ok.class);
            assertThat(extensions.call(extension, "")).isInstanceOf(Reply.Ok.class);
            assertThat(extension.making().booted()).isGreaterThanOrEqualTo(2);
        }
    }
}
