package dev.cloche.host;

import dev.cloche.host.engine.memory.NumaSettings;

/// Whether isolates have their memory from slabs, one for each NUMA node and bound to it. Immutable; start from
/// [#DEFAULT].
///
/// @param enabled `numa.enabled`; off by default
/// @param hugePages `numa.huge-pages`: whether slabs are to lie on huge pages that the operator has set aside; off by
/// default
/// @param slabBytes `numa.slab`: address space of one node's slab, in bytes; 16 GiB by default. Without huge pages only
/// what is touched takes memory
public record NumaConfig(boolean enabled, boolean hugePages, long slabBytes) {
    public static final long SLAB_BYTES_MIN = 64L << 20;
    public static final long SLAB_BYTES_MAX = 1L << 40;

    public static final NumaConfig DEFAULT = new NumaConfig(false, false, 16L << 30);

    public NumaConfig {
        if (slabBytes < SLAB_BYTES_MIN || slabBytes > SLAB_BYTES_MAX) {
            throw new IllegalArgumentException("numa.slab must be from " + SLAB_BYTES_MIN + " to " + SLAB_BYTES_MAX
                    + " bytes, numa.slab=" + slabBytes);
        }
    }

    public NumaConfig withEnabled(boolean enabled) {
        return new NumaConfig(enabled, hugePages, slabBytes);
    }

    public NumaConfig withHugePages(boolean hugePages) {
        return new NumaConfig(enabled, hugePages, slabBytes);
    }

    public NumaConfig withSlabBytes(long slabBytes) {
        return new NumaConfig(enabled, hugePages, slabBytes);
    }

    NumaSettings settings() {
        return enabled ? NumaSettings.of(hugePages, slabBytes) : NumaSettings.OFF;
    }
}
