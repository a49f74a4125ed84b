package dev.cloche.host.call;

import dev.cloche.host.pool.RetireReason;

/// Breaks rules of the architecture on purpose, for the test that proves them: looks up, from the lowest layer.
public final class PlantedUpwardImport {
    private PlantedUpwardImport() {}

    static String label() {
        return RetireReason.CLOSE.label();
    }
}
