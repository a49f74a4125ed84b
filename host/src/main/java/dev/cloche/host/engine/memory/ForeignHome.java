package dev.cloche.host.engine.memory;

/// What the foreign memories and images of one host have in common.
///
/// @param hugePages whether the system is asked for huge pages
record ForeignHome(MappingBudget mappings, MemoryCounters counters, PageMap pageMap, boolean hugePages) {}
