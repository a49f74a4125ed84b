package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.LinearMemory.Shape;
import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import run.endive.wasm.types.MemoryLimits;

/// What a memory held at one moment: its content, its globals, which data segments were dropped. From it new memories
/// are stamped. Never changes; safe for use by many threads.
///
/// Whoever made it closes it; what lies under it stays until the last memory stamped from it is closed as well.
public abstract sealed class MemoryImage implements AutoCloseable permits ForeignImage, HeapImage {
    /// Everything but the content.
    static final class State {
        private final long length;
        private final long[] globals;
        private final boolean[] dropped;

        State(long length, long[] globals, boolean[] dropped) {
            this.length = length;
            this.globals = globals.clone();
            this.dropped = dropped.clone();
        }

        long length() {
            return length;
        }
    }

    private final State state;
    private final MemoryCounters counters;

    /// Who uses it: its owner, until it is closed, and each stamped memory.
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicInteger owner = new AtomicInteger(1);

    MemoryImage(State state, MemoryCounters counters) {
        this.state = state;
        this.counters = counters;
        counters.images.incrementAndGet();
        counters.imageBytes.addAndGet(state.length);
        counters.host.addImage(state.length);
    }

    public static MemoryImage capture(LinearMemory memory) {
        return memory.capture();
    }

    /// The bytes of content.
    public final long length() {
        return state.length;
    }

    /// The globals, one value a slot.
    public final long[] globals() {
        return state.globals.clone();
    }

    /// Which data segments were dropped.
    public final boolean[] dropped() {
        return state.dropped.clone();
    }

    /// A new memory with the image's content, globals and length. The engine may initialise it as any other: its
    /// content stays, and segments are dropped as they were.
    ///
    /// @param declared the limits that the module declares
    /// @throws MemoryRefusedException if the image is larger than the cap, or the host or the system refuses
    /// the memory
    /// @throws IllegalStateException if the image is closed
    public final LinearMemory stamp(MemoryLimits declared, long capBytes) {
        Shape shape = Shape.of(declared, capBytes, state.globals.length);
        if (state.length > shape.maximumBytes()) {
            throw new MemoryRefusedException(
                    Reason.ABOVE_CAP,
                    capBytes,
                    "the image is larger than the cap, bytes=" + state.length + " cap=" + capBytes);
        }
        LinearMemory.admit(counters.host, state.length);
        boolean done = false;
        try {
            LinearMemory stamped = stampRetained(shape);
            done = true;
            return stamped;
        } finally {
            if (!done) {
                counters.host.giveLinear(state.length);
            }
        }
    }

    private LinearMemory stampRetained(Shape shape) {
        retain();
        try {
            return stamp(shape);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /// Writes all of it in the form that [Memories#readImage] reads.
    public final void writeTo(OutputStream output) throws IOException {
        retain();
        try {
            StoredImage.write(this, output);
        } finally {
            release();
        }
    }

    @Override
    public final void close() {
        if (owner.getAndSet(0) == 1) {
            release();
        }
    }

    private void retain() {
        int now;
        do {
            now = users.get();
            if (now == 0 || owner.get() == 0) {
                throw new IllegalStateException("the image is closed, users=" + now);
            }
        } while (!users.compareAndSet(now, now + 1));
    }

    final void release() {
        if (users.decrementAndGet() == 0) {
            free();
            counters.images.decrementAndGet();
            counters.imageBytes.addAndGet(-state.length);
            counters.host.addImage(-state.length);
        }
    }

    final MemoryCounters counters() {
        return counters;
    }

    /// Copies a piece of the content.
    abstract void load(long position, byte[] target, int size);

    abstract LinearMemory stamp(Shape shape);

    /// Gives back what lies under the image. Called once, when nobody uses it.
    abstract void free();
}
