package dev.cloche.host.scheduler;

import java.util.function.LongSupplier;

/// The clock that timers go by: nanoseconds that never go back, from any origin.
public interface SchedulerClock extends LongSupplier {

    /// Told that nothing can happen before a time. A clock that is not bound to real time may go there at once.
    ///
    /// @return whether it is at that time now, or later
    boolean skipTo(long nanos);

    /// This clock as a scheduler needs it: itself if it is one already, or else one bound to real time.
    static SchedulerClock of(LongSupplier nanoClock) {
        return nanoClock instanceof SchedulerClock clock ? clock : new WallClock(nanoClock);
    }
}
