package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.call.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// WASI's functions hold no host up: not in memory, not past a deadline, not while a guest sleeps.
@Timeout(120)
class WasiTest {
    private static final String WASI = "wasi_snapshot_preview1";
    private static final int SLEEPERS = 8;

    // Functions of the guests below, by index.
    private static final int REPLY = 0;
    private static final int WASI_FUNCTION = 1;

    private static final int EVENTS = 512;
    private static final int EVENT_COUNT = 256;

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

    private Reply call(CallOptions options) {
        return host.call(Call.of("test", Entry.command("main"), Payload.EMPTY).withOptions(options));
    }

    private static WasmBuilder guest(String function, int parameters, byte[] handle) {
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction(WASI, function, Collections.nCopies(parameters, I32), List.of(I32))
                .memory(17, 17)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle);
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] constant(int value) {
        var out = new ByteArrayOutputStream();
        out.write(0x41);
        int left = value;
        while (left > 0x3F || left < -0x40) {
            out.write((left & 0x7F) | 0x80);
            left >>= 7;
        }
        out.write(left & 0x7F);
        return out.toByteArray();
    }

    private static byte[] callWasi(int... arguments) {
        byte[] pushed = {};
        for (int argument : arguments) {
            pushed = join(pushed, constant(argument));
        }
        return join(pushed, code(0x10, WASI_FUNCTION));
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] clock(int userData, long nanos, int flags) {
        return littleEndian(48)
                .putLong(userData)
                .putLong(0)
                .putInt(1)
                .putInt(0)
                .putLong(nanos)
                .putLong(0)
                .putLong(flags)
                .array();
    }

    private static byte[] stream(int userData, int kind, int descriptor) {
        return littleEndian(48)
                .putLong(userData)
                .putLong(kind)
                .putInt(descriptor)
                .array();
    }

    /// A guest that polls so many subscriptions, which lie at 0, and replies the count of events and the events.
    private static byte[] poller(byte[] subscriptions, int count) {
        return guest(
                        "poll_oneoff",
                        4,
                        join(
                                callWasi(0, EVENTS, count, EVENT_COUNT),
                                constant(EVENT_COUNT),
                                constant(EVENTS - EVENT_COUNT + 32 * 4),
                                code(0x10, REPLY)))
                .data(0, subscriptions)
                .build();
    }

    private record Event(long userData, int error, int kind) {}

    private List<Event> events() {
        ByteBuffer replied = ByteBuffer.wrap(
                        call(CallOptions.DEFAULT).payloadOrThrow().toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < replied.getInt(0); i++) {
            int at = EVENTS - EVENT_COUNT + 32 * i;
            events.add(new Event(replied.getLong(at), replied.getShort(at + 8), replied.get(at + 10)));
        }
        return events;
    }

    @Test
    void aGuestSleepsUntilTheSoonestOfItsClocks() {
        host.load(Bundles.wasm(poller(join(clock(7, 60_000_000, 0), clock(9, 30_000_000, 0)), 2)));
        long start = System.nanoTime();
        assertThat(events()).containsExactly(new Event(9, 0, 0));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void aMomentThatIsOverIsNotWaitedFor() {
        host.load(Bundles.wasm(poller(join(clock(7, 1, 1), clock(9, Long.MAX_VALUE, 0)), 2)));
        assertThat(events()).containsExactly(new Event(7, 0, 0));
    }

    @Test
    void streamsAreReadyAtOnceAndWhatIsNoneIsAnError() {
        byte[] subscriptions =
                join(stream(1, 1, 0), stream(2, 2, 1), clock(3, Long.MAX_VALUE, 0), stream(4, 1, 2), stream(5, 2, 9));
        host.load(Bundles.wasm(poller(subscriptions, 5)));
        assertThat(events())
                .containsExactly(new Event(1, 0, 1), new Event(2, 0, 2), new Event(4, 8, 1), new Event(5, 8, 2));
    }

    @Test
    void subscriptionsThatAreNoneAreErrors() {
        byte[] answered = guest("poll_oneoff", 4, callWasi(0, 0, 0, 0)).build();
        host.load(Bundles.wasm(answered));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=28");
        host.load(
                Bundles.wasm(guest("poll_oneoff", 4, callWasi(0, 0, 1 << 20, 0)).build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=28");
        host.load(Bundles.wasm(guest("poll_oneoff", 4, callWasi(-1, 0, 1, 0)).build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=21");
        host.load(Bundles.wasm(
                guest("poll_oneoff", 4, callWasi(0, 0, 1, 0)).data(8, "\u0003").build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=28");
    }

    private static Bundle named(String name) {
        String manifest = """
                {"apiVersion": "cloche.dev/v1", "name": "%s", "version": "1.0.0", "kind": "script", "entry": "main.js",
                 "contributes": {"commands": [{"name": "main"}]}}""".formatted(name);
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", "cloche.command('main', () => 1)".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void guestsThatSleepLeaveTheirTurnsToOthers() throws Exception {
        host.load(Bundles.wasm(poller(clock(7, TimeUnit.SECONDS.toNanos(50), 0), 1), ",\"pool\":{\"max\":16}"));
        host.load(named("quick"));
        List<CompletableFuture<Reply>> sleeping = new ArrayList<>();
        for (int i = 0; i < SLEEPERS; i++) {
            var reply = new CompletableFuture<Reply>();
            sleeping.add(reply);
            Runnable task = () -> reply.complete(call(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(2))));
            (i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(task);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(host.call(Call.of("quick", Entry.command("main"), Payload.text("1"))
                            .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)))))
                    .isInstanceOf(Reply.Ok.class);
        }
        for (CompletableFuture<Reply> each : sleeping) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Reply.TimedOut.class);
        }
    }

    @Test
    void aSleeperIsWokenByItsThreadsInterruptWhichStaysUp() throws Exception {
        host.load(Bundles.wasm(poller(clock(7, TimeUnit.SECONDS.toNanos(50), 0), 1)));
        var reply = new CompletableFuture<Reply>();
        var flag = new CompletableFuture<Boolean>();
        Thread caller = Thread.ofPlatform().start(() -> {
            reply.complete(call(CallOptions.DEFAULT));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        while (caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        assertThat(reply.get(9, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Reply.Trapped.class,
                        trapped -> assertThat(trapped.kind()).isEqualTo(TrapKind.INTERRUPTED));
        assertThat(flag.get()).isTrue();
    }

    @Test
    void aSleeperIsWokenWhenTheHostCloses() throws Exception {
        host.load(Bundles.wasm(
                poller(clock(7, TimeUnit.SECONDS.toNanos(50), 0), 1), ",\"limits\":{\"timeout\":\"50s\"}"));
        var reply = new CompletableFuture<Reply>();
        Thread.ofPlatform().start(() -> reply.complete(call(CallOptions.DEFAULT)));
        host.close();
        assertThat(reply.get(10, TimeUnit.SECONDS)).isInstanceOfAny(Reply.Rejected.class, Reply.Unavailable.class);
    }

    /// A guest that has been quick with its fuel, and so has large slices, goes on to what takes long for little fuel.
    @Test
    void aLoopOverSlowHostFunctionsEndsAtItsDeadline() {
        byte[] quick =
                join(constant(30_000_000), code(0x21, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B));
        byte[] slow = join(code(0x03, 0x40), callWasi(0, 1 << 20), code(0x1A, 0x0C, 0, 0x0B, 0x41, 0));
        host.load(Bundles.wasm(guest("random_get", 2, join(quick, slow)).build()));
        long start = System.nanoTime();
        assertThat(call(CallOptions.DEFAULT.withTimeout(Duration.ofMillis(400))))
                .isInstanceOf(Reply.TimedOut.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void randomBytesAreChargedOneByOne() {
        host.load(Bundles.wasm(guest("random_get", 2, callWasi(0, 1 << 20)).build()));
        List<Usage> used = new ArrayList<>();
        assertThat(call(CallOptions.DEFAULT.withMeter(used::add))).isInstanceOf(Reply.Ok.class);
        assertThat(used.getFirst().fuel()).isBetween(1L << 20, (1L << 20) + 1_000);
        assertThat(call(CallOptions.DEFAULT.withFuel(1 << 19)))
                .isInstanceOfSatisfying(
                        Reply.Exhausted.class,
                        exhausted -> assertThat(exhausted.budget()).isEqualTo(Budget.FUEL));
    }

    @Test
    void outputThatNoLogTakesIsNotCopied() {
        // One buffer of 2 GB less a byte at 16.
        byte[] huge = guest("fd_write", 4, callWasi(1, 0, 1, 64))
                .data(4, "\u007f\u007f\u007f\u007f")
                .build();
        host.load(Bundles.wasm(huge));
        assertThat(call(CallOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        Reply.Exhausted.class,
                        exhausted -> assertThat(exhausted.budget()).isEqualTo(Budget.LOG));
        host.load(Bundles.wasm(guest("fd_write", 4, callWasi(1, 0, 1 << 30, 64)).build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=28");
        host.load(Bundles.wasm(guest("fd_write", 4, callWasi(7, 0, 1, 64)).build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=8");
    }

    @Test
    void aPathOfAMegabyteIsNotLookedAt() {
        host.load(Bundles.wasm(
                guest("path_unlink_file", 3, callWasi(3, 0, Integer.MAX_VALUE)).build()));
        assertThat(call(CallOptions.DEFAULT).toString()).contains("status=8");
    }
}
