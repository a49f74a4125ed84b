package dev.cloche.host.engine;

import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;

/// A table that cannot grow past a cap, and whose growth is its own: the engine's keeps its size in the module, where
/// the next isolate would begin with it.
public final class CappedTable extends TableInstance {
    /// Elements that all tables of a module may have together, and that one table may grow to. An element is a slot in
    /// two Java arrays.
    public static final int ELEMENTS_MAX = 100_000;

    private final long max;

    private CappedTable(Table table, int initialValue, long max) {
        super(table, initialValue);
        this.max = max;
    }

    /// A table of the declared limits, its maximum lowered to [#ELEMENTS_MAX].
    public static TableInstance allocate(Table declared, int initialValue) {
        TableLimits limits = declared.limits();
        long max = Math.min(limits.max(), ELEMENTS_MAX);
        Table own = new Table(
                declared.elementType(), new TableLimits(limits.min(), max, limits.shared()), declared.initialize());
        return new CappedTable(own, initialValue, max);
    }

    @Override
    public int grow(int size, int value, Instance instance) {
        // The sum is made in 64 bits; the engine's own wraps around.
        return size < 0 || (long) size() + size > max ? -1 : super.grow(size, value, instance);
    }
}
