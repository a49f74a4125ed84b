package dev.cloche.host.engine;

import dev.cloche.host.engine.memory.MemoryImage;
import java.util.List;

/// An isolate as it was after its initialisation: what others are stamped from. Safe for use by many threads; the
/// arrays it gives are its own and must not be written.
public final class Snapshot implements AutoCloseable {
    private final MemoryImage memory;
    private final long[] globals;
    private final List<int[]> tables;
    private final boolean[] droppedElements;
    private final long clockNanos;
    private final int[] roots;

    /// @param memory its memory: content and dropped data segments; closed with the snapshot
    /// @param globals the globals, each two words, in order of their indices
    /// @param tables the elements of each table
    /// @param droppedElements which element segments were dropped
    /// @param clockNanos what the guest's monotonic clock showed
    /// @param roots what the isolate keeps of the guest: values in the guest's memory
    Snapshot(
            MemoryImage memory,
            long[] globals,
            List<int[]> tables,
            boolean[] droppedElements,
            long clockNanos,
            int[] roots) {
        this.memory = memory;
        this.globals = globals;
        this.tables = List.copyOf(tables);
        this.droppedElements = droppedElements;
        this.clockNanos = clockNanos;
        this.roots = roots;
    }

    /// The same state of the guest, with what the isolate keeps of it.
    public Snapshot with(long clockNanos, int... roots) {
        return new Snapshot(memory, globals, tables, droppedElements, clockNanos, roots.clone());
    }

    public MemoryImage memory() {
        return memory;
    }

    long[] globals() {
        return globals;
    }

    List<int[]> tables() {
        return tables;
    }

    boolean[] droppedElements() {
        return droppedElements;
    }

    /// What the guest's monotonic clock showed.
    public long clockNanos() {
        return clockNanos;
    }

    /// What the isolate keeps of the guest.
    public int[] roots() {
        return roots.clone();
    }

    /// Gives the memory's content back once the last memory that is stamped from it has gone. Idempotent.
    @Override
    public void close() {
        memory.close();
    }
}
