package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// How many processes run at the same time. Safe for use by many threads.
final class ProcessSlots {
    static final int HOST_MAX = 16;

    private static final String RETRY_AFTER_MILLIS = "100";

    private final int hostMax;
    private final ToIntFunction<String> extensionMax;
    private final ExtensionSlots slots;

    /// @param extensionMax how many an extension may have
    ProcessSlots(int hostMax, ToIntFunction<String> extensionMax) {
        this.hostMax = hostMax;
        this.slots = new ExtensionSlots(hostMax);
        this.extensionMax = extensionMax;
    }

    /// Takes a slot, or says why there is none. Whoever gets nothing back calls [#leave] exactly once.
    Optional<Denied> enter(String extension) {
        int ownMax = extensionMax.applyAsInt(extension);
        ExtensionSlots.Full full = slots.enter(extension, ownMax);
        if (full == null) {
            return Optional.empty();
        }
        return Optional.of(full.own() ? usedUp(extension, ownMax) : full());
    }

    void leave(String extension) {
        slots.leave(extension);
    }

    private static Denied usedUp(String extension, int max) {
        return new Denied(
                DeniedCode.QUOTA,
                "exec.run: too many processes at a time; await some of them first, extension=" + extension
                        + " processes=" + max,
                Map.of("quota", "processes", "limit", Integer.toString(max), "retry_after_ms", RETRY_AFTER_MILLIS));
    }

    private Denied full() {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                "exec.run: too many processes of all extensions are running; try again later, capacity=" + hostMax,
                Map.of("lane", "host", "depth", Integer.toString(hostMax), "capacity", Integer.toString(hostMax)));
    }
}
