package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Modules that speak `cloche_v1` well or badly, through the host's one door.
class WasmGuestTest {
    private static final byte[] OK = code(0x41, 0);
    private static final byte[] ENDLESS = code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0);

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply call(byte[] handle) {
        host.load(Bundles.wasm(WasmBuilder.guest(handle).data(0, "answer").build()));
        return call();
    }

    private Reply call() {
        return host.call(Call.of("test", Entry.command("main"), Payload.text("payload")));
    }

    @Test
    void anAnswerIsCopiedOutOfMemory() {
        // reply(0, 6); 0
        assertThat(call(code(0x41, 0, 0x41, 6, 0x10, 0, 0x41, 0))
                        .payloadOrThrow()
                        .text())
                .isEqualTo("answer");
    }

    @Test
    void noReplyIsAnEmptyAnswer() {
        assertThat(call(OK)).isEqualTo(new Reply.Ok(Payload.EMPTY));
    }

    @Test
    void statusOneIsTheGuestsOwnErrorAndTheIsolateStays() {
        assertThat(call(code(0x41, 0, 0x41, 6, 0x10, 0, 0x41, 1)))
                .isEqualTo(new Reply.GuestError("error", "answer", ""));
        assertThat(call()).isInstanceOf(Reply.GuestError.class);
    }

    static Stream<Object[]> faults() {
        return Stream.of(
                new Object[] {"unreachable", code(0x00), TrapKind.UNREACHABLE, "unreachable"},
                new Object[] {"division by zero", code(0x41, 1, 0x41, 0, 0x6D), TrapKind.ARITHMETIC, "divide by zero"},
                new Object[] {
                    "load beyond memory", code(0x41, 0x7F, 0x28, 2, 0), TrapKind.OUT_OF_BOUNDS, "out of bounds memory"
                },
                new Object[] {"status 7", code(0x41, 7), TrapKind.ABI, "cloche_handle must answer 0 or 1, status=7"},
                new Object[] {
                    "second reply",
                    code(0x41, 0, 0x41, 1, 0x10, 0, 0x41, 0, 0x41, 1, 0x10, 0, 0x41, 0),
                    TrapKind.ABI,
                    "the guest replied twice"
                },
                new Object[] {
                    "reply beyond memory",
                    code(0x41, 0x7F, 0x41, 6, 0x10, 0, 0x41, 0),
                    TrapKind.ABI,
                    "the reply lies outside the guest's memory, pointer=4294967295 length=6 memory=65536"
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aFaultIsNamedAndTheNextCallGetsAnotherIsolate(String what, byte[] handle, TrapKind kind, String message) {
        Reply first = call(handle);
        assertThat(first).as(what).isInstanceOf(Reply.Trapped.class);
        assertThat(((Reply.Trapped) first).kind()).isEqualTo(kind);
        assertThat(((Reply.Trapped) first).message()).containsIgnoringCase(message);
        assertThat(call()).isEqualTo(first);
    }

    @Test
    void anAllocatorThatLiesEndsTheCall() {
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x7E))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), OK)
                .build();
        host.load(Bundles.wasm(module));
        assertThat(call())
                .isEqualTo(new Reply.Trapped(
                        TrapKind.ABI,
                        "the block for the entry's name lies outside the guest's memory, pointer=4294967294 length=12"
                                + " memory=65536",
                        ""));
    }

    @Test
    void anEndlessLoopEndsAtTheDeadline() {
        host.load(Bundles.wasm(WasmBuilder.guest(ENDLESS).build()));
        Call call = Call.of("test", Entry.command("main"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofMillis(50)));
        assertThat(host.call(call))
                .isEqualTo(new Reply.TimedOut(
                        Duration.ofMillis(50), "the guest was stopped at its deadline, timeout=50ms at func[2]"));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void theEmbeddersInterruptEndsTheCallAndStaysUp() throws InterruptedException {
        host.load(Bundles.wasm(WasmBuilder.guest(ENDLESS).build()));
        Reply[] reply = new Reply[1];
        boolean[] flag = new boolean[1];
        Thread caller = Thread.ofPlatform().start(() -> {
            reply[0] = call();
            flag[0] = Thread.currentThread().isInterrupted();
        });
        while (caller.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join(Duration.ofSeconds(5));
        assertThat(reply[0]).isInstanceOfAny(Reply.Trapped.class, Reply.Rejected.class);
        assertThat(reply[0].toString()).contains("INTERRUPTED");
        assertThat(flag[0]).isTrue();
    }

    @Test
    void endlessRecursionIsNamed() {
        // handle calls itself: function 2
        Reply reply = call(code(0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x10, 2));
        assertThat(reply).isInstanceOf(Reply.Exhausted.class);
        assertThat(((Reply.Exhausted) reply).budget()).isEqualTo(Budget.STACK);
    }

    @Test
    void memoryGrowsToTheLimitAndNoFurther() {
        // handle(): memory.grow(15) fails beyond limits.memory of two pages; the status is 1 + the result, -1 + 2 = 1
        byte[] module =
                WasmBuilder.guest(code(0x41, 15, 0x40, 0, 0x41, 2, 0x6A)).build();
        host.load(Bundles.wasm(module, ",\"limits\":{\"memory\":\"128KiB\"}"));
        assertThat(call()).isInstanceOf(Reply.GuestError.class);
    }

    @Test
    void aReplyLargerThanTheLimitIsExhausted() {
        byte[] module = WasmBuilder.guest(code(0x41, 0, 0x41, 0xE4, 0, 0x10, 0, 0x41, 0))
                .build();
        host.load(Bundles.wasm(module, ",\"limits\":{\"output\":99}"));
        assertThat(call()).isEqualTo(new Reply.Exhausted(Budget.OUTPUT, 99, "the call used up its budget, output=99"));
    }

    @Test
    void aPayloadLargerThanTheLimitNeverReachesTheGuest() {
        host.load(Bundles.wasm(WasmBuilder.guest(code(0x00)).build(), ",\"limits\":{\"payload\":6}"));
        assertThat(call())
                .isEqualTo(new Reply.Exhausted(Budget.PAYLOAD, 6, "the payload is larger than limits.payload, size=7"));
    }

    static Stream<Object[]> badModules() {
        return Stream.concat(badInterfaces(), badCode());
    }

    private static Stream<Object[]> badInterfaces() {
        return Stream.of(
                new Object[] {
                    "no exports",
                    new WasmBuilder(),
                    List.of(
                            "does not export its memory",
                            "does not export cloche_alloc",
                            "does not export cloche_handle")
                },
                new Object[] {
                    "an import of somebody else's",
                    WasmBuilder.guest(OK).importFunction("env", "abort", List.of(I32), List.of()),
                    List.of("imports env.abort (function (I32) -> nil), which Cloche does not offer")
                },
                new Object[] {
                    "an import with the wrong type",
                    WasmBuilder.guest(OK).importFunction("cloche", "read", List.of(I64), List.of()),
                    List.of("imports cloche.read (function (I64) -> nil) with the wrong type")
                },
                new Object[] {
                    "an imported memory",
                    WasmBuilder.guest(OK).importMemory("env", "memory"),
                    List.of("imports env.memory (memory), which Cloche does not offer")
                },
                new Object[] {
                    "an export with the wrong type",
                    new WasmBuilder()
                            .memory(1, 1)
                            .function("cloche_alloc", List.of(I64), List.of(I32), OK)
                            .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), OK),
                    List.of("exports cloche_alloc (function (I64) -> (I32)) with the wrong type")
                },
                new Object[] {
                    "an optional export with the wrong type",
                    WasmBuilder.guest(OK).function("cloche_init", List.of(), List.of(I32), OK),
                    List.of("exports cloche_init (function () -> (I32)) with the wrong type")
                });
    }

    private static Stream<Object[]> badCode() {
        return Stream.of(
                new Object[] {
                    "shared memory",
                    new WasmBuilder()
                            .sharedMemory(1, 1)
                            .function("cloche_alloc", List.of(I32), List.of(I32), OK)
                            .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), OK),
                    List.of("uses shared memory")
                },
                new Object[] {
                    "two memories", WasmBuilder.guest(OK).memory("second", code(0, 1)), List.of("has 2 memories")
                },
                new Object[] {
                    "more memory than the limit",
                    new WasmBuilder()
                            .memory(2000, 2000)
                            .function("cloche_alloc", List.of(I32), List.of(I32), OK)
                            .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), OK),
                    List.of("declares 2000 pages of memory, the limit is 1024")
                },
                new Object[] {
                    "a body that does not type-check",
                    WasmBuilder.guest(code()),
                    List.of("is not a valid WebAssembly module")
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badModules")
    void aBadModuleIsRefusedWithAllThatIsWrong(String what, WasmBuilder module, List<String> messages) {
        BundleException refusal =
                catchThrowableOfType(BundleException.class, () -> host.load(Bundles.wasm(module.build())));
        assertThat(refusal.violations()).as(what).extracting(Violation::pointer).containsOnly("file:main.wasm");
        assertThat(refusal.violations()).hasSameSizeAs(messages);
        for (int i = 0; i < messages.size(); i++) {
            assertThat(refusal.violations().get(i).message()).contains(messages.get(i));
        }
        assertThat(host.check(Bundles.wasm(module.build()))).isEqualTo(refusal.violations());
        assertThat(call()).isInstanceOf(Reply.Unavailable.class);
    }

    @Test
    void aFunctionTooLargeForAJvmMethodIsInterpretedAndTheTierSaysSo() {
        int additions = 40_000;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(code(0x20, 3));
        for (int i = 0; i < additions; i++) {
            body.writeBytes(code(0x41, 1, 0x6A));
        }
        // payload length + 40,000 - 40,007
        body.writeBytes(code(0x41, 0xC7, 0xB8, 0x02, 0x6B));
        ExtensionInfo info =
                host.load(Bundles.wasm(WasmBuilder.guest(body.toByteArray()).build()));
        assertThat(info.tier()).startsWith("compiled in part, the rest is interpreted: ");
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
        assertThat(host.load(Bundles.wasm(WasmBuilder.guest(OK).build())).tier())
                .isEqualTo("compiled");
    }

    @Test
    void theStackOfATrapNamesTheGuestsFunctions() {
        assertThat(((Reply.Trapped) call(code(0x00))).stack()).contains("at func[2]");
    }

    @Test
    void anInitialisationThatTrapsRefusesTheBundle() {
        byte[] module = WasmBuilder.guest(OK)
                .function("cloche_init", List.of(), List.of(), code(0x00))
                .build();
        BundleException refusal = catchThrowableOfType(BundleException.class, () -> host.load(Bundles.wasm(module)));
        assertThat(refusal).hasMessageContaining("does not start: initialisation trapped (unreachable)");
    }

    @Test
    void aHostcallOutsidePolicyIsDeniedAsAValue() {
        // call("kv.set", {"key":"a","value":1}) answers 1 in the high word; the status is that word
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        code(0x41, 0, 0x41, 6, 0x41, 6, 0x41, 21, 0x10, 0, 0x42, 32, 0x88, 0xA7))
                .data(0, "kv.set{\"key\":\"a\",\"value\":1}")
                .build();
        host.load(Bundles.wasm(module));
        assertThat(call()).isEqualTo(new Reply.GuestError("error", "", ""));
        host.load(Bundles.wasm(module, ",\"capabilities\":{\"kv.write\":{}}"));
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
    }

    // table.grow(null, 5) - 1: 0 if the table had its one element before
    private static final byte[] GROW_TABLE = code(0xD0, 0x70, 0x41, 5, 0xFC, 0x0F, 0, 0x41, 1, 0x6B);

    @Test
    void aTableThatGrewIsSmallAgainInTheNextIsolate() {
        byte[] module = WasmBuilder.guest(GROW_TABLE).table(1).build();
        host.load(Bundles.wasm(module, ",\"pool\":{\"reset\":\"per-lease\"}"));
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
    }

    @Test
    void tablesHaveALimit() {
        byte[] tooLarge = WasmBuilder.guest(OK).table(60_000).table(60_000).build();
        assertThat(host.check(Bundles.wasm(tooLarge)))
                .extracting(Violation::message)
                .containsExactly("declares 120000 table elements, the limit is 100000");
        // table.grow(null, 0x7fffffff) + 1: 0 if it is refused
        byte[] greedy = WasmBuilder.guest(
                        code(0xD0, 0x70, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0xFC, 0x0F, 0, 0x41, 1, 0x6A))
                .table(1)
                .build();
        host.load(Bundles.wasm(greedy));
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
    }

    private static final String WASI = "wasi_snapshot_preview1";

    /// A guest that calls function 0 of WASI and answers 1 if it gives 0, else traps.
    private static WasmBuilder wasi(String name, List<Integer> params, byte[] arguments) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(arguments);
        body.writeBytes(code(0x10, 0));
        return new WasmBuilder()
                .importFunction(WASI, name, params, List.of(I32))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), body.toByteArray());
    }

    @Test
    void aReadOfGigabytesCostsTheHostNothing() {
        // iovec at 0: pointer 0, length 0x7fffffff; fd_read(0, 0, 1, 16)
        byte[] module = wasi("fd_read", List.of(I32, I32, I32, I32), code(0x41, 0, 0x41, 0, 0x41, 1, 0x41, 16))
                .data(4, "\u007f\u007f\u007f\u007f")
                .build();
        host.load(Bundles.wasm(module));
        assertThat(call()).isEqualTo(new Reply.Ok(Payload.EMPTY));
    }

    @Test
    void randomnessBeyondMemoryIsAnErrorOfWasi() {
        // random_get(0, 0x7fffffff) answers 21, which is not a status
        byte[] module = wasi("random_get", List.of(I32, I32), code(0x41, 0, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 7))
                .build();
        host.load(Bundles.wasm(module));
        assertThat(call().toString()).contains("status=21");
    }

    @Test
    void anAnswerOfTheCallBeforeCannotBeRead() {
        // read(0) copies nothing in a call that has made no hostcall; then reply(0, 6)
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "read", List.of(I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(1, 1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        code(
                                0x41, 0, 0x10, 1, 0x41, 0, 0x41, 6, 0x10, 0, //
                                0x41, 16, 0x41, 3, 0x41, 16, 0x41, 0, 0x10, 2, 0x1A, 0x41, 0))
                .data(0, "before")
                .data(16, "nop")
                .build();
        host.load(Bundles.wasm(module));
        assertThat(call().payloadOrThrow().text()).isEqualTo("before");
        assertThat(call().payloadOrThrow().text()).isEqualTo("before");
    }
}
