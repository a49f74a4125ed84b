package dev.cloche.host.reactor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A bounded queue between one producer and one consumer. Neither ever waits for the other.
///
/// Each side may move from thread to thread as long as one use happens before the next.
public final class SpscRing<E> {
    /*
     *   head (consumer) ──►  ┌───┬───┬───┬───┐  ◄── tail (producer)
     *                        │ 8 │ 9 │   │   │      slot = index & mask
     *                        └───┴───┴───┴───┘
     *
     * An element is its own signal: the producer stores it with release and finds a slot free when it is null; the
     * consumer loads it with acquire and gives the slot back by storing null. So neither side reads the other's index,
     * and the two lie on cache lines of their own. (After FastFlow: Giacomoni, Moseley, Vachharajani, PPoPP 2008.)
     */
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    private final @Nullable Object[] slots;
    private final int mask;
    private final Side producer = new Side();
    private final Side consumer = new Side();

    /// An index that one side alone reads and writes, with room around it.
    @SuppressWarnings("UnusedVariable") // The padding is there to take up room.
    private static final class Side {
        private long p0, p1, p2, p3, p4, p5, p6;
        private long index;
        private long q0, q1, q2, q3, q4, q5, q6;
    }

    /// @param capacity a power of two
    public SpscRing(int capacity) {
        if (capacity < 1 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, capacity=" + capacity);
        }
        this.slots = new @Nullable Object[capacity];
        this.mask = capacity - 1;
    }

    /// How many elements there is room for.
    public int capacity() {
        return slots.length;
    }

    /// Adds an element at the end, or answers false if there is no room. By the producer.
    public boolean offer(E element) {
        int slot = (int) producer.index & mask;
        if (SLOT.getAcquire(slots, slot) != null) {
            return false;
        }
        SLOT.setRelease(slots, slot, element);
        producer.index++;
        return true;
    }

    /// Takes the first element, or answers null if there is none. By the consumer.
    @SuppressWarnings("unchecked") // Only elements are put in.
    public @Nullable E poll() {
        int slot = (int) consumer.index & mask;
        Object element = SLOT.getAcquire(slots, slot);
        if (element == null) {
            return null;
        }
        SLOT.setRelease(slots, slot, null);
        consumer.index++;
        return (E) element;
    }

    /// The first element, which stays. By the consumer.
    @SuppressWarnings("unchecked") // Only elements are put in.
    public @Nullable E peek() {
        return (E) SLOT.getAcquire(slots, (int) consumer.index & mask);
    }
}
