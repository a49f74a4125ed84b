package dev.cloche.host.pool;

/// Where a pool is in its life.
enum Phase {
    OPEN,
    DRAINING,
    CLOSED;

    /// Why nobody gets a lease any more.
    Acquisition.Reason reason() {
        return switch (this) {
            case OPEN -> throw new IllegalStateException("an open pool gives leases, phase=" + this);
            case DRAINING -> Acquisition.Reason.DRAINING;
            case CLOSED -> Acquisition.Reason.CLOSED;
        };
    }
}
