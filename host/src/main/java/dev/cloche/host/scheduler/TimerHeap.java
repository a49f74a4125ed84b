package dev.cloche.host.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Timers by (deadline, sequence): a binary heap whose elements know their position, so that any one can be taken out
/// in logarithmic time. As large as the number of its timers, which whoever adds them bounds.
final class TimerHeap {
    private static final int CAPACITY_FIRST = 16;

    /// What is kept of a heap that was once larger.
    private static final int CAPACITY_KEPT = 1 << 10;

    private Timer[] heap = new Timer[CAPACITY_FIRST];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /// The timer that is due first; null if there is none.
    @Nullable
    Timer first() {
        return size == 0 ? null : heap[0];
    }

    void add(Timer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(size++, timer);
    }

    /// Takes a timer out; does nothing if it is not there.
    void remove(Timer timer) {
        int hole = timer.position;
        if (hole == Timer.NOWHERE) {
            return;
        }
        timer.position = Timer.NOWHERE;
        Timer last = heap[--size];
        clearSlot(size);
        if (last != timer) {
            down(hole, last);
            if (last.position == hole) {
                up(hole, last);
            }
        }
    }

    @SuppressWarnings("NullAway") // slots past the size hold nothing
    private void clearSlot(int index) {
        heap[index] = null;
    }

    private void up(int from, Timer timer) {
        int hole = from;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!timer.before(heap[parent])) {
                break;
            }
            put(hole, heap[parent]);
            hole = parent;
        }
        put(hole, timer);
    }

    private void down(int from, Timer timer) {
        int hole = from;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(timer)) {
                break;
            }
            put(hole, heap[child]);
            hole = child;
        }
        put(hole, timer);
    }

    private void put(int position, Timer timer) {
        heap[position] = timer;
        timer.position = position;
    }

    void clear() {
        if (heap.length > CAPACITY_KEPT) {
            heap = new Timer[CAPACITY_FIRST];
        } else {
            Arrays.fill(heap, 0, size, null);
        }
        size = 0;
    }
}
