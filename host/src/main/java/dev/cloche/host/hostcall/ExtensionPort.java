package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Admission.Granted;
import dev.cloche.host.hostcall.Admission.Refused;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.reactor.Offer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port of one extension: what all its isolates have in common on their way out.
public final class ExtensionPort implements HostcallPort {
    private static final Logger LOG = LoggerFactory.getLogger(ExtensionPort.class);

    private final HostcallRouter router;
    private final String extension;
    private final Admission admission;
    private final LaneSwitch lane;

    /// Operations whose refusal the log has told. Only operations that exist get here, so there are not many.
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private final HostcallTally tally;

    ExtensionPort(HostcallRouter router, String extension, Admission admission, LaneSwitch lane, HostcallTally tally) {
        this.router = router;
        this.extension = extension;
        this.admission = admission;
        this.lane = lane;
        this.tally = tally;
    }

    @Override
    public OpRef resolve(String op) {
        return router.ops().resolve(op);
    }

    @Override
    public Optional<String> nearest(String op) {
        return router.ops().nearest(op);
    }

    @Override
    public HostcallChannel open() {
        return new IsolateChannel(this, router);
    }

    /// The id of the extension.
    public String extension() {
        return extension;
    }

    Admission admission() {
        return admission;
    }

    LaneSwitch lane() {
        return lane;
    }

    HostcallTally tally() {
        return tally;
    }

    /// Goes by other decisions and limits from the next hostcall on.
    public void change(PolicyTable policy, QuotaLimits limits) {
        admission.change(policy);
        admission.quota().change(limits);
    }

    /// How many hostcalls wait now.
    public int inFlight() {
        return admission.quota().inFlight();
    }

    /// A call that waits for other calls takes up no place meanwhile: they may need it. On the guest's own thread, so
    /// that whoever gives the place back knows.
    static void leavePlace(Op op, Hostcall hostcall) {
        if (op.nests()) {
            hostcall.frame().occupancy().suspend();
        }
    }

    /// Called exactly once for each hostcall that was let in.
    void done(Op op, Hostcall hostcall, int answerBytes) {
        admission.done(op, answerBytes);
        if (op.nests()) {
            hostcall.frame().occupancy().resume();
        }
    }

    /// A guest may well go on without what it was refused, so its author or operator would never hear of it.
    Outcome told(Refused refused, Hostcall hostcall) {
        if (refused.outcome() instanceof Denied told) {
            told(told, hostcall);
        }
        return refused.outcome();
    }

    private void told(Denied refusal, Hostcall hostcall) {
        tally.denied();
        if (refusal.code() == DeniedCode.POLICY && told.add(hostcall.op().name())) {
            LOG.warn(
                    "hostcall: denied, said once: {} op={}",
                    refusal.message(),
                    hostcall.op().name());
        }
        router.denials().denied(extension, hostcall.op().name(), refusal);
    }

    Outcome refused(Offer offer) {
        return switch (offer) {
            case Offer.Full full -> {
                tally.backpressure();
                lane.overloaded();
                yield full(full);
            }
            case Offer.Closed _, Offer.Taken _ -> closing();
        };
    }

    /// The answer of a host that takes no more hostcalls.
    static Outcome closing() {
        return new Failed(FailedCode.CANCELLED, "the host is closing; nothing more is carried out", false);
    }

    private static Outcome full(Offer.Full full) {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                "too many hostcalls are under way; await some of them first, scope=" + full.scope() + " shard="
                        + full.shard() + " depth=" + full.depth() + " capacity=" + full.capacity(),
                Map.of(
                        "scope", full.scope(),
                        "shard", Integer.toString(full.shard()),
                        "depth", Integer.toString(full.depth()),
                        "capacity", Integer.toString(full.capacity())));
    }

    /// Carries a hostcall out in the fast lane, on the calling thread. Never throws.
    Outcome carryOut(Granted granted, Hostcall hostcall) {
        return carryOut(granted.op().fast(), granted, hostcall);
    }

    Outcome carryOut(OpHandler handler, Granted granted, Hostcall hostcall) {
        Outcome outcome = answer(handler, granted, hostcall);
        if (outcome instanceof Denied refusal) {
            told(refusal, hostcall);
        }
        return outcome;
    }

    /// Carries a hostcall out in the fast lane, with an answer in parts, on the calling thread. Never throws.
    Outcome stream(Granted granted, Hostcall hostcall, ChunkFlow flow) {
        StreamHandler handler = Objects.requireNonNull(granted.op().parts(), "parts");
        return flow.last(carryOut(admitted -> handler.handle(admitted, flow), granted, hostcall));
    }

    /// Does what [#carryOut] does and tells nobody of a refusal: for one who only compares.
    Outcome answer(OpHandler handler, Granted granted, Hostcall hostcall) {
        try {
            return handler.handle(admitted(granted, hostcall));
        } catch (Throwable e) {
            return failed(granted.op(), hostcall, e);
        }
    }

    /// What can be answered without waiting; null if that is not so.
    @Nullable
    Outcome quickly(Granted granted, Hostcall hostcall) {
        Op.QuickHandler quick = granted.op().now();
        if (quick == null) {
            return null;
        }
        Outcome outcome;
        try {
            outcome = quick.handle(admitted(granted, hostcall));
        } catch (Throwable e) {
            outcome = failed(granted.op(), hostcall, e);
        }
        if (outcome instanceof Denied refusal) {
            told(refusal, hostcall);
        }
        return outcome;
    }

    /// Carries a hostcall out as [#carryOut] does, and holds the outcome against the other lane's.
    Outcome compared(Granted granted, Hostcall hostcall) {
        Outcome quick = quickly(granted, hostcall);
        Outcome outcome = quick == null ? carryOut(granted, hostcall) : quick;
        router.sampling().compare(router.compat(), this, granted, hostcall, outcome);
        return outcome;
    }

    Admitted admitted(Granted granted, Hostcall hostcall) {
        return new Admitted(
                extension,
                hostcall.frame(),
                hostcall.request(),
                hostcall.format(),
                granted.allowed(),
                granted.scope(),
                hostcall.events());
    }

    /// What a hostcall comes to whose handler threw. Errors too: a guest that comes here near the end of its stack can
    /// make any service overflow it.
    Outcome failed(Op op, Hostcall hostcall, Throwable cause) {
        return switch (cause) {
            case InvalidRequestException e ->
                new Failed(FailedCode.INVALID_REQUEST, String.valueOf(e.getMessage()), false);
            case StreamRefusedException e -> e.refusal();
            case InterruptedException _ -> {
                Thread.currentThread().interrupt();
                yield new Failed(FailedCode.CANCELLED, "the operation was interrupted, op=" + op.name(), false);
            }
            default -> internal(op, hostcall, cause);
        };
    }

    private Outcome internal(Op op, Hostcall hostcall, Throwable cause) {
        LOG.error(
                "hostcall: service failed, extension={} op={} call={}",
                extension,
                op.name(),
                hostcall.frame().callId(),
                cause);
        // Not the call's number, which the log has: two runs of one call would differ in it, and so would their traces.
        return new Failed(
                FailedCode.INTERNAL,
                "the host could not carry the operation out; its log says why, op=" + op.name(),
                false);
    }
}
