package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Snapshotter;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryFigures;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.engine.script.ScriptCode;
import dev.cloche.host.engine.script.ScriptIsolateFactory;
import dev.cloche.host.engine.wasm.WasmCode;
import dev.cloche.host.engine.wasm.WasmIsolateFactory;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.OpTable;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Isolates that are closed by another thread while a guest runs in them.
@Timeout(60)
class SnapshotCloseTest {
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
    private static final int ROUNDS = 20;

    record Guest(String name, Bundle bundle) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Object[]> all() {
        // A loop that touches nothing, one that reads memory, and one that writes.
        Stream<Guest> guests = Stream.of(
                new Guest("loops", wasm(code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0))),
                new Guest("reads", wasm(code(0x03, 0x40, 0x41, 0, 0x28, 2, 0, 0x1A, 0x0C, 0, 0x0B, 0x41, 0))),
                new Guest("writes", wasm(code(0x03, 0x40, 0x41, 0, 0x41, 1, 0x36, 2, 0, 0x0C, 0, 0x0B, 0x41, 0))),
                new Guest("a script", Bundles.script("cloche.command('main', () => { for (;;); });")));
        return guests.flatMap(
                guest -> Stream.of(MemorySetting.FOREIGN, MemorySetting.HEAP).map(kind -> new Object[] {kind, guest}));
    }

    private static Bundle wasm(byte[] handler) {
        return Bundles.wasm(WasmBuilder.guest(handler).build());
    }

    private static Snapshotter snapshotter(Engines engines, Bundle bundle) {
        Limits limits = Limits.of(bundle.manifest().limits());
        return switch (bundle.manifest().kind()) {
            case WASM ->
                new WasmIsolateFactory(
                        "test",
                        WasmCode.load(bundle, limits, engines.compiler()),
                        new DeniedPort(new OpTable(List.of())),
                        engines.memories(),
                        engines.watchdog(),
                        engines.clocks());
            case SCRIPT ->
                new ScriptIsolateFactory(
                        "test",
                        new ScriptCode(bundle, limits),
                        new DeniedPort(new OpTable(List.of())),
                        engines.memories(),
                        engines.watchdog(),
                        engines.threads(),
                        engines.wakeups(),
                        engines.spares(),
                        engines.clocks());
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    void aRunningGuestIsStoppedAndItsMemoryFreedWhenItHasLeft(MemorySetting kind, Guest guest)
            throws SnapshotRefusedException {
        ContentCache off = ContentCache.off(Path.of("off"), "a test", Clock.systemUTC());
        EngineClocks clocks = new EngineClocks(Clock.systemUTC(), System::nanoTime, new SecureRandom());
        try (Engines engines = Engines.start(clocks, Memories.of(kind), off, 0)) {
            Snapshotter snapshotter = snapshotter(engines, guest.bundle());
            long deadline = System.nanoTime() + HOUR_NANOS;
            Snapshot snapshot;
            try (Isolate booted = snapshotter.boot(deadline)) {
                snapshot = snapshotter.capture(booted, deadline);
            }
            for (int round = 0; round < ROUNDS; round++) {
                closeUnderneath(snapshotter.stamp(snapshot, deadline), round);
                MemoryFigures figures = engines.memories().figures();
                assertThat(figures.live()).as("round " + round).isZero();
                assertThat(figures.quarantined()).as("round " + round).isZero();
            }
            snapshot.close();
            assertThat(engines.memories().figures().images()).isZero();
        }
    }

    /// @param delay how long to wait, roughly, so that the guest is met at different places
    private static void closeUnderneath(Isolate isolate, int delay) {
        long now = System.nanoTime();
        Frame frame = new Frame(1, "test", Entry.command("main"), HOUR_NANOS, now + HOUR_NANOS);
        CompletableFuture<Thread> began = new CompletableFuture<>();
        CompletableFuture<Reply> ended = CompletableFuture.supplyAsync(
                () -> {
                    began.complete(Thread.currentThread());
                    return isolate.run(new Invocation(frame, Payload.EMPTY, Long.MAX_VALUE));
                },
                task -> Thread.ofPlatform().start(task));
        began.join();
        while (System.nanoTime() - now < TimeUnit.MICROSECONDS.toNanos(200L * delay)) {
            Thread.onSpinWait();
        }
        isolate.close();
        assertThat(ended.orTimeout(20, TimeUnit.SECONDS).join()).isNotInstanceOf(Reply.Ok.class);
        assertThat(isolate.sound()).isFalse();
        isolate.close();
    }
}
