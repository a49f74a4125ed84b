package dev.cloche.host.frame;

import org.jspecify.annotations.Nullable;

/// The threads that wait for a call to end: the one that makes it and, where a guest makes it, those that wait for that
/// guest. Immutable.
public final class Lineage {
    /// Of what nobody waits for.
    public static final Lineage NONE = new Lineage(null, null, 0);

    private final @Nullable Thread thread;
    private final @Nullable Lineage parent;
    private final int depth;

    private Lineage(@Nullable Thread thread, @Nullable Lineage parent, int depth) {
        this.thread = thread;
        this.parent = parent;
        this.depth = depth;
    }

    /// The same threads and one that makes a call while they wait for it.
    public Lineage then(Thread maker) {
        return new Lineage(maker, this, depth + 1);
    }

    /// How many calls there are, one within the other.
    public int depth() {
        return depth;
    }

    @SuppressWarnings("ReferenceEquality") // a subclass of Thread may call another one its equal
    public boolean includes(Thread asked) {
        for (Lineage each = this; each != null; each = each.parent) {
            if (each.thread == asked) {
                return true;
            }
        }
        return false;
    }
}
