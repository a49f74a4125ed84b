package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Admission.Granted;
import dev.cloche.host.hostcall.Admission.Refused;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port of one extension: admission, then the operation's own handler.
final class ExtensionPort implements HostcallPort {
    private static final Logger LOG = LoggerFactory.getLogger(ExtensionPort.class);

    private final HostcallRouter router;
    private final String extension;
    private final Admission admission;
    private final Lane lane;
    private final Lane.Share share;
    /// Operations whose refusal the log has told. Only operations that exist get here, so there are not many.
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    ExtensionPort(HostcallRouter router, String extension, Admission admission, Lane lane, int laneCapacity) {
        this.router = router;
        this.extension = extension;
        this.admission = admission;
        this.lane = lane;
        this.share = new Lane.Share(extension, laneCapacity);
    }

    @Override
    public Outcome call(Hostcall hostcall) {
        if (router.closed()) {
            return Lane.closing();
        }
        return switch (admission.admit(hostcall.op())) {
            case Refused refused -> told(refused, hostcall);
            case Granted granted -> {
                leavePlace(granted, hostcall);
                yield carryOut(granted, hostcall);
            }
        };
    }

    @Override
    public void submit(Hostcall hostcall, Consumer<Outcome> completion) {
        if (router.closed()) {
            completion.accept(Lane.closing());
            return;
        }
        switch (admission.admit(hostcall.op())) {
            case Refused refused -> completion.accept(told(refused, hostcall));
            case Granted granted -> {
                leavePlace(granted, hostcall);
                if (granted.op().canBlock()) {
                    enqueue(granted, hostcall, completion);
                } else {
                    completion.accept(carryOut(granted, hostcall));
                }
            }
        }
    }

    /// A call that waits for other calls takes up no place meanwhile: they may need it. On the guest's own thread, so
    /// that whoever gives the place back knows.
    private static void leavePlace(Granted granted, Hostcall hostcall) {
        if (granted.op().nests()) {
            hostcall.frame().occupancy().suspend();
        }
    }

    private void done(Granted granted, Hostcall hostcall) {
        admission.done(granted.op());
        if (granted.op().nests()) {
            hostcall.frame().occupancy().resume();
        }
    }

    /// A guest may well go on without what it was refused, so its author or operator would never hear of it.
    private Outcome told(Refused refused, Hostcall hostcall) {
        if (refused.outcome() instanceof Denied denied
                && denied.code() == DeniedCode.POLICY
                && told.add(hostcall.op())) {
            LOG.warn("hostcall: denied, said once: {} op={}", denied.message(), hostcall.op());
        }
        return refused.outcome();
    }

    private void enqueue(Granted granted, Hostcall hostcall, Consumer<Outcome> completion) {
        @Nullable Outcome refusal = lane.submit(share, () -> carryOut(granted, hostcall), completion);
        if (refusal != null) {
            done(granted, hostcall);
            completion.accept(refusal);
        }
    }

    private Outcome carryOut(Granted granted, Hostcall hostcall) {
        try {
            return granted.op()
                    .handler()
                    .handle(new Admitted(extension, hostcall.frame(), hostcall.request(), granted.allowed()));
        } catch (InvalidRequestException e) {
            return new Failed(FailedCode.INVALID_REQUEST, String.valueOf(e.getMessage()), false);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Failed(
                    FailedCode.CANCELLED,
                    "the operation was interrupted, op=" + granted.op().name(),
                    false);
        } catch (Throwable e) {
            return internal(granted.op(), hostcall, e);
        } finally {
            done(granted, hostcall);
        }
    }

    // Errors too: a guest that comes here near the end of its stack can make any service overflow it.
    private Outcome internal(Op op, Hostcall hostcall, Throwable cause) {
        LOG.error(
                "hostcall: service failed, extension={} op={} call={}",
                extension,
                op.name(),
                hostcall.frame().callId(),
                cause);
        return new Failed(
                FailedCode.INTERNAL,
                "the host could not carry the operation out; its log says why, op=" + op.name() + " call="
                        + hostcall.frame().callId(),
                false);
    }
}
