package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries submitted operations that can block, each on a virtual thread of its own. Bounded for each extension and as
/// a whole; a full lane refuses at once. Safe for use by many threads.
///
/// Every operation taken is completed exactly once, also when the lane closes: first it waits for those under way,
/// then it interrupts them, and what has still not answered is answered `cancelled` on its behalf.
final class Lane implements AutoCloseable {
    /// How many submitted operations the whole host has under way at most.
    static final int CAPACITY = 1_024;

    /// How long a closing lane waits for operations to end by themselves, and again after it has interrupted them.
    static final Duration DRAIN = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    // Guarded by lock.
    private final Set<Pending> pending = new HashSet<>();
    private int depth;
    private boolean closed;

    private final int capacity;
    private final ThreadFactory threads;

    Lane(int capacity, ThreadFactory threads) {
        this.capacity = capacity;
        this.threads = threads;
    }

    /// The part of the lane that one extension's port uses. The depth is guarded by the lane's lock.
    static final class Share {
        private final String extension;
        private final int capacity;
        private int depth;

        Share(String extension, int capacity) {
            this.extension = extension;
            this.capacity = capacity;
        }
    }

    /// Takes an operation, or answers why not; only if it was taken will `work` run and `completion` hear of it.
    @Nullable
    Outcome submit(Share share, Supplier<Outcome> work, Consumer<Outcome> completion) {
        Pending entry = new Pending(share, work, completion);
        lock.lock();
        try {
            if (closed) {
                return closing();
            }
            if (share.depth >= share.capacity) {
                return full(share.extension, share.depth, share.capacity);
            }
            if (depth >= capacity) {
                return full("host", depth, capacity);
            }
            depth++;
            share.depth++;
            pending.add(entry);
        } finally {
            lock.unlock();
        }
        entry.thread.start();
        return null;
    }

    /// The answer of a host that takes no more hostcalls.
    static Outcome closing() {
        return new Failed(FailedCode.CANCELLED, "the host is closing; nothing more is carried out", false);
    }

    private static Outcome full(String lane, int depth, int capacity) {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                "too many hostcalls are waiting; await some of them first, lane=" + lane + " depth=" + depth
                        + " capacity=" + capacity,
                Map.of(
                        "lane", lane,
                        "depth", Integer.toString(depth),
                        "capacity", Integer.toString(capacity)));
    }

    // Its place is free before it is answered, so that whoever is answered can submit the next one.
    private void finish(Pending entry, Outcome outcome) {
        lock.lock();
        try {
            if (entry.finished) {
                return;
            }
            entry.finished = true;
            depth--;
            entry.share.depth--;
        } finally {
            lock.unlock();
        }
        try {
            entry.answer(outcome);
        } finally {
            forget(entry);
        }
    }

    private void forget(Pending entry) {
        lock.lock();
        try {
            pending.remove(entry);
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more and sees to it that everything taken is answered. Idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        if (!awaitDrained()) {
            stillPending().forEach(entry -> entry.thread.interrupt());
            awaitDrained();
        }
        for (Pending entry : stillPending()) {
            finish(entry, closing());
        }
    }

    private List<Pending> stillPending() {
        lock.lock();
        try {
            return List.copyOf(pending);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitDrained() {
        long nanos = DRAIN.toNanos();
        lock.lock();
        try {
            while (!pending.isEmpty() && nanos > 0) {
                nanos = drained.awaitNanos(nanos);
            }
            return pending.isEmpty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// One operation taken and not yet answered.
    private final class Pending {
        private final Share share;
        private final Supplier<Outcome> work;
        private final Consumer<Outcome> completion;
        private final Thread thread;
        // Guarded by lock.
        private boolean finished;

        Pending(Share share, Supplier<Outcome> work, Consumer<Outcome> completion) {
            this.share = share;
            this.work = work;
            this.completion = completion;
            this.thread = threads.newThread(this::run);
        }

        private void run() {
            finish(this, work.get());
        }

        // Errors too: whoever closes the lane has the others to answer after this one.
        private void answer(Outcome outcome) {
            try {
                completion.accept(outcome);
            } catch (RuntimeException | Error e) {
                LOG.error("lane: whoever waited for a hostcall threw, extension={}", share.extension, e);
            }
        }
    }
}
