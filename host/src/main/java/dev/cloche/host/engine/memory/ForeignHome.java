package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.Slabs.Ground;
import dev.cloche.host.placement.Topology;
import dev.cloche.host.system.SchedulerCalls;
import org.jspecify.annotations.Nullable;

/// What the foreign memories and images of one host have in common.
///
/// @param spares mappings kept of closed memories
/// @param slabs where memories have their address space from; null if each has a mapping of its own
record ForeignHome(
        MappingBudget mappings,
        MemoryCounters counters,
        PageMap pageMap,
        HugePages hugePages,
        SpareMappings spares,
        @Nullable Slabs slabs) {
    /// What one memory takes at most: the part that its image covers, and the rest.
    private static final int MAPPINGS = 2;

    /// The same with counters of another host.
    ForeignHome counting(MemoryCounters others) {
        return new ForeignHome(mappings, others, pageMap, hugePages, spares, slabs);
    }

    /// The same with slabs on the nodes of this machine.
    ForeignHome slabs(NumaSettings settings) {
        Topology topology = Topology.read(settings.files());
        HugePool pool = HugePool.read(settings.files());
        return on(settings, new Ground(topology, pool, NodePolicy::bind, SchedulerCalls::current, hugePages));
    }

    ForeignHome on(NumaSettings settings, Ground ground) {
        Slabs made = Slabs.open(settings, ground, mappings);
        return new ForeignHome(mappings, counters, pageMap, hugePages, spares, made);
    }

    /// Takes from the budget what one memory needs; spare mappings are given up before it is refused.
    ///
    /// @throws MemoryRefusedException if it is not left
    void admit() {
        while (true) {
            try {
                mappings.take(MAPPINGS);
                return;
            } catch (MemoryRefusedException e) {
                SpareMappings.Spare spare = spares.takeAny(null);
                if (spare == null) {
                    throw e;
                }
                giveUp(spare);
            }
        }
    }

    /// Gives back what [#admit] took.
    void discharge() {
        mappings.giveBack(MAPPINGS);
    }

    /// Keeps a mapping for the next memory of its image; false if it is to be unmapped.
    boolean keep(SpareMappings.Spare spare) {
        boolean kept = spares.keep(spare);
        SpareMappings.Spare surplus = spares.surplus();
        if (surplus != null) {
            giveUp(surplus);
        }
        return kept;
    }

    /// Gives up the spare mappings of an image that goes.
    void forget(ForeignImage image) {
        for (var spare = spares.takeAny(image); spare != null; spare = spares.takeAny(image)) {
            giveUp(spare);
        }
    }

    /// The node that runs this; any where it does not matter or is not known.
    int node() {
        return slabs == null ? SpareMappings.ANY_NODE : slabs.localNode();
    }

    /// How long the file of an image is.
    long fileBytes(long length) {
        return slabs == null ? length : slabs.fileBytes(length);
    }

    /// Address space for a memory that shows the image, or zeros if there is none.
    ///
    /// @throws MemoryRefusedException if the system or the budget of mappings refuses it
    Region map(long reserved, @Nullable ForeignImage image) {
        admit();
        boolean done = false;
        try {
            Region slot = slabs == null ? null : slabs.map(reserved, image);
            Region region = slot == null ? mapOwn(reserved, image) : slot;
            done = true;
            return region;
        } finally {
            if (!done) {
                discharge();
            }
        }
    }

    private Region mapOwn(long reserved, @Nullable ForeignImage image) {
        long address = Posix.mapAnonymous(reserved);
        boolean done = false;
        try {
            if (image != null && image.length() > 0) {
                Posix.mapOver(address, image.length(), image.file());
            }
            hugePages.advise(address, reserved);
            done = true;
            return Region.ofItsOwn(address, reserved);
        } finally {
            if (!done) {
                Posix.unmap(address, reserved);
            }
        }
    }

    /// A spare shows its image and zeros behind it.
    void giveUp(SpareMappings.Spare spare) {
        unmap(spare.region(), 0);
    }

    /// Gives up what [#map] gave.
    ///
    /// @param extent what of it may be other than zeros behind the image
    void unmap(Region region, long extent) {
        if (region.slot() == null || slabs == null) {
            Posix.unmap(region.address(), region.reserved());
        } else {
            slabs.free(region, extent);
        }
        discharge();
    }
}
