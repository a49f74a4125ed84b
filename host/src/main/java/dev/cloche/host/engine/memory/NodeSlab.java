package dev.cloche.host.engine.memory;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The slots of one node: which are free, and who has the others. Knows nothing of what lies in them. Safe for use by
/// many threads.
final class NodeSlab {
    private final ReentrantLock lock = new ReentrantLock();
    private final int node;
    private final long address;
    private final long slotBytes;

    /// Free slots, the one freed last on top.
    private final int[] free;

    private int freeCount;
    private final int[] generations;
    private final boolean[] used;

    /// Slots whose address space may be somebody else's by now.
    private final boolean[] lost;

    /// How much of each slot, from its beginning, lies on pages of the usual size.
    private final long[] usual;

    private int inUse;
    private int highWater;
    private int lostCount;
    private long allocations;
    private long frees;
    private long stale;
    private boolean shut;

    /// @param huge whether all of it lies on huge pages at first
    NodeSlab(int node, long address, int slots, long slotBytes, boolean huge) {
        this.node = node;
        this.address = address;
        this.slotBytes = slotBytes;
        this.free = new int[slots];
        this.generations = new int[slots];
        this.used = new boolean[slots];
        this.lost = new boolean[slots];
        this.usual = new long[slots];
        for (int i = 0; i < slots; i++) {
            free[i] = slots - 1 - i;
            usual[i] = huge ? 0 : slotBytes;
        }
        this.freeCount = slots;
    }

    int node() {
        return node;
    }

    long address() {
        return address;
    }

    long slotBytes() {
        return slotBytes;
    }

    int slots() {
        return generations.length;
    }

    long bytes() {
        return slots() * slotBytes;
    }

    long address(SlotHandle handle) {
        return address + handle.slot() * slotBytes;
    }

    /// Takes a slot; null if none is free.
    @Nullable
    SlotHandle take() {
        lock.lock();
        try {
            if (freeCount == 0 || shut) {
                return null;
            }
            int slot = free[--freeCount];
            used[slot] = true;
            inUse++;
            allocations++;
            highWater = Math.max(highWater, inUse);
            return new SlotHandle(node, slot, generations[slot]);
        } finally {
            lock.unlock();
        }
    }

    int freeSlots() {
        lock.lock();
        try {
            return shut ? 0 : freeCount;
        } finally {
            lock.unlock();
        }
    }

    /// Has a part of a slot that is in use lie on pages of the usual size from now on.
    ///
    /// @return how much of the slot does
    long useUsual(SlotHandle handle, long bytes) {
        lock.lock();
        try {
            usual[handle.slot()] = Math.max(usual[handle.slot()], bytes);
            return usual[handle.slot()];
        } finally {
            lock.unlock();
        }
    }

    /// Ends a handle: whoever it is given to next is refused. The slot is nobody's until [#giveBack] or [#lose].
    ///
    /// @return false, and nothing changes but the count, if the handle is stale
    boolean end(SlotHandle handle) {
        lock.lock();
        try {
            int slot = handle.slot();
            boolean current = handle.node() == node
                    && slot >= 0
                    && slot < slots()
                    && used[slot]
                    && generations[slot] == handle.generation();
            if (!current) {
                stale++;
                return false;
            }
            used[slot] = false;
            generations[slot]++;
            frees++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Lets a slot be taken again whose handle has ended.
    ///
    /// @return whether the slab is shut and this was the last slot that anybody had
    boolean giveBack(int slot) {
        lock.lock();
        try {
            free[freeCount++] = slot;
            inUse--;
            return shut && inUse == 0;
        } finally {
            lock.unlock();
        }
    }

    /// Lets a slot never be taken again whose handle has ended.
    ///
    /// @return as [#giveBack]
    boolean lose(int slot) {
        lock.lock();
        try {
            lost[slot] = true;
            lostCount++;
            inUse--;
            return shut && inUse == 0;
        } finally {
            lock.unlock();
        }
    }

    /// Gives out no slot any more. Idempotent.
    ///
    /// @return whether this call shut it, and nobody has a slot
    boolean shut() {
        lock.lock();
        try {
            boolean first = !shut;
            shut = true;
            return first && inUse == 0;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the slot's address space is still ours. To be asked when nobody has a slot.
    boolean isOurs(int slot) {
        return !lost[slot];
    }

    /// What there is at one moment.
    NumaFigures.Node figures(int bindErrno, String hugeFallback) {
        lock.lock();
        try {
            long hugeBytes = 0;
            for (int i = 0; i < slots(); i++) {
                hugeBytes += lost[i] ? 0 : slotBytes - usual[i];
            }
            return new NumaFigures.Node(
                    node,
                    new NumaFigures.Slots(slots() - lostCount, inUse, highWater, lostCount),
                    allocations,
                    frees,
                    stale,
                    slotBytes,
                    hugeBytes,
                    bindErrno,
                    hugeFallback);
        } finally {
            lock.unlock();
        }
    }
}
