package dev.cloche.host;

import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The way out of an isolate that only checks a bundle: there is none, so that checking changes nothing.
///
/// @param ops what the host offers
record DeniedPort(OpTable ops) implements HostcallPort {
    @Override
    public OpRef resolve(String op) {
        return ops.resolve(op);
    }

    @Override
    public Optional<String> nearest(String op) {
        return ops.nearest(op);
    }

    @Override
    public HostcallChannel open() {
        return new Channel();
    }

    private static final class Channel implements HostcallChannel {
        @Override
        public Progress begin(Hostcall hostcall) {
            return new Outcome.Denied(
                    Outcome.DeniedCode.POLICY,
                    "nothing is allowed while a bundle is checked, op="
                            + hostcall.op().name(),
                    Map.of());
        }

        @Override
        public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
            return begin(hostcall);
        }

        @Override
        public void close() {}
    }
}
