package dev.cloche.host.scheduler;

import java.util.Arrays;

/// What arrived between two ticks, by hostcall, events last: the order that a script is given it in. Bounded by what
/// may arrive: see [Arrivals].
final class ArrivalBatch {
    private static final int CAPACITY_FIRST = 16;

    /// What is kept of a batch that was once larger.
    private static final int CAPACITY_KEPT = 1 << 10;

    private Arrived[] batch = new Arrived[CAPACITY_FIRST];
    private int count;

    /// Takes everything up to what arrived last.
    ///
    /// @return how many there are
    int fill(Arrived newest) {
        unwind(newest);
        if (count > 1) {
            // Stable: chunks of one stream stay in the order in which they came, and so do events, which are last.
            Arrays.sort(batch, 0, count, Arrived.BY_HOSTCALL);
        }
        return count;
    }

    /// Fills the batch in the order of arrival.
    private void unwind(Arrived newest) {
        count = 0;
        for (Arrived at = newest; at != null; at = at.before) {
            count++;
        }
        if (count > batch.length) {
            batch = new Arrived[Math.max(count, batch.length * 2)];
        }
        int at = count;
        for (Arrived arrived = newest; arrived != null; arrived = arrived.before) {
            batch[--at] = arrived;
        }
    }

    Arrived get(int index) {
        return batch[index];
    }

    /// Keeps nothing alive that was taken.
    void clear() {
        if (batch.length > CAPACITY_KEPT) {
            batch = new Arrived[CAPACITY_FIRST];
        } else {
            Arrays.fill(batch, 0, count, null);
        }
    }
}
