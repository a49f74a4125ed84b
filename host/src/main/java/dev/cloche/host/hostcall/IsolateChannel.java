package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Admission.Granted;
import dev.cloche.host.hostcall.Admission.Refused;
import dev.cloche.host.reactor.Lane;
import dev.cloche.host.reactor.Offer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way out of one isolate: which lane, policy and quota, then either carried out at once or put into the isolate's
/// lane of the reactor.
final class IsolateChannel implements HostcallChannel {
    private final ExtensionPort port;
    private final HostcallRouter router;

    /// Opened for the first hostcall that needs it: most isolates never have one.
    private @Nullable Lane lane;

    private boolean closed;

    IsolateChannel(ExtensionPort port, HostcallRouter router) {
        this.port = port;
        this.router = router;
    }

    @Override
    public Progress begin(Hostcall hostcall) {
        return begin(hostcall, null);
    }

    @Override
    public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
        return begin(hostcall, completion);
    }

    private Progress begin(Hostcall hostcall, @Nullable Consumer<Outcome> completion) {
        if (router.closed()) {
            return ExtensionPort.closing();
        }
        // Looked at once: a hostcall ends in the lane in which it began.
        if (port.lane().compat()) {
            return new CompatCall(port, router.compat(), hostcall);
        }
        return switch (port.admission().admit(hostcall.op(), hostcall.request().size())) {
            case Refused refused -> port.told(refused, hostcall);
            case Granted granted -> admitted(granted, hostcall, completion);
        };
    }

    private Progress admitted(Granted granted, Hostcall hostcall, @Nullable Consumer<Outcome> completion) {
        Op op = granted.op();
        boolean compared = !streams(op, hostcall) && router.sampling().due(op);
        Outcome outcome;
        try {
            outcome = atOnce(granted, hostcall, compared);
        } catch (RuntimeException | Error e) {
            port.done(op, hostcall, 0);
            throw e;
        }
        if (outcome != null) {
            port.tally().immediate();
            port.done(op, hostcall, outcome.size());
            return outcome;
        }
        return enqueue(new FastCall(port, granted, hostcall, completion, compared), op);
    }

    private static boolean streams(Op op, Hostcall hostcall) {
        return hostcall.streamed() && op.parts() != null;
    }

    private @Nullable Outcome atOnce(Granted granted, Hostcall hostcall, boolean compared) {
        if (granted.op().canBlock()) {
            // The other lane may have to wait for what this one knows: that is not for the guest's thread.
            return compared ? null : port.quickly(granted, hostcall);
        }
        return compared ? port.compared(granted, hostcall) : port.carryOut(granted, hostcall);
    }

    private Progress enqueue(FastCall call, Op op) {
        ExtensionPort.leavePlace(op, call.hostcall());
        // What nests has a bound of its own, and must not be kept out by those that wait for it.
        Offer offer = lane().offer(call, !op.nests());
        if (offer instanceof Offer.Taken) {
            port.tally().queued();
            return call;
        }
        port.done(op, call.hostcall(), 0);
        return port.refused(offer);
    }

    private Lane lane() {
        Lane opened = lane;
        if (opened == null) {
            opened = router.reactor().open();
            lane = opened;
            if (closed) {
                opened.close();
            }
        }
        return opened;
    }

    @Override
    public void close() {
        closed = true;
        if (lane != null) {
            lane.close();
        }
    }
}
