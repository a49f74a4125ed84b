package dev.cloche.host.engine.memory;

import dev.cloche.host.system.SystemFiles;

/// Whether isolates have their memory from slabs, one a node, and how large these are.
///
/// @param hugePages whether slabs are to lie on the system's huge pages
/// @param slabBytes address space of one node's slab; rounded down to whole slots
/// @param slotBytes the largest memory that a slab gives; a memory takes a slot, however small it is
/// @param files where the system tells about itself
public record NumaSettings(boolean enabled, boolean hugePages, long slabBytes, long slotBytes, SystemFiles files) {
    /// As large as an isolate's memory may grow by default.
    public static final long SLOT_BYTES = 64L << 20;

    public static final long SLAB_BYTES_MIN = SLOT_BYTES;
    public static final long SLAB_BYTES_MAX = 1L << 40;

    /// No slabs: each memory has a mapping of its own.
    public static final NumaSettings OFF = new NumaSettings(false, false, SLAB_BYTES_MIN, SLOT_BYTES, SystemFiles.OWN);

    /// Slots of one slab.
    static final int SLOTS_MAX = (int) (SLAB_BYTES_MAX / SLOT_BYTES);

    public NumaSettings {
        if (slotBytes < 1 || slabBytes < slotBytes || slabBytes / slotBytes > SLOTS_MAX) {
            throw new IllegalArgumentException(
                    "a slab must have from 1 to " + SLOTS_MAX + " slots, slab=" + slabBytes + " slot=" + slotBytes);
        }
    }

    /// Slabs with slots of the usual size.
    public static NumaSettings of(boolean hugePages, long slabBytes) {
        return new NumaSettings(true, hugePages, slabBytes, SLOT_BYTES, SystemFiles.OWN);
    }

    int slots() {
        return (int) (slabBytes / slotBytes);
    }
}
