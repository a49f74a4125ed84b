package dev.cloche.host.reactor;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one consumer of its lanes: it takes envelopes out of them and hands each to a thread of its own. Safe for use by
/// many threads.
final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /*
     * Lanes with something in them stand in `ready`, each once. Whoever drains holds `draining`; who finds it held goes
     * away, since the holder looks at `ready` again after it has let go.
     */
    private final Queue<Lane> ready = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();

    private final int index;
    private final int capacity;
    private final Reactor reactor;
    private final Executor threads;
    private final LongSupplier nanoClock;

    private final AtomicInteger depth = new AtomicInteger();
    private final AtomicInteger highWater = new AtomicInteger();
    private final AtomicLong sequence = new AtomicLong();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder dispatched = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final Latencies latencies = new Latencies();

    Shard(int index, int capacity, Reactor reactor, Executor threads, LongSupplier nanoClock) {
        this.index = index;
        this.capacity = capacity;
        this.reactor = reactor;
        this.threads = threads;
        this.nanoClock = nanoClock;
    }

    int index() {
        return index;
    }

    /// Gives an envelope its place and its sequences, or says why not.
    @Nullable
    Offer admit(Envelope<?> envelope) {
        int now = envelope.counted() ? depth.incrementAndGet() : 0;
        if (now > capacity) {
            depth.decrementAndGet();
            return rejected(new Offer.Full("shard", index, now - 1, capacity));
        }
        raise(now);
        // After its slot was taken: whoever closes the reactor looks at the slots afterwards.
        if (reactor.closed() || !envelope.admit()) {
            if (envelope.counted()) {
                depth.decrementAndGet();
            }
            return Offer.CLOSED;
        }
        envelope.admitted(reactor.nextSequence(), sequence.incrementAndGet(), nanoClock.getAsLong());
        return null;
    }

    private void raise(int now) {
        int known = highWater.get();
        while (now > known && !highWater.compareAndSet(known, now)) {
            known = highWater.get();
        }
    }

    Offer rejected(Offer.Full full) {
        rejected.increment();
        return full;
    }

    void announce(Lane lane) {
        ready.add(lane);
    }

    /// Has what is in the lanes taken out.
    void wake() {
        reactor.wake(this);
    }

    /// Hands out everything there is, unless somebody else is at it, who then does.
    ///
    /// @return whether there was anything
    boolean drain() {
        boolean any = false;
        while (!ready.isEmpty() && draining.compareAndSet(false, true)) {
            try {
                any |= drainReady();
            } finally {
                draining.set(false);
            }
        }
        return any;
    }

    private boolean drainReady() {
        boolean any = false;
        for (Lane lane = ready.poll(); lane != null; lane = ready.poll()) {
            // Before the ring is looked at: what comes later announces itself again.
            lane.heard();
            for (Envelope<?> next = lane.poll(); next != null; next = lane.poll()) {
                dispatch(next);
                any = true;
            }
        }
        return any;
    }

    private void dispatch(Envelope<?> envelope) {
        dispatched.increment();
        try {
            threads.execute(envelope::run);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.error("reactor: no thread for a hostcall, shard={}", index, e);
            envelope.withdraw(Envelope.Withdrawal.CLOSED);
            // Some executor may have taken it and thrown afterwards.
            envelope.clear();
        }
    }

    /// The lanes with something in them, for one who takes it out in an order of its own.
    List<Lane> announced() {
        List<Lane> lanes = new ArrayList<>();
        for (Lane lane = ready.poll(); lane != null; lane = ready.poll()) {
            lane.heard();
            lanes.add(lane);
        }
        return lanes;
    }

    void leave(Envelope<?> envelope, Lane lane, boolean awaited) {
        if (awaited) {
            answered.increment();
            latencies.record(nanoClock.getAsLong() - envelope.admittedNanos());
        }
        if (envelope.counted()) {
            depth.decrementAndGet();
        }
        lane.leave(envelope.slot());
    }

    void finished() {
        reactor.finished();
    }

    /// Somebody who offered has given a slot back.
    void refused() {
        reactor.changed();
    }

    void closed(Lane lane) {
        reactor.closed(lane);
    }

    void stepped(Envelope<?> envelope) {
        dispatched.increment();
        envelope.run();
    }

    void unheard(Throwable failure) {
        LOG.error("reactor: whoever waited for a hostcall threw, shard={}", index, failure);
    }

    ShardStats stats() {
        return new ShardStats(
                index,
                depth.get(),
                highWater.get(),
                sequence.get(),
                rejected.sum(),
                dispatched.sum(),
                answered.sum(),
                latencies.sum(),
                latencies.max(),
                latencies.percentile(50),
                latencies.percentile(99));
    }
}
