package dev.cloche.host.engine.wasm;

/// What a guest has read that a snapshot would freeze, and what it has changed that a snapshot would not hold. Confined
/// to the thread that runs the guest.
final class WasiInputs {
    private boolean randomness;
    private boolean wallClock;
    private boolean hostcalls;
    private boolean streams;

    void drewRandomness() {
        randomness = true;
    }

    void readWallClock() {
        wallClock = true;
    }

    void madeHostcall() {
        hostcalls = true;
    }

    void movedStream() {
        streams = true;
    }

    /// Whether it has made hostcalls other than to log.
    boolean madeHostcalls() {
        return hostcalls;
    }

    /// Whether it has closed or renumbered a standard stream, ever.
    boolean movedStreams() {
        return streams;
    }

    /// Whether it has read randomness or the time of day.
    boolean drawn() {
        return randomness || wallClock;
    }

    /// What it has read, in words.
    @Override
    public String toString() {
        if (randomness) {
            return wallClock ? "random bytes and the time of day" : "random bytes";
        }
        return wallClock ? "the time of day" : "nothing";
    }
}
