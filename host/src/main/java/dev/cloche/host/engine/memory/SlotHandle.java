package dev.cloche.host.engine.memory;

/// The right to use one slot of a slab, from when it is taken until it is freed; after that it is stale, whoever has
/// the slot then.
///
/// @param node the number of the slab's node
/// @param generation how often the slot had been freed when it was taken
record SlotHandle(int node, int slot, int generation) {}
