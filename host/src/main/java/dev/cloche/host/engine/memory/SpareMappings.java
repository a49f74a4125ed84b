package dev.cloche.host.engine.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Mappings of closed memories, kept for the next ones stamped from the same image: mapping a fresh one, copying the
/// pages that calls usually write to, and unmapping it again costs more than bringing a used one back. Safe for use by
/// many threads.
///
/// A mapping is brought back to its image before it comes here, so nothing of the guest that had it is left in it.
final class SpareMappings {
    /// Kept of one image.
    static final int PER_IMAGE_MAX = 4;

    /// Kept altogether; the one kept longest makes room.
    static final int MAX = 32;

    /// Stands for any node.
    static final int ANY_NODE = -1;

    /// @param image what the mapping shows
    record Spare(ForeignImage image, Region region) {
        boolean isOn(int node) {
            SlotHandle slot = region.slot();
            return node == ANY_NODE || slot == null || slot.node() == node;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /// Kept longest first.
    private final Deque<Spare> kept = new ArrayDeque<>();

    /// Takes a mapping that shows the image, the one kept last; null if there is none of this length on this node.
    ///
    /// @param node or [#ANY_NODE]
    @Nullable
    Spare take(ForeignImage image, long reserved, int node) {
        lock.lock();
        try {
            for (Iterator<Spare> newest = kept.descendingIterator(); newest.hasNext(); ) {
                Spare spare = newest.next();
                if (spare.image == image && spare.region.reserved() == reserved && spare.isOn(node)) {
                    newest.remove();
                    return spare;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Whether another mapping of the image would be kept.
    boolean wants(ForeignImage image) {
        lock.lock();
        try {
            return ofImage(image) < PER_IMAGE_MAX;
        } finally {
            lock.unlock();
        }
    }

    private long ofImage(ForeignImage image) {
        return kept.stream().filter(spare -> spare.image == image).count();
    }

    /// Keeps a mapping, and with it what it takes of the budget; false if there are enough of its image.
    boolean keep(Spare spare) {
        lock.lock();
        try {
            if (ofImage(spare.image) >= PER_IMAGE_MAX) {
                return false;
            }
            kept.addLast(spare);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the one kept longest if there are too many; null if there are not.
    @Nullable
    Spare surplus() {
        lock.lock();
        try {
            return kept.size() > MAX ? kept.pollFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    /// Takes one of an image that goes, or of any if the image is null; null if there is none.
    @Nullable
    Spare takeAny(@Nullable ForeignImage image) {
        lock.lock();
        try {
            for (Iterator<Spare> oldest = kept.iterator(); oldest.hasNext(); ) {
                Spare spare = oldest.next();
                if (image == null || spare.image == image) {
                    oldest.remove();
                    return spare;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return kept.size();
        } finally {
            lock.unlock();
        }
    }
}
