package dev.cloche.host;

import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.Outcome;
import java.util.Map;
import java.util.function.Consumer;

/// The way out of an isolate that only checks a bundle: there is none, so that checking changes nothing.
final class DeniedPort implements HostcallPort {
    @Override
    public Outcome call(Hostcall hostcall) {
        return new Outcome.Denied(
                Outcome.DeniedCode.POLICY,
                "nothing is allowed while a bundle is checked, op=" + hostcall.op(),
                Map.of());
    }

    @Override
    public void submit(Hostcall hostcall, Consumer<Outcome> completion) {
        completion.accept(call(hostcall));
    }
}
