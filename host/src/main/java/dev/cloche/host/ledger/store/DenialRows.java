package dev.cloche.host.ledger.store;

import dev.cloche.host.hostcall.DenialListener;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.store.DenialTally.RowSink;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings denied hostcalls into the ledger: the first of a kind soon, a flood of them as few rows with a count. Safe
/// for use by many threads; the hostcall's own thread only counts.
///
/// A home that its host has not opened is not opened for the sake of a denial: what was denied is counted until it is,
/// and what is still counted when the host closes is gone. The same goes for what waits when the process is killed.
public final class DenialRows implements DenialListener, AutoCloseable {
    /// How long closing waits for the last rows.
    static final long CLOSE_TIMEOUT_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(DenialRows.class);

    private final DenialTally tally = new DenialTally();
    private final RowSink sink;
    private final LongSupplier nanoClock;
    // Started at the first denial: most hosts deny nothing.
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean closed;
    // What an unpark alone would not tell for sure: a write waits too, and would use it up.
    private volatile boolean signalled;
    // Touched by the thread alone.
    private boolean failing;

    /// @param nanoClock monotonic, for the windows in which denials are counted
    public DenialRows(Ledger ledger, LongSupplier nanoClock) {
        this(ledger::appendIfOpen, nanoClock);
    }

    DenialRows(RowSink sink, LongSupplier nanoClock) {
        this.sink = sink;
        this.nanoClock = nanoClock;
        this.thread = Thread.ofVirtual().name("cloche-denials").unstarted(this::loop);
    }

    @Override
    public void denied(String extension, String op, Denied denied) {
        if (tally.add(extension, op, denied)) {
            wake();
        }
    }

    private void wake() {
        signalled = true;
        if (started.compareAndSet(false, true)) {
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void loop() {
        try {
            while (!closed) {
                signalled = false;
                long waitNanos = tally.drain(nanoClock.getAsLong(), false, this::offer);
                if (!signalled && !closed) {
                    await(waitNanos);
                }
            }
            tally.drain(nanoClock.getAsLong(), true, this::offer);
        } finally {
            finished.complete(null);
        }
    }

    private void await(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private boolean offer(List<LedgerEvent> rows) {
        try {
            boolean written = sink.offer(rows);
            failing = false;
            return written;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn("ledger: denied hostcalls cannot be recorded and are counted on: {}", e.getMessage());
            }
            failing = true;
            return false;
        }
    }

    public Figures figures() {
        return new Figures(tally.written(), tally.unwritten());
    }

    /// Writes what is counted, and waits for that for a bounded time, also on an interrupted thread, whose flag stays
    /// up. Idempotent.
    @Override
    public void close() {
        closed = true;
        signalled = true;
        if (started.compareAndSet(false, true)) {
            finished.complete(null);
        }
        LockSupport.unpark(thread);
        try {
            finished.copy()
                    .orTimeout(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException _) {
            LOG.warn("ledger: the last denied hostcalls are not written yet, waited_ms={}", CLOSE_TIMEOUT_MILLIS);
        }
        long unwritten = tally.unwritten();
        if (unwritten > 0) {
            LOG.info("ledger: the host closes with its home not open, denied hostcalls not recorded={}", unwritten);
        }
    }

    /// How many denied hostcalls there were.
    ///
    /// @param written that the ledger has
    /// @param unwritten that are counted and that the ledger does not have yet
    public record Figures(long written, long unwritten) {}
}
