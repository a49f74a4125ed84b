package dev.cloche.host.engine.memory;

import org.jspecify.annotations.Nullable;

/// The address space of one foreign memory: a mapping of its own, or a slot of a slab.
///
/// @param reserved how much of it the memory may use, in bytes
/// @param droppable how much of that, from the beginning, can be dropped page by page; what is behind lies on huge
/// pages, which are wiped instead: a dropped one would go back to the system, and its next use may end the process
/// @param slot null if it is a mapping of its own
record Region(
        long address,
        long reserved,
        long droppable,
        @Nullable SlotHandle slot) {
    static Region ofItsOwn(long address, long reserved) {
        return new Region(address, reserved, reserved, null);
    }

    /// The end of what may be dropped of so many bytes.
    long droppable(long extent) {
        return Math.min(extent, droppable);
    }

    /// Wipes what of so many bytes lies on huge pages.
    void wipe(long extent) {
        if (extent > droppable) {
            Posix.ALL.asSlice(address + droppable, extent - droppable).fill((byte) 0);
        }
    }
}
