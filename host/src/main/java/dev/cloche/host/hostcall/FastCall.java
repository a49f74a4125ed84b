package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Admission.Granted;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.reactor.Envelope;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hostcall on its way through the reactor. Whoever began it either waits here or is told.
final class FastCall extends Envelope<Outcome> implements Waiting {
    /// How often one who waits looks before it sleeps, some 20 microseconds: to wake a thread takes longer than most
    /// operations. Counted and not timed: the host's clock may stand still.
    private static final int LOOKS = 1_000;

    private static final boolean SPINS = Runtime.getRuntime().availableProcessors() > 1;

    private final ExtensionPort port;
    private final Granted granted;
    private final Hostcall hostcall;
    private final @Nullable Consumer<Outcome> completion;
    private final boolean compared;
    private final @Nullable ChunkFlow flow;
    private final Thread caller = Thread.currentThread();
    private volatile @Nullable Outcome outcome;
    private volatile boolean asleep;

    /// Written by its work, before it ends.
    private int answerBytes;

    /// @param completion who is told; null for one who waits
    /// @param compared whether its outcome is held against the other lane's
    FastCall(
            ExtensionPort port,
            Granted granted,
            Hostcall hostcall,
            @Nullable Consumer<Outcome> completion,
            boolean compared) {
        this.port = port;
        this.granted = granted;
        this.hostcall = hostcall;
        this.completion = completion;
        this.compared = compared;
        this.flow = completion != null && hostcall.streamed() && granted.op().parts() != null
                ? new ChunkFlow(port.admission().quota(), completion)
                : null;
    }

    Hostcall hostcall() {
        return hostcall;
    }

    @Override
    protected Outcome work() {
        Outcome worked = worked();
        answerBytes = worked.size();
        return worked;
    }

    private Outcome worked() {
        if (flow != null) {
            return port.stream(granted, hostcall, flow);
        }
        return compared ? port.compared(granted, hostcall) : port.carryOut(granted, hostcall);
    }

    @Override
    protected Outcome failed(Throwable failure) {
        return port.failed(granted.op(), hostcall, failure);
    }

    @Override
    protected Outcome withdrawn(Withdrawal cause) {
        return switch (cause) {
            case CANCELLED ->
                new Failed(
                        FailedCode.CANCELLED,
                        "the operation was interrupted, op=" + granted.op().name(),
                        false);
            case CLOSED -> ExtensionPort.closing();
        };
    }

    @Override
    protected void ended() {
        port.done(granted.op(), hostcall, answerBytes);
    }

    @Override
    protected void answer(Outcome answered) {
        if (completion != null) {
            completion.accept(answered);
            return;
        }
        outcome = answered;
        if (asleep) {
            LockSupport.unpark(caller);
        }
    }

    @Override
    public boolean onCaller() {
        return false;
    }

    @Override
    public void cancel() {
        withdraw(Withdrawal.CANCELLED);
    }

    @Override
    public void delivered() {
        if (flow != null) {
            flow.delivered();
        }
    }

    @Override
    public Outcome await() {
        Outcome answered = spin();
        if (answered == null) {
            asleep = true;
            answered = outcome;
        }
        while (answered == null) {
            if (Thread.currentThread().isInterrupted()) {
                cancel();
            } else {
                LockSupport.park(this);
            }
            answered = outcome;
        }
        return answered;
    }

    private @Nullable Outcome spin() {
        Outcome answered = outcome;
        for (int looks = SPINS ? LOOKS : 0; looks > 0 && answered == null; looks--) {
            Thread.onSpinWait();
            answered = outcome;
        }
        return answered;
    }
}
