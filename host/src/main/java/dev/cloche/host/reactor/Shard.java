package dev.cloche.host.reactor;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
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

    /// How many envelopes one thread hands out in a row where it has other things to do.
    static final int SHARE = 256;

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
        return drain(Integer.MAX_VALUE) > 0;
    }

    /// Hands out what there is on a thread that has other things to do: a share of it, and the rest is handed out by
    /// threads that work for the reactor. Otherwise a guest would be kept here for as long as its neighbours go on.
    void share() {
        if (drain(SHARE) >= SHARE && !ready.isEmpty()) {
            try {
                threads.execute(this::share);
            } catch (RuntimeException | Error e) {
                LOG.error("reactor: no thread to hand hostcalls out, shard={}", index, e);
                boolean _ = drain();
            }
        }
    }

    private int drain(int limit) {
        int done = 0;
        while (done < limit && !ready.isEmpty() && draining.compareAndSet(false, true)) {
            try {
                done += drainReady(limit - done);
            } finally {
                draining.set(false);
            }
        }
        return done;
    }

    private int drainReady(int limit) {
        int done = 0;
        for (Lane lane = ready.poll(); lane != null; lane = done < limit ? ready.poll() : null) {
            // Before the ring is looked at: what comes later announces itself again.
            lane.heard();
            for (Envelope<?> next = lane.poll(); next != null; next = done < limit ? lane.poll() : null) {
                dispatch(next);
                done++;
            }
            if (done >= limit && lane.peek() != null) {
                lane.announce();
            }
        }
        return done;
    }

    /// Whoever drains may be another guest's thread: it goes on, whatever comes of this one.
    private void dispatch(Envelope<?> envelope) {
        dispatched.increment();
        try {
            threads.execute(envelope::run);
        } catch (RuntimeException | Error e) {
            try {
                envelope.withdraw(Envelope.Withdrawal.CLOSED);
            } finally {
                // Some executor may have taken it and thrown afterwards.
                envelope.clear();
            }
            LOG.error("reactor: no thread for a hostcall, shard={}", index, e);
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
