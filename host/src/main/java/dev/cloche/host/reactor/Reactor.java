package dev.cloche.host.reactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Carries work from isolates, each with a lane of its own, over shards to threads. Safe for use by many threads.
///
/// An envelope gets its sequences once it is admitted, so that there are no gaps in them, and is answered exactly once:
/// also when the reactor closes. What there is no room for is refused at once.
public final class Reactor implements AutoCloseable {
    /// How long closing waits for work to end by itself, and again after it has interrupted it.
    static final Duration DRAIN = Duration.ofMillis(500);

    private final List<Shard> shards = new ArrayList<>();
    private final ReactorSettings settings;
    private final Carriers carriers;
    private final long drainNanos;
    private final Set<Lane> lanes = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicLong sequence = new AtomicLong();
    private final LongAdder finished = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition someChange = lock.newCondition();
    private volatile boolean closed;

    /// What has envelopes taken out of lanes.
    interface Carriers extends AutoCloseable {
        /// Something is in a lane of the shard.
        void wake(Shard shard);

        /// Begins to take envelopes out.
        default void start(List<Shard> shards) {}

        /// Nothing more comes, and nothing is left.
        @Override
        default void close() {}
    }

    private Reactor(
            ReactorSettings settings, Executor threads, LongSupplier nanoClock, Carriers carriers, Duration drain) {
        this.settings = settings;
        this.carriers = carriers;
        this.drainNanos = drain.toNanos();
        for (int index = 0; index < settings.shards(); index++) {
            shards.add(new Shard(index, settings.shardCapacity(), this, threads, nanoClock));
        }
        carriers.start(List.copyOf(shards));
    }

    /// A reactor whose shards are drained by whoever puts something in: one thread less to wake.
    ///
    /// @param threads where work is done; must not do it on the calling thread
    public static Reactor shared(ReactorSettings settings, Executor threads, LongSupplier nanoClock) {
        return new Reactor(settings, threads, nanoClock, Shard::share, DRAIN);
    }

    /// A reactor whose shards have a thread each.
    ///
    /// @param threads where work is done
    /// @param bind is told each shard's index, on its thread, before it takes anything out
    public static Reactor threaded(
            ReactorSettings settings, Executor threads, LongSupplier nanoClock, Consumer<Integer> bind) {
        return new Reactor(settings, threads, nanoClock, new ShardThreads(bind), DRAIN);
    }

    /// A reactor without threads: [#step] does the work. Closing waits for nobody: what has not been stepped is
    /// withdrawn.
    public static Reactor stepped(ReactorSettings settings, LongSupplier nanoClock) {
        return new Reactor(settings, Runnable::run, nanoClock, _ -> {}, Duration.ZERO);
    }

    /// A lane for one isolate.
    public Lane open() {
        int index = Math.floorMod(opened.getAndIncrement(), shards.size());
        Lane lane = new Lane(shards.get(index), settings.laneCapacity());
        lanes.add(lane);
        return lane;
    }

    void closed(Lane lane) {
        if (lane.depth() == 0) {
            lanes.remove(lane);
        }
    }

    boolean closed() {
        return closed;
    }

    /// How many lanes are open, or closed and still in use.
    int lanes() {
        return lanes.size();
    }

    long nextSequence() {
        return sequence.incrementAndGet();
    }

    void wake(Shard shard) {
        carriers.wake(shard);
    }

    /// Works on what has been admitted, on the calling thread, in the order of admission over all shards. What is
    /// admitted meanwhile takes its turn.
    ///
    /// @param limit how many envelopes at most
    /// @return how many it was
    public int step(int limit) {
        PriorityQueue<Lane> heads = new PriorityQueue<>(Comparator.comparingLong(Reactor::firstSequence));
        int done = 0;
        while (done < limit) {
            shards.forEach(shard -> shard.announced().forEach(lane -> enter(heads, lane)));
            Lane lane = heads.poll();
            if (lane == null) {
                return done;
            }
            Envelope<?> next = lane.poll();
            if (next != null) {
                lane.home().stepped(next);
                done++;
            }
            enter(heads, lane);
        }
        heads.forEach(lane -> lane.home().announce(lane));
        return done;
    }

    private static void enter(PriorityQueue<Lane> heads, Lane lane) {
        if (lane.peek() != null && !heads.contains(lane)) {
            heads.add(lane);
        }
    }

    private static long firstSequence(Lane lane) {
        Envelope<?> first = lane.peek();
        return first == null ? Long.MAX_VALUE : first.sequence();
    }

    /// How many envelopes have been admitted.
    public long admitted() {
        return sequence.get();
    }

    /// What each shard has done.
    public List<ShardStats> stats() {
        return shards.stream().map(Shard::stats).toList();
    }

    /// An envelope has left its lane, and has been answered.
    void finished() {
        finished.increment();
        changed();
    }

    /// A slot is free again: whoever closes looks once more.
    void changed() {
        if (closed) {
            lock.lock();
            try {
                someChange.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Takes nothing more and sees to it that all that was admitted is answered: by its work; past a bounded time, by
    /// its work interrupted; past that, as withdrawn. Idempotent.
    @Override
    public void close() {
        closed = true;
        if (!awaitEmpty()) {
            lanes.forEach(lane -> lane.forEach(Envelope::interrupt));
            awaitEmpty();
        }
        lanes.forEach(lane -> lane.forEach(envelope -> envelope.withdraw(Envelope.Withdrawal.CLOSED)));
        carriers.close();
    }

    private boolean awaitEmpty() {
        long nanos = drainNanos;
        lock.lock();
        try {
            while (!empty() && nanos > 0) {
                nanos = someChange.awaitNanos(nanos);
            }
            return empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean empty() {
        // The lanes first: who is about to be admitted has its slot, and only then its sequence.
        return lanes.stream().allMatch(lane -> lane.depth() == 0) && finished.sum() == sequence.get();
    }
}
