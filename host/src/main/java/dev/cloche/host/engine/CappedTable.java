package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.engine.memory.MemoryAccount;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;
import run.endive.wasm.types.Value;

/// A table that cannot grow past a cap, that keeps its elements itself, and that can be put back to an earlier state.
///
/// The engine's own keeps its size in the module, where the next isolate would begin with it, and cannot shrink.
public final class CappedTable extends TableInstance {
    /// Elements that all tables of a module may have together, and that one table may grow to.
    public static final int ELEMENTS_MAX = 100_000;

    /// What an element takes, in bytes: its number, whose function it is, and room while a table is copied to grow.
    public static final long ELEMENT_BYTES = 16;

    private final TableLimits limits;
    private final MemoryAccount account;
    private int[] refs;

    /// Whose function each element is; null as long as none was set by anybody but the table's owner, or by nobody.
    private Instance @Nullable [] instances;

    private @Nullable Instance owner;

    private CappedTable(Table hollow, TableLimits limits, int initialValue, MemoryAccount account) {
        super(hollow, initialValue);
        this.limits = limits;
        this.account = account;
        this.refs = new int[(int) limits.min()];
        Arrays.fill(refs, initialValue);
    }

    /// A table of the declared limits, its maximum lowered to [#ELEMENTS_MAX].
    ///
    /// @param account what its elements are charged to
    /// @throws BudgetExhaustedException if it has no room for them
    public static TableInstance allocate(Table declared, int initialValue, MemoryAccount account) {
        TableLimits asked = declared.limits();
        long max = Math.max(asked.min(), Math.min(asked.max(), ELEMENTS_MAX));
        var limits = new TableLimits(asked.min(), max, asked.shared());
        boolean engines = declared.elementType().isObjectRef();
        // The engine's own may grow unseen.
        if (!account.takeTables(ELEMENT_BYTES * (engines ? max : asked.min()))) {
            throw new BudgetExhaustedException(Budget.MEMORY, account.limit());
        }
        if (engines) {
            return new TableInstance(new Table(declared.elementType(), limits, declared.initialize()), initialValue);
        }
        // The engine's own arrays stay empty.
        var hollow = new Table(declared.elementType(), new TableLimits(0, max), declared.initialize());
        return new CappedTable(hollow, limits, initialValue, account);
    }

    @Override
    public TableLimits limits() {
        return limits;
    }

    @Override
    public int size() {
        return refs.length;
    }

    @Override
    public int ref(int index) {
        if (index < 0 || index >= refs.length) {
            throw new WasmEngineException("undefined element");
        }
        return refs[index];
    }

    @Override
    public int requiredRef(int index) {
        int ref = ref(index);
        if (ref == Value.REF_NULL_VALUE) {
            throw new WasmEngineException("uninitialized element " + index);
        }
        return ref;
    }

    @Override
    public void setRef(int index, int value, @Nullable Instance instance) {
        if (index < 0 || index >= refs.length) {
            throw new UninstantiableException("out of bounds table access");
        }
        own(index, 1, instance);
        refs[index] = value;
    }

    /// Elements that were never set have no instance in the engine's own tables; saying the owner's is as good, since
    /// both mean that the caller's functions are called.
    @SuppressWarnings("ReferenceEquality") // Which instance it is matters, not what it is like.
    private void own(int from, int count, @Nullable Instance instance) {
        if (instances == null) {
            if (instance == null || instance == owner) {
                return;
            }
            if (owner == null) {
                owner = instance;
                return;
            }
            instances = new Instance[refs.length];
            Arrays.fill(instances, owner);
        }
        Arrays.fill(instances, from, from + count, instance);
    }

    @Override
    public @Nullable Instance instance(int index) {
        return instances == null ? owner : instances[index];
    }

    @Override
    public int grow(int size, int value, @Nullable Instance instance) {
        int before = refs.length;
        // The sum is made in 64 bits; the engine's own wraps around.
        if (size < 0 || (long) before + size > limits.max() || !account.takeTables(size * ELEMENT_BYTES)) {
            return -1;
        }
        resize(before + size);
        Arrays.fill(refs, before, refs.length, value);
        own(before, size, instance);
        return before;
    }

    private void resize(int size) {
        refs = Arrays.copyOf(refs, size);
        if (instances != null) {
            instances = Arrays.copyOf(instances, size);
        }
    }

    @Override
    public int growWithRef(int size, @Nullable Object refValue, @Nullable Instance instance) {
        return grow(size, Value.REF_NULL_VALUE, instance);
    }

    @Override
    public void reset() {
        Arrays.fill(refs, Value.REF_NULL_VALUE);
    }

    /// The elements, if all are null or functions of the table's own instance.
    ///
    /// @return null if some other instance has a part in it
    int @Nullable [] elements() {
        return instances == null ? refs.clone() : null;
    }

    /// Puts back what [#elements] gave, here or in another instance of the same module.
    void elements(int[] elements, Instance own) {
        if (refs.length == elements.length) {
            System.arraycopy(elements, 0, refs, 0, elements.length);
        } else {
            account.giveTables((refs.length - elements.length) * ELEMENT_BYTES);
            refs = elements.clone();
        }
        instances = null;
        owner = own;
    }
}
