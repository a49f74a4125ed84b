package dev.cloche.host.scheduler;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values by positive numbers: open addressing with linear probing, without a box for each key.
final class LongTable<V> {
    private static final int CAPACITY_FIRST = 32;

    /// What is kept of a table that was once larger.
    private static final int CAPACITY_KEPT = 1 << 11;

    /// Keys are multiplied by 2^64 divided by the golden ratio: those that follow each other are spread.
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final long NO_KEY = 0;

    private long[] keys = new long[CAPACITY_FIRST];
    private @Nullable Object[] values = new Object[CAPACITY_FIRST];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    V get(long key) {
        return valueAt(slotOf(key));
    }

    @SuppressWarnings("unchecked") // only put writes values
    private @Nullable V valueAt(int slot) {
        return (V) values[slot];
    }

    /// Where the key is, or else the free slot where it would be.
    private int slotOf(long key) {
        int slot = home(key);
        while (keys[slot] != key && keys[slot] != NO_KEY) {
            slot = next(slot);
        }
        return slot;
    }

    private int home(long key) {
        return (int) ((key * SPREAD) >>> Long.numberOfLeadingZeros(keys.length - 1L));
    }

    private int next(int slot) {
        return (slot + 1) & (keys.length - 1);
    }

    /// Adds a value under a key that is not there yet.
    void put(long key, V value) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int slot = slotOf(key);
        keys[slot] = key;
        values[slot] = value;
        size++;
    }

    private void grow() {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new Object[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != NO_KEY) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    /// Takes a value out.
    ///
    /// @return null if there is none under this key
    @Nullable
    V remove(long key) {
        int slot = slotOf(key);
        V removed = valueAt(slot);
        if (removed != null) {
            size--;
            close(slot);
        }
        return removed;
    }

    /// Moves those up that stand behind a slot only because it was taken.
    private void close(int freed) {
        int hole = freed;
        for (int slot = next(hole); keys[slot] != NO_KEY; slot = next(slot)) {
            int home = home(keys[slot]);
            int fromHome = (slot - home) & (keys.length - 1);
            int fromHole = (slot - hole) & (keys.length - 1);
            if (fromHome >= fromHole) {
                keys[hole] = keys[slot];
                values[hole] = values[slot];
                hole = slot;
            }
        }
        keys[hole] = NO_KEY;
        values[hole] = null;
    }

    void forEach(Consumer<V> action) {
        if (size == 0) {
            return;
        }
        for (int slot = 0; slot < keys.length; slot++) {
            V value = valueAt(slot);
            if (value != null) {
                action.accept(value);
            }
        }
    }

    void clear() {
        if (keys.length > CAPACITY_KEPT) {
            keys = new long[CAPACITY_FIRST];
            values = new Object[CAPACITY_FIRST];
        } else if (size > 0) {
            Arrays.fill(keys, NO_KEY);
            Arrays.fill(values, null);
        }
        size = 0;
    }
}
