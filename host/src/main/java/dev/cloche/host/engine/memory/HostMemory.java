package dev.cloche.host.engine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/// What all guests of a host hold together, and how much that may be: their linear memories and images in one sum, and
/// in another what of it lies on the Java heap, which has a smaller bound. Safe for use by many threads.
public final class HostMemory {
    /// What is left of the machine for everything else: a part in so many.
    private static final int MACHINE_SPARED = 5;

    /// The part of the Java heap that guests may take, one in so many, where only buffers and tables lie there.
    private static final int HEAP_PART = 4;

    /// The same where linear memories are arrays. One that grows is copied, so there are two of it for a moment.
    private static final int HEAP_PART_OF_ARRAYS = 3;

    private static final long MIN_BYTES = 64L << 20;

    /// How often one request has something given back.
    private static final int RECLAIMS_MAX = 64;

    private static final VarHandle SUMS;

    static {
        try {
            SUMS = MethodHandles.lookup().findVarHandle(HostMemory.class, "sums", Sums.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Replaced as one: what does not fit into the second sum must not be in the first for a moment, where somebody
    /// else would be refused for it.
    private volatile Sums sums = new Sums(0, 0);

    private final long max;
    private final long heapMax;
    private final boolean arrays;

    /// Has something given back that nobody uses; answers whether anything was.
    private volatile BooleanSupplier reclaimer = () -> false;

    /// @param used bytes of everything
    /// @param heapUsed what of it is on the Java heap
    private record Sums(long used, long heapUsed) {
        Sums plus(long bytes, boolean onHeap) {
            return new Sums(used + bytes, heapUsed + (onHeap ? bytes : 0));
        }
    }

    /// @param max bytes of everything
    /// @param heapMax bytes of what is on the Java heap
    /// @param arrays whether linear memories and images are on the Java heap too
    HostMemory(long max, long heapMax, boolean arrays) {
        this.max = max;
        this.heapMax = heapMax;
        this.arrays = arrays;
    }

    /// No bound but what a `long` holds.
    static HostMemory unbounded(boolean arrays) {
        return new HostMemory(Long.MAX_VALUE, Long.MAX_VALUE, arrays);
    }

    /// The bounds for a machine and a heap.
    ///
    /// @param asked what an operator sets, in bytes; zero to go by the machine
    /// @param machineBytes what the process may use in all
    /// @param heapBytes how far the Java heap may grow
    static HostMemory of(long asked, long machineBytes, long heapBytes, boolean arrays) {
        long heapMax = Math.max(MIN_BYTES / 2, heapBytes / (arrays ? HEAP_PART_OF_ARRAYS : HEAP_PART));
        long outside = machineBytes - heapBytes;
        long fitting = arrays ? heapMax : Math.max(MIN_BYTES, outside - outside / MACHINE_SPARED);
        return new HostMemory(asked == 0 ? fitting : asked, heapMax, arrays);
    }

    /// Takes bytes of linear memory.
    ///
    /// @return false, and nothing is taken, if there are not so many left
    boolean takeLinear(long bytes) {
        return take(bytes, arrays);
    }

    void giveLinear(long bytes) {
        add(-bytes, arrays);
    }

    /// Counts bytes of an image, which are there whether they fit or not.
    void addImage(long bytes) {
        add(bytes, arrays);
    }

    /// Takes bytes of the Java heap.
    ///
    /// @return false, and nothing is taken, if there are not so many left
    boolean takeHeap(long bytes) {
        return take(bytes, true);
    }

    /// Counts bytes of the Java heap that are there already.
    void addHeap(long bytes) {
        add(bytes, true);
    }

    void giveHeap(long bytes) {
        add(-bytes, true);
    }

    /// Whether more is held than may be.
    boolean exceeded() {
        Sums now = sums;
        return now.used > max || now.heapUsed > heapMax;
    }

    /// Where what is held does not leave enough, has what nobody uses given back before it refuses. Called on the
    /// thread that needs the memory, which may be within a guest.
    public void reclaimer(BooleanSupplier giveBack) {
        reclaimer = giveBack;
    }

    private boolean take(long bytes, boolean onHeap) {
        for (int i = 0; i < RECLAIMS_MAX; i++) {
            if (takeAtOnce(bytes, onHeap)) {
                return true;
            }
            if (bytes > max || (onHeap && bytes > heapMax) || !reclaimer.getAsBoolean()) {
                return false;
            }
        }
        return takeAtOnce(bytes, onHeap);
    }

    private boolean takeAtOnce(long bytes, boolean onHeap) {
        Sums now;
        do {
            now = sums;
            if (bytes > max - now.used || (onHeap && bytes > heapMax - now.heapUsed)) {
                return false;
            }
        } while (!SUMS.compareAndSet(this, now, now.plus(bytes, onHeap)));
        return true;
    }

    private void add(long bytes, boolean onHeap) {
        Sums now;
        do {
            now = sums;
        } while (!SUMS.compareAndSet(this, now, now.plus(bytes, onHeap)));
    }

    /// Bytes of everything that guests hold.
    public long used() {
        return sums.used;
    }

    /// Bytes of everything that guests may hold.
    public long max() {
        return max;
    }

    /// What of [#used] is on the Java heap.
    public long heapUsed() {
        return sums.heapUsed;
    }

    /// What of [#max] may be on the Java heap.
    public long heapMax() {
        return heapMax;
    }

    @Override
    public String toString() {
        Sums now = sums;
        return "used=" + now.used + " max=" + max + " heap-used=" + now.heapUsed + " heap-max=" + heapMax;
    }
}
