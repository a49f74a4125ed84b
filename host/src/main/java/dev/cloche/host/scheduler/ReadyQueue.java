package dev.cloche.host.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The tasks that are ready, first in, first out: a ring that grows. It holds a task at most once, so it is bounded by
/// the timers, hostcalls and events there may be.
final class ReadyQueue {
    private static final int CAPACITY_FIRST = 16;

    /// What is kept of a ring that was once larger.
    private static final int CAPACITY_KEPT = 1 << 10;

    /// So many stale tasks may stand in the ring, or as many as there are others, before they are swept out.
    private static final int STALE_FREE = 64;

    private Ready[] ring = new Ready[CAPACITY_FIRST];
    private int head;
    private int size;
    private int stale;

    boolean isEmpty() {
        return size == stale;
    }

    /// How many places are taken, those of stale tasks included.
    int occupied() {
        return size;
    }

    void add(Ready task) {
        if (size == ring.length) {
            resize(size * 2);
        }
        ring[at(size)] = task;
        size++;
    }

    /// Takes the first task that is not stale.
    @Nullable
    Ready poll() {
        while (size > 0) {
            Ready task = ring[head];
            clearSlot(head);
            head = at(1);
            size--;
            if (!task.stale) {
                return task;
            }
            stale--;
        }
        return null;
    }

    /// Says that a task in the queue is not to be run.
    void abandon(Ready task) {
        task.stale = true;
        stale++;
        if (stale > STALE_FREE && stale * 2 > size) {
            sweep();
        }
    }

    private void sweep() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Ready task = ring[at(i)];
            if (!task.stale) {
                ring[at(kept++)] = task;
            }
        }
        for (int i = kept; i < size; i++) {
            clearSlot(at(i));
        }
        size = kept;
        stale = 0;
    }

    private int at(int offset) {
        return (head + offset) & (ring.length - 1);
    }

    private void resize(int capacity) {
        Ready[] larger = new Ready[capacity];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[at(i)];
        }
        ring = larger;
        head = 0;
    }

    @SuppressWarnings("NullAway") // slots outside of the queue hold nothing
    private void clearSlot(int index) {
        ring[index] = null;
    }

    void clear() {
        if (ring.length > CAPACITY_KEPT) {
            ring = new Ready[CAPACITY_FIRST];
        } else if (size > 0) {
            Arrays.fill(ring, null);
        }
        head = 0;
        size = 0;
        stale = 0;
    }
}
