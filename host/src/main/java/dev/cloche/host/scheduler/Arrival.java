package dev.cloche.host.scheduler;

/// What became of something that was brought to a scheduler.
public enum Arrival {
    /// It was taken.
    TAKEN,
    /// It was dropped, and counted: nobody waits for it any more.
    LATE,
    /// It was not taken, and counted: as many are waiting as may. It can be brought again when some of them are gone.
    FULL
}
