package dev.cloche.host.engine.wasm;

/// Which inputs a guest has read that a snapshot would freeze. Confined to the thread that runs the guest.
final class WasiInputs {
    private boolean randomness;
    private boolean wallClock;

    void drewRandomness() {
        randomness = true;
    }

    void readWallClock() {
        wallClock = true;
    }

    /// Whether it has read any.
    boolean drawn() {
        return randomness || wallClock;
    }

    /// In words.
    @Override
    public String toString() {
        if (randomness) {
            return wallClock ? "random bytes and the time of day" : "random bytes";
        }
        return wallClock ? "the time of day" : "nothing";
    }
}
