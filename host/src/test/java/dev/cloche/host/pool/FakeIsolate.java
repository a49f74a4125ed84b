package dev.cloche.host.pool;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// An isolate without a guest that notices misuse.
final class FakeIsolate implements Isolate {
    static final long MEMORY_MAX = 1_000;

    private final FakeFactory factory;
    private final int number;
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicBoolean entered = new AtomicBoolean();
    private volatile boolean sound = true;
    private final AtomicInteger resets = new AtomicInteger();
    private volatile boolean resettable;
    private volatile boolean failing;
    private volatile long memory;
    private final AtomicInteger cancels = new AtomicInteger();
    private volatile Runnable onCancel = () -> {};
    private volatile Runnable onClose = () -> {};
    private volatile Runnable onReset = () -> {};

    FakeIsolate(FakeFactory factory, int number) {
        this.factory = factory;
        this.number = number;
    }

    int number() {
        return number;
    }

    int closes() {
        return closes.get();
    }

    void breakDown() {
        sound = false;
    }

    /// From now on asking and closing it ends in an exception.
    void fail() {
        failing = true;
    }

    void memory(long bytes) {
        memory = bytes;
    }

    /// Marks the begin of exclusive use.
    ///
    /// @throws IllegalStateException if somebody else is in it, or it is closed
    void enter() {
        if (!entered.compareAndSet(false, true) || closes.get() > 0) {
            throw new IllegalStateException("isolate is in use or closed, number=" + number);
        }
    }

    void leave() {
        if (!entered.compareAndSet(true, false) || closes.get() > 0) {
            throw new IllegalStateException("isolate is not in use or closed, number=" + number);
        }
    }

    @Override
    public Reply run(Invocation invocation) {
        return new Reply.Ok(Payload.EMPTY);
    }

    /// From now on it can be reset.
    void resettable() {
        resettable = true;
    }

    int resets() {
        return resets.get();
    }

    /// Has something done when it is reset, on the thread that does.
    void onReset(Runnable action) {
        onReset = action;
    }

    @Override
    public boolean reset() {
        onReset.run();
        if (resettable) {
            resets.incrementAndGet();
        }
        return resettable;
    }

    @Override
    public long fuelUsed() {
        return 0;
    }

    @Override
    public boolean sound() {
        if (failing) {
            throw new IllegalStateException("isolate fails, number=" + number);
        }
        return sound;
    }

    @Override
    public long memoryBytes() {
        return memory;
    }

    @Override
    public long memoryBytesMax() {
        return MEMORY_MAX;
    }

    @Override
    public void cancel() {
        cancels.incrementAndGet();
        onCancel.run();
    }

    int cancels() {
        return cancels.get();
    }

    /// Has something done when it is cancelled, on the thread that does.
    void onCancel(Runnable action) {
        onCancel = action;
    }

    /// Has something done at the beginning of every close, on the thread that does.
    void onClose(Runnable action) {
        onClose = action;
    }

    @Override
    public void close() {
        onClose.run();
        if (closes.incrementAndGet() == 1) {
            factory.closed();
        }
        if (failing) {
            throw new IllegalStateException("isolate fails, number=" + number);
        }
    }
}
