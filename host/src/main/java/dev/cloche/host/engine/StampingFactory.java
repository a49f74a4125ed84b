package dev.cloche.host.engine;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes isolates of one extension: the first one is booted and snapshotted, all others are stamped from that, unless
/// no snapshot can be taken. Safe for use by many threads.
public final class StampingFactory implements IsolateFactory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StampingFactory.class);

    /// Where snapshots outlive the host.
    public interface Store {
        /// The snapshot that was kept, if there is one and it can be trusted.
        Optional<Snapshot> find();

        /// Keeps a snapshot for the next host. Whatever goes wrong, the caller need not know.
        void keep(Snapshot snapshot);
    }

    /*
     * The lock is held while the first isolate boots: others that come meanwhile would boot their own for nothing. It
     * is never held while one is stamped, and nothing takes another lock of ours under it.
     */
    private final ReentrantLock booting = new ReentrantLock();
    private final Snapshotter snapshotter;
    private final Store store;
    private final AtomicLong booted = new AtomicLong();
    private final AtomicLong stamped = new AtomicLong();
    private volatile State state = new State.Unknown();

    private sealed interface State {
        record Unknown() implements State {}

        record Ready(Snapshot snapshot, String origin) implements State {}

        record Refused(String reason) implements State {}

        record Closed() implements State {}
    }

    /// @param refusal why no snapshot is to be taken; null to take one
    public StampingFactory(Snapshotter snapshotter, Store store, @Nullable String refusal) {
        this.snapshotter = snapshotter;
        this.store = store;
        if (refusal != null) {
            state = new State.Refused(refusal);
        }
    }

    @Override
    public Isolate create(long deadlineNanos) {
        return switch (state) {
            case State.Ready ready -> stamp(ready.snapshot(), deadlineNanos);
            case State.Refused _ -> boot(deadlineNanos);
            case State.Unknown _ -> createFirst(deadlineNanos);
            case State.Closed _ -> throw closed();
        };
    }

    private static IsolateCreationException closed() {
        return new IsolateCreationException(
                new Reply.Trapped(TrapKind.ENGINE, "the extension is closed, no isolates are made of it", ""));
    }

    private Isolate createFirst(long deadlineNanos) {
        booting.lock();
        try {
            if (state instanceof State.Unknown) {
                Optional<Snapshot> kept = store.find();
                if (kept.isEmpty()) {
                    return bootAndCapture(deadlineNanos);
                }
                state = new State.Ready(kept.get(), "from the cache");
            }
        } finally {
            booting.unlock();
        }
        return create(deadlineNanos);
    }

    /// The booted isolate is not kept: it could not be reset, as it is not made of the image.
    private Isolate bootAndCapture(long deadlineNanos) {
        Isolate first = boot(deadlineNanos);
        Snapshot snapshot;
        try {
            snapshot = snapshotter.capture(first, deadlineNanos);
        } catch (SnapshotRefusedException e) {
            LOG.info("engine: isolates are booted, not stamped: {}", e.reason());
            state = new State.Refused(e.reason());
            return soundOrAnother(first, deadlineNanos);
        } catch (RuntimeException | Error e) {
            first.close();
            throw e;
        }
        state = new State.Ready(snapshot, "taken when it was first needed");
        first.close();
        store.keep(snapshot);
        return stamp(snapshot, deadlineNanos);
    }

    /// Taking a snapshot runs the guest's own clean-up, which may have had to be stopped.
    private Isolate soundOrAnother(Isolate first, long deadlineNanos) {
        if (first.sound()) {
            return first;
        }
        first.close();
        return boot(deadlineNanos);
    }

    private Isolate boot(long deadlineNanos) {
        Isolate isolate = snapshotter.boot(deadlineNanos);
        booted.incrementAndGet();
        return isolate;
    }

    private Isolate stamp(Snapshot snapshot, long deadlineNanos) {
        Isolate isolate = snapshotter.stamp(snapshot, deadlineNanos);
        stamped.incrementAndGet();
        return isolate;
    }

    /// How isolates are made, and how many were made in each way.
    public Making making() {
        return new Making(
                switch (state) {
                    case State.Unknown _ -> "not yet";
                    case State.Ready ready -> "snapshot " + ready.origin();
                    case State.Refused(String reason) -> "booted one by one: " + reason;
                    case State.Closed _ -> "closed";
                },
                booted.get(),
                stamped.get());
    }

    /// How isolates of an extension are made.
    ///
    /// @param path in words: from a snapshot, or why not
    /// @param booted how many were booted
    /// @param stamped how many were stamped
    public record Making(String path, long booted, long stamped) {}

    /// Lets the snapshot go. Isolates that were made stay.
    @Override
    public void close() {
        booting.lock();
        try {
            State last = state;
            state = new State.Closed();
            if (last instanceof State.Ready ready) {
                ready.snapshot().close();
            }
        } finally {
            booting.unlock();
        }
    }
}
