package dev.cloche.host.reactor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One piece of work on its way through the reactor, and what becomes of it. Once admitted it is answered exactly once:
/// with what its work comes to, or, where it is withdrawn before, with what the withdrawal comes to.
///
/// @param <A> what it is answered with
public abstract class Envelope<A> {
    /*
     *        admit            take            end
     *   NEW ───────► QUEUED ───────► RUNNING ─────► DONE
     *    │             │                │ ▲ end waits for it
     *    │ withdraw    │ withdraw       ▼ │
     *    └──► REFUSED  │          INTERRUPTING ─► INTERRUPTED ─► DONE
     *                  └──► WITHDRAWN ─► DONE, once its shard has come by
     *
     * One that is withdrawn on its way in is not admitted, so that nobody is answered and refused as well.
     * The state says who may still touch the thread that works, `answered` whether the answer was given: one who was
     * withdrawn while its work runs is answered at once, and keeps its place in lane and shard until the work has
     * ended, so that work that does not end cannot pile up.
     */
    private static final int NEW = 0;
    private static final int QUEUED = 1;
    private static final int WITHDRAWN = 2;
    private static final int RUNNING = 3;
    private static final int INTERRUPTING = 4;
    private static final int INTERRUPTED = 5;
    private static final int DONE = 6;
    private static final int REFUSED = 7;

    private static final VarHandle STATE;
    private static final VarHandle ANSWERED;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Envelope.class, "state", int.class);
            ANSWERED = MethodHandles.lookup().findVarHandle(Envelope.class, "answered", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // written through its handle
    private volatile int state;

    @SuppressWarnings("UnusedVariable") // written through its handle
    private volatile boolean answered;

    private @Nullable Thread worker;

    // Written by the producer before it is in the ring.
    private @Nullable Lane lane;
    private int slot;
    private boolean counted;
    private long sequence;
    private long shardSequence;
    private long admittedNanos;

    /// An envelope that has not been offered yet.
    protected Envelope() {}

    /// Does the work, on a thread of the reactor's; at most once.
    protected abstract A work();

    /// What it comes to if its work is not awaited any more.
    ///
    /// @param cause why
    protected abstract A withdrawn(Withdrawal cause);

    /// What it comes to if its work throws, which it ought not to.
    protected abstract A failed(Throwable failure);

    /// Brings the answer; exactly once, on any thread, and never while a lock of the reactor's is held.
    protected abstract void answer(A answer);

    /// Called when the work has ended, or will never begin, whether it was awaited or not; before [#answer] where it
    /// was. Exactly once.
    protected void ended() {}

    /// Why an answer comes without the work.
    public enum Withdrawal {
        /// Whoever asked does not wait any more.
        CANCELLED,

        /// The reactor closes.
        CLOSED
    }

    /// Its place among all that the reactor has admitted.
    public long sequence() {
        return sequence;
    }

    /// Its place among all that its shard has admitted.
    public long shardSequence() {
        return shardSequence;
    }

    /// Whether it has been answered.
    public boolean answered() {
        return answered;
    }

    void placed(Lane lane, int slot, boolean counted) {
        this.lane = lane;
        this.slot = slot;
        this.counted = counted;
    }

    /// From here on it is answered.
    ///
    /// @return whether it was not withdrawn meanwhile
    boolean admit() {
        return STATE.compareAndSet(this, NEW, QUEUED);
    }

    void admitted(long sequence, long shardSequence, long nowNanos) {
        this.sequence = sequence;
        this.shardSequence = shardSequence;
        this.admittedNanos = nowNanos;
    }

    boolean counted() {
        return counted;
    }

    long admittedNanos() {
        return admittedNanos;
    }

    int slot() {
        return slot;
    }

    /// Works on the calling thread, unless it was withdrawn.
    void run() {
        worker = Thread.currentThread();
        if (STATE.compareAndSet(this, QUEUED, RUNNING)) {
            try {
                finish(result());
            } finally {
                finished();
            }
        } else {
            worker = null;
            clear();
        }
    }

    /// Gives its place back if it was withdrawn before its work began; once.
    void clear() {
        if (STATE.compareAndSet(this, WITHDRAWN, DONE)) {
            leave(false);
            finished();
        }
    }

    private A result() {
        A result;
        try {
            result = work();
        } catch (Throwable e) {
            result = failure(e);
        }
        end();
        return result;
    }

    /// Somebody waits for an answer, whatever else goes wrong.
    private A failure(Throwable failure) {
        try {
            return failed(failure);
        } catch (Throwable _) {
            return withdrawn(Withdrawal.CANCELLED);
        }
    }

    private void finish(A result) {
        boolean first = false;
        try {
            ended();
        } finally {
            first = ANSWERED.compareAndSet(this, false, true);
            // Its place is free before it is answered, so that whoever is answered can offer the next one.
            leave(first);
            if (first) {
                deliver(result);
            }
        }
    }

    private void finished() {
        Lane admitting = lane;
        if (admitting != null) {
            admitting.home().finished();
        }
    }

    private void leave(boolean awaited) {
        Lane admitting = lane;
        if (admitting != null) {
            admitting.home().leave(this, admitting, awaited);
        }
    }

    /// Has nobody interrupt the thread from here on; what came before is taken back.
    private void end() {
        if (!STATE.compareAndSet(this, RUNNING, DONE)) {
            while (state == INTERRUPTING) {
                Thread.onSpinWait();
            }
            state = DONE;
        }
        worker = null;
        boolean _ = Thread.interrupted();
    }

    /// Ends the wait for it: it is answered now if it was not before. Work that has not begun never will, and its place
    /// is free once the shard comes by; work under way is interrupted. One that is not admitted yet is refused then, as
    /// by a closed reactor, and not answered. May be called by any thread.
    public void withdraw(Withdrawal cause) {
        if (STATE.compareAndSet(this, NEW, REFUSED) || state == REFUSED) {
            return;
        }
        try {
            if (STATE.compareAndSet(this, QUEUED, WITHDRAWN)) {
                ended();
            } else {
                interrupt();
            }
        } finally {
            if (ANSWERED.compareAndSet(this, false, true)) {
                deliver(withdrawn(cause));
            }
        }
    }

    /// Interrupts its work if that is under way.
    void interrupt() {
        if (STATE.compareAndSet(this, RUNNING, INTERRUPTING)) {
            Thread working = worker;
            if (working != null) {
                working.interrupt();
            }
            state = INTERRUPTED;
        }
    }

    private void deliver(A result) {
        Lane admitting = lane;
        try {
            answer(result);
        } catch (RuntimeException | Error e) {
            if (admitting != null) {
                admitting.home().unheard(e);
            }
        }
    }
}
