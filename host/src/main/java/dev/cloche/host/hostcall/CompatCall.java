package dev.cloche.host.hostcall;

/// A hostcall in the compat lane: it is carried out by whoever waits for it.
final class CompatCall implements Waiting {
    private final ExtensionPort port;
    private final CompatDispatch dispatch;
    private final Hostcall hostcall;

    CompatCall(ExtensionPort port, CompatDispatch dispatch, Hostcall hostcall) {
        this.port = port;
        this.dispatch = dispatch;
        this.hostcall = hostcall;
    }

    @Override
    public boolean onCaller() {
        return true;
    }

    @Override
    public Outcome await() {
        port.tally().compat();
        return dispatch.carryOut(port, hostcall);
    }

    /// Whoever could be told of it is the one that carries it out, and ends it by an interrupt.
    @Override
    public void cancel() {}
}
