package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.script.SpareEngines;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.frame.Lineage;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.pool.PoolContext;
import dev.cloche.host.pool.PoolMaintenance;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The harm that turns prevent: guests that spin and keep their turn leave room for nobody. The tests of fairness can
/// fail, that is.
@Timeout(120)
class StarvationTest {
    private static final int SPINNERS = 8;
    private static final String MEMBERS =
            ",\"pool\":{\"max\":16},\"limits\":{\"timeout\":\"1h\",\"fuel\":10000000000000}";

    @TempDir
    Path home;

    /// As many as a machine with two processors has.
    private final ExecutionPermits permits = new ExecutionPermits(4, 1);

    /// Where the clock that turns are measured by stands still; zero where it does not.
    private volatile long stoppedAt;

    /// Deadlines are on the real clock, whatever guests have for theirs.
    private final Watchdog watchdog = new Watchdog(System::nanoTime, permits);

    private final AtomicLong callIds = new AtomicLong();
    private Engines engines;
    private Extension spinner;
    private Extension quick;
    private final List<CompletableFuture<Reply>> spinning = new ArrayList<>();

    @AfterEach
    void close() {
        watchdog.stopAll();
        spinner.close();
        quick.close();
        engines.close();
    }

    private long turnClock() {
        long stopped = stoppedAt;
        return stopped == 0 ? System.nanoTime() : stopped;
    }

    @BeforeEach
    void open() {
        var clocks = new EngineClocks(Clock.systemUTC(), this::turnClock, new SecureRandom());
        Memories memories = Memories.of(MemoryKinds.ofRun());
        ContentCache cache = ContentCache.off(home, "a test", Clock.systemUTC());
        var threads = new GuestThreads();
        engines = new Engines(
                clocks,
                memories,
                cache,
                new ModuleCompiler(!memories.foreign(), cache),
                watchdog,
                threads,
                new SpareEngines(0, clocks, memories, threads),
                new Wakeups(),
                PoolMaintenance.start(),
                PoolContext.alone(clocks.nanoClock(), clocks.random()));
        spinner = load(code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0));
        quick = load(code(0x41, 0));
    }

    private Extension load(byte[] handle) {
        var loader = new ExtensionLoader(engines, HostVersion.RELEASE, LimitRequests.NONE);
        return loader.load(
                Bundles.wasm(WasmBuilder.guest(handle).build(), MEMBERS),
                new DeniedPort(new OpTable(List.of())),
                Map::of);
    }

    private CompletableFuture<Reply> start(Extension extension, Thread.Builder thread, Duration timeout) {
        var reply = new CompletableFuture<Reply>();
        Call call = Call.of("test", Entry.command("main"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(timeout));
        thread.start(() -> reply.complete(extension.call(
                call,
                callIds.incrementAndGet(),
                System.nanoTime(),
                Lineage.NONE,
                Extension.Placement.CALLER,
                engines.threads())));
        return reply;
    }

    private void spin() {
        for (int i = 0; i < SPINNERS; i++) {
            spinning.add(start(spinner, Thread.ofPlatform(), Duration.ofHours(1)));
        }
        while (permits.running() < permits.total() || permits.waiting() < SPINNERS - permits.total()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.onSpinWait();
        }
    }

    private List<Reply> shortCalls(Duration timeout) throws Exception {
        CompletableFuture<Reply> platform = start(quick, Thread.ofPlatform(), timeout);
        CompletableFuture<Reply> virtual = start(quick, Thread.ofVirtual(), timeout);
        return List.of(platform.get(60, TimeUnit.SECONDS), virtual.get(60, TimeUnit.SECONDS));
    }

    private void stopSpinning() throws Exception {
        assertThat(spinning).noneMatch(CompletableFuture::isDone);
        watchdog.stopAll();
        for (CompletableFuture<Reply> each : spinning) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isNotInstanceOf(Reply.Ok.class);
        }
        assertThat(permits.running()).isZero();
    }

    @Test
    void besideGuestsWhoseTurnNeverEndsAShortCallIsNotAnswered() throws Exception {
        stoppedAt = System.nanoTime();
        spin();
        assertThat(shortCalls(Duration.ofSeconds(2))).hasOnlyElementsOfType(Reply.TimedOut.class);
        stopSpinning();
    }

    @Test
    void besideGuestsThatHandTheirTurnOverItIs() throws Exception {
        spin();
        assertThat(shortCalls(Duration.ofSeconds(30))).hasOnlyElementsOfType(Reply.Ok.class);
        stopSpinning();
    }
}
