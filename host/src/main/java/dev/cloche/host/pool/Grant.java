package dev.cloche.host.pool;

/// What a caller of the pool is given: an isolate that is lent to it already, or what it has instead. A waiter is one
/// that is still to be given something else.
sealed interface Grant permits PooledIsolate, Grant.Place, Grant.Refused, Waiter {
    /// The right to make one isolate.
    ///
    /// @param outside whether it does not count
    record Place(boolean outside) implements Grant {
        static final Place INSIDE = new Place(false);
        static final Place OUTSIDE = new Place(true);
    }

    record Refused(Acquisition.Rejected rejected) implements Grant {}
}
