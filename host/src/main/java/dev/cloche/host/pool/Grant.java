package dev.cloche.host.pool;

/// What a caller of the pool is given. A waiter is one that is still to be given something else.
sealed interface Grant permits Grant.Ready, Grant.Place, Grant.Refused, Waiter {
    /// An isolate that is lent to the caller already.
    record Ready(PooledIsolate pooled) implements Grant {}

    /// The right to make one isolate.
    ///
    /// @param outside whether it does not count
    record Place(boolean outside) implements Grant {
        static final Place INSIDE = new Place(false);
        static final Place OUTSIDE = new Place(true);
    }

    record Refused(Acquisition.Rejected rejected) implements Grant {}
}
