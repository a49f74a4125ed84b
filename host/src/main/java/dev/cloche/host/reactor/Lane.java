package dev.cloche.host.reactor;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way of one isolate into its shard. Offers come from one thread at a time; everything else may come from any.
public final class Lane implements AutoCloseable {
    /// How many envelopes one lane can have under way: a bit each.
    public static final int CAPACITY_MAX = Long.SIZE;

    private final Shard shard;
    private final SpscRing<Envelope<?>> ring;
    private final int capacity;

    /*
     * An envelope has a slot from its admission until its work has ended, and the answer needs no other room: so there
     * is always room for an answer. A bit that is set is a slot that is free. The producer alone takes slots.
     */
    private final AtomicLong free;
    private final AtomicReferenceArray<@Nullable Envelope<?>> slots;

    /// Whether the shard has been told that there is something in the ring.
    private final AtomicBoolean announced = new AtomicBoolean();

    private volatile boolean closed;

    Lane(Shard shard, int capacity) {
        this.shard = shard;
        this.capacity = capacity;
        this.free = new AtomicLong(capacity == CAPACITY_MAX ? -1 : (1L << capacity) - 1);
        this.slots = new AtomicReferenceArray<>(capacity);
        this.ring = new SpscRing<>(Integer.highestOneBit(2 * capacity - 1));
    }

    /// Offers work. If it is admitted it has its sequences, and is answered sooner or later.
    ///
    /// @param counted whether the shard's capacity holds for it; the lane's own always does
    public Offer offer(Envelope<?> envelope, boolean counted) {
        long open = free.get();
        if (open == 0) {
            return shard.rejected(new Offer.Full("lane", shard.index(), capacity, capacity));
        }
        int slot = Long.numberOfTrailingZeros(open);
        free.getAndAdd(-(1L << slot));
        envelope.placed(this, slot, counted);
        slots.set(slot, envelope);
        Offer refusal = closed ? Offer.CLOSED : shard.admit(envelope);
        if (refusal != null) {
            leave(slot);
            shard.refused();
            return refusal;
        }
        if (!ring.offer(envelope)) {
            throw new IllegalStateException("a lane has room for whatever is admitted, capacity=" + capacity);
        }
        // The shard takes `announced` back and then looks into the ring; this goes the other way round: one sees the
        // other.
        VarHandle.fullFence();
        announce();
        shard.wake();
        return Offer.TAKEN;
    }

    /// Tells the shard that there is something in the ring, unless it has been told and has not looked since.
    void announce() {
        if (!announced.get() && announced.compareAndSet(false, true)) {
            shard.announce(this);
        }
    }

    /// The next envelope. For the shard's one consumer, as all that is about the ring.
    @Nullable
    Envelope<?> poll() {
        return ring.poll();
    }

    @Nullable
    Envelope<?> peek() {
        return ring.peek();
    }

    /// From here on the next offer announces the lane again.
    void heard() {
        announced.set(false);
        // The other half of the fence in an offer: a look into the ring alone might be taken before.
        VarHandle.fullFence();
    }

    /// Gives a slot back.
    void leave(int slot) {
        slots.set(slot, null);
        free.getAndAdd(1L << slot);
        // Whoever closed the lane while it was in use has left it to the last one.
        if (closed) {
            shard.closed(this);
        }
    }

    Shard home() {
        return shard;
    }

    /// Does something with each that has not ended.
    void forEach(Consumer<Envelope<?>> action) {
        for (int slot = 0; slot < capacity; slot++) {
            Envelope<?> envelope = slots.get(slot);
            if (envelope != null) {
                action.accept(envelope);
            }
        }
    }

    /// How many of this lane have not ended.
    public int depth() {
        return capacity - Long.bitCount(free.get());
    }

    /// The index of its shard.
    public int shard() {
        return shard.index();
    }

    /// Takes nothing more; what was taken is answered. Idempotent.
    @Override
    public void close() {
        closed = true;
        shard.closed(this);
    }
}
