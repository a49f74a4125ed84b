package dev.cloche.host.pool;

/// Where a lease was acquired. Not thrown: it is how a log shows a stack.
final class LeaseTrace extends Throwable {
    private static final long serialVersionUID = 1L;

    LeaseTrace(Thread lessee) {
        super("acquired on thread=" + lessee.getName());
    }
}
