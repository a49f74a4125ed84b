package dev.cloche.host.engine;

import dev.cloche.host.engine.memory.MemoryImage;
import java.util.Arrays;
import java.util.List;

/// An isolate as it was after its initialisation: what others are stamped from. Safe for use by many threads.
///
/// @param memory its memory: content and dropped data segments; closed with the snapshot
/// @param globals the globals, each two words, in order of their indices
/// @param tables the elements of each table
/// @param droppedElements which element segments were dropped
/// @param clockNanos what the guest's monotonic clock showed
/// @param roots what the isolate keeps of the guest: values in the guest's memory
public record Snapshot(
        MemoryImage memory, long[] globals, List<int[]> tables, boolean[] droppedElements, long clockNanos, int[] roots)
        implements AutoCloseable {
    public Snapshot {
        tables = List.copyOf(tables);
    }

    /// The same state of the guest, with what the isolate keeps of it.
    public Snapshot with(long clockNanos, int... roots) {
        return new Snapshot(memory, globals, tables, droppedElements, clockNanos, roots);
    }

    /// Gives the memory's content back once the last memory that is stamped from it has gone. Idempotent.
    @Override
    public void close() {
        memory.close();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "Snapshot[memory=" + memory + ", roots=" + Arrays.toString(roots) + "]";
    }
}
