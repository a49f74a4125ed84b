package dev.cloche.host.engine.memory;

/// What the foreign memories and images of one host have in common.
///
/// @param spares mappings kept of closed memories
record ForeignHome(
        MappingBudget mappings, MemoryCounters counters, PageMap pageMap, HugePages hugePages, SpareMappings spares) {
    /// What one memory takes at most: the part that its image covers, and the rest.
    private static final int MAPPINGS = 2;

    /// The same with counters of another host.
    ForeignHome counting(MemoryCounters others) {
        return new ForeignHome(mappings, others, pageMap, hugePages, spares);
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
                unmap(spare.address(), spare.reserved());
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
            unmap(surplus.address(), surplus.reserved());
        }
        return kept;
    }

    /// Gives up the spare mappings of an image that goes.
    void forget(ForeignImage image) {
        for (var spare = spares.takeAny(image); spare != null; spare = spares.takeAny(image)) {
            unmap(spare.address(), spare.reserved());
        }
    }

    /// Gives up a mapping that [#admit] let in.
    void unmap(long address, long bytes) {
        Posix.unmap(address, bytes);
        discharge();
    }
}
