package dev.cloche.bench.pool;

import com.sun.management.ThreadMXBean;
import dev.cloche.bench.Bundles;
import dev.cloche.bench.engine.Isolates;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One pool of eight objects, used by so many threads.
///
/// Operations: `call-N`, nanoseconds for an acquisition, a call of a WebAssembly guest that answers at once, and a
/// release, by N threads; `platform-N` and `virtual-N`, nanoseconds for an acquisition and a release while N threads do
/// nothing else; `wait`, the 99th percentile of the wait of 32 threads, which ask for 0.95 of what there is and each of
/// which keeps its object for 1 ms; `allocation`, bytes for an acquisition and a release.
public final class PoolWorkload implements Workload {
    static final String CLOCHE = "cloche";
    static final String STORMPOT = "stormpot";
    static final String COMMONS = "commons-pool2";
    static final String COMMONS_FAIR = "commons-pool2, fair";

    static final String PLATFORM = "platform-";
    static final String VIRTUAL = "virtual-";
    static final String CALL = "call-";
    static final String WAIT = "wait";
    static final String ALLOCATION = "allocation";

    private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int BATCH = 64;
    private static final int YIELD_EACH = 16 * BATCH;
    private static final int WAITING_THREADS = 32;
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// The part of all the time that there is which the waiting threads ask for together.
    private static final double LOAD = 0.95;

    private static final int CALIBRATION_ROUNDS = 200;

    private static final int BATCHES_MAX = 100_000;
    private static final int WAITS_MAX = 10_000;
    private static final double PERCENTILE = 0.99;
    private static final int CYCLES = 1_000_000;

    private final String name;
    private volatile boolean stopped;

    /// @param arguments which pool
    public PoolWorkload(List<String> arguments) {
        name = arguments.getFirst();
    }

    private Peer peer(Supplier<? extends Isolate> isolates, boolean virtual) {
        return switch (name) {
            case CLOCHE -> new ClochePeer(isolates);
            case STORMPOT -> new StormpotPeer(isolates, virtual);
            case COMMONS -> new CommonsPeer(isolates, false);
            case COMMONS_FAIR -> new CommonsPeer(isolates, true);
            default -> throw new IllegalArgumentException("there is no such pool, pool=" + name);
        };
    }

    @Override
    public Answer measure(String operation, int count) throws Exception {
        var recorder = new Recorder();
        boolean virtual = operation.startsWith(VIRTUAL);
        if (operation.startsWith(CALL)) {
            for (int i = 0; i < count; i++) {
                recorder.add(operation, calls(threads(operation)));
            }
            return recorder.answer();
        }
        for (int i = 0; i < count; i++) {
            try (Peer peer = peer(Trivial::new, virtual)) {
                recorder.add(
                        operation,
                        switch (operation) {
                            case WAIT -> waits(peer);
                            case ALLOCATION -> allocation(peer);
                            default -> cycles(peer, virtual, threads(operation));
                        });
            }
        }
        return recorder.answer();
    }

    private static int threads(String operation) {
        if (!operation.startsWith(PLATFORM) && !operation.startsWith(VIRTUAL) && !operation.startsWith(CALL)) {
            throw Workload.unknown(operation);
        }
        return Integer.parseInt(operation.substring(operation.indexOf('-') + 1));
    }

    private static void use(Peer peer, Object held) {
        long _ = ((Trivial) peer.isolate(held)).use();
    }

    /// The time of an acquisition, a call that does nothing, and a release; the median of batches.
    private double calls(int threads) throws Exception {
        var lock = new ReentrantLock();
        try (Isolates isolates = Isolates.of(Bundles.wasm(), "auto");
                Peer peer = peer(() -> stamped(isolates, lock), false)) {
            var all = new ConcurrentLinkedQueue<double[]>();
            double _ = together(false, threads, () -> {
                var batches = new double[BATCHES_MAX];
                int count = 0;
                while (!stopped && count < batches.length) {
                    Stopwatch watch = Stopwatch.start();
                    for (int i = 0; i < BATCH; i++) {
                        Object held = peer.acquire();
                        Payload _ = isolates.call(peer.isolate(held), "echo", Payload.EMPTY);
                        peer.release(held);
                    }
                    batches[count++] = watch.nanos() / BATCH;
                }
                all.add(Arrays.copyOf(batches, count));
            });
            double[] sorted =
                    all.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
            return sorted[sorted.length / 2];
        }
    }

    private static Isolate stamped(Isolates isolates, ReentrantLock lock) {
        lock.lock();
        try {
            return isolates.stamp();
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing else takes turns between virtual threads
    private double cycles(Peer peer, boolean virtual, int threads) throws Exception {
        var cycles = new LongAdder();
        double nanos = together(virtual, threads, () -> {
            long done = 0;
            while (!stopped) {
                for (int i = 0; i < BATCH; i++) {
                    Object held = peer.acquire();
                    use(peer, held);
                    peer.release(held);
                }
                done += BATCH;
                if (virtual && done % YIELD_EACH == 0) {
                    Thread.yield();
                }
            }
            cycles.add(done);
        });
        return nanos / cycles.sum();
    }

    /// Each thread asks on a schedule of its own, whether it was served in time before or not, and waits from then on:
    /// otherwise those that nobody serves would not count.
    private double waits(Peer peer) throws Exception {
        long period = (long) (holdNanos() * WAITING_THREADS / (Peer.SIZE * LOAD));
        var all = new long[WAITING_THREADS][];
        var next = new AtomicInteger();
        double _ = together(false, WAITING_THREADS, () -> {
            int number = next.getAndIncrement();
            long[] waits = new long[WAITS_MAX];
            int count = 0;
            Stopwatch watch = Stopwatch.start();
            long due = period * number / WAITING_THREADS;
            while (!stopped && count < waits.length) {
                LockSupport.parkNanos(due - (long) watch.nanos());
                Object held = peer.acquire();
                waits[count++] = (long) watch.nanos() - due;
                use(peer, held);
                LockSupport.parkNanos(HOLD_NANOS);
                peer.release(held);
                due += period;
            }
            all[number] = Arrays.copyOf(waits, count);
        });
        long[] sorted =
                Arrays.stream(all).flatMapToLong(Arrays::stream).sorted().toArray();
        return sorted[(int) (PERCENTILE * (sorted.length - 1))];
    }

    /// For how long an object is really kept by those that mean to keep it for [#HOLD_NANOS], as many at a time as
    /// there are objects.
    private double holdNanos() throws Exception {
        var sum = new LongAdder();
        double _ = together(false, Peer.SIZE, () -> {
            for (int i = 0; i < CALIBRATION_ROUNDS; i++) {
                Stopwatch watch = Stopwatch.start();
                LockSupport.parkNanos(HOLD_NANOS);
                sum.add((long) watch.nanos());
            }
        });
        return (double) sum.sum() / (Peer.SIZE * CALIBRATION_ROUNDS);
    }

    private static double allocation(Peer peer) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        // The first round is for the compilers.
        for (int round = 0; round < 2; round++) {
            before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CYCLES; i++) {
                Object held = peer.acquire();
                use(peer, held);
                peer.release(held);
            }
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / CYCLES;
    }

    /// Has threads do something until the time is over.
    ///
    /// @return nanoseconds until all had ended
    private double together(boolean virtual, int count, Work work) throws Exception {
        stopped = false;
        var start = new CountDownLatch(1);
        var failure = new AtomicReference<@Nullable Throwable>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> {
                try {
                    start.await();
                    work.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        Stopwatch watch = Stopwatch.start();
        start.countDown();
        LockSupport.parkNanos(RUN_NANOS);
        stopped = true;
        for (Thread each : threads) {
            each.join();
        }
        double nanos = watch.nanos();
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a pool failed, pool=" + name, failed);
        }
        return nanos;
    }

    private interface Work {
        void run() throws Exception;
    }
}
