package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Admission.Granted;
import dev.cloche.host.hostcall.Admission.Refused;
import java.util.HashMap;
import java.util.Map;

/// The compat lane: operations by name, each with a decoder of its own, carried out on the thread that asks. It shares
/// policy, quota and the services with the fast lane and nothing else, so that it is a way out of what is wrong there,
/// and something to hold that against.
final class CompatDispatch {
    private final Map<String, OpHandler> handlers = new HashMap<>();

    CompatDispatch(OpTable ops) {
        ops.ops().forEach((name, op) -> handlers.put(name, op.compat()));
    }

    /// Carries a hostcall out. Never throws.
    Outcome carryOut(ExtensionPort port, Hostcall hostcall) {
        return switch (port.admission().admit(hostcall.op(), hostcall.request().size())) {
            case Refused refused -> port.told(refused, hostcall);
            case Granted granted -> carryOut(port, granted, hostcall);
        };
    }

    private Outcome carryOut(ExtensionPort port, Granted granted, Hostcall hostcall) {
        Op op = granted.op();
        ExtensionPort.leavePlace(op, hostcall);
        int bytes = 0;
        try {
            Outcome outcome = port.carryOut(handler(hostcall), granted, hostcall);
            bytes = outcome.size();
            return outcome;
        } finally {
            port.done(op, hostcall, bytes);
        }
    }

    /// Answers what has been let in already, for one who compares.
    Outcome again(ExtensionPort port, Granted granted, Hostcall hostcall) {
        return port.answer(handler(hostcall), granted, hostcall);
    }

    private OpHandler handler(Hostcall hostcall) {
        OpHandler handler = handlers.get(hostcall.op().name());
        if (handler == null) {
            throw new IllegalStateException(
                    "every operation has its compat form, op=" + hostcall.op().name());
        }
        return handler;
    }
}
