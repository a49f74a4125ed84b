package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.Map;
import java.util.Optional;

/// How many transfers of one operation are under way at the same time. With the caps on what each carries it bounds
/// what they hold in memory. Safe for use by many threads.
final class TransferSlots {
    private final String what;
    private final int extensionMax;
    private final int hostMax;
    private final ExtensionSlots slots;

    /// @param what they are and how many are too many, for a guest
    /// @param extensionMax how many one extension may have under way
    /// @param hostMax how many all extensions may have together
    TransferSlots(String what, int extensionMax, int hostMax) {
        this.what = what;
        this.extensionMax = extensionMax;
        this.hostMax = hostMax;
        this.slots = new ExtensionSlots(hostMax);
    }

    /// Takes a slot, or says why there is none. Whoever gets nothing back calls [#leave] exactly once.
    Optional<Denied> enter(String extension) {
        ExtensionSlots.Full full = slots.enter(extension, extensionMax);
        if (full == null) {
            return Optional.empty();
        }
        return Optional.of(
                full.own() ? full(extension, full.depth(), extensionMax) : full("host", full.depth(), hostMax));
    }

    void leave(String extension) {
        slots.leave(extension);
    }

    private Denied full(String whose, int depth, int capacity) {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                what + "; await some of them first, lane=" + whose + " depth=" + depth + " capacity=" + capacity,
                Map.of("lane", whose, "depth", Integer.toString(depth), "capacity", Integer.toString(capacity)));
    }
}
