package dev.cloche.host.engine.memory;

/// What the foreign memories and images of one host have in common.
record ForeignHome(MappingBudget mappings, MemoryCounters counters, PageMap pageMap, HugePages hugePages) {}
