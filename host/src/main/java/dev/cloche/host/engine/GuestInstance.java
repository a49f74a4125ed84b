package dev.cloche.host.engine;

import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.FuelGlobal;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryAccount;
import dev.cloche.host.engine.memory.MemoryImage;
import dev.cloche.host.engine.memory.MemoryRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.ValType;

/// An instance of a guest's module and its memory. Used by one thread at a time, but for [#close].
public final class GuestInstance implements AutoCloseable {
    private final CompiledModule code;
    private final Instance instance;
    private final LinearMemory memory;
    private final MemoryAccount account;

    private GuestInstance(CompiledModule code, Instance instance, LinearMemory memory) {
        this.code = code;
        this.instance = instance;
        this.memory = memory;
        this.account = memory.account();
    }

    /// Where an instance gets its memory from and what it may import.
    ///
    /// @param memories makes its memory
    /// @param capBytes what it may hold in all, and its memory may grow to
    /// @param imports what it imports
    /// @param born told of the memory before any of the guest's code runs
    public record Ground(Memories memories, long capBytes, ImportValues imports, Consumer<LinearMemory> born) {}

    /// Instantiates a module, which runs its start function. Nothing is left behind if that fails.
    ///
    /// @throws MemoryRefusedException if the module's memory is larger than it may be, or cannot be had
    /// @throws BudgetExhaustedException if its tables are
    public static GuestInstance create(CompiledModule code, Ground ground) {
        return build(
                code,
                code.module(),
                ground,
                limits -> ground.memories()
                        .allocate(limits, ground.capBytes(), code.layout().count()));
    }

    /// Makes an instance in the state of a snapshot of the same module. No guest code runs.
    public static GuestInstance stamp(CompiledModule code, Snapshot snapshot, Ground ground) {
        GuestInstance stamped = build(
                code, code.stampModule(), ground, limits -> snapshot.memory().stamp(limits, ground.capBytes()));
        stamped.memory.restoreGlobals();
        stamped.restore(snapshot);
        return stamped;
    }

    private static GuestInstance build(
            CompiledModule code, WasmModule module, Ground ground, Function<MemoryLimits, LinearMemory> memoryFactory) {
        var made = new MadeMemory();
        MemoryAccount account = ground.memories().account(ground.capBytes());
        boolean done = false;
        try {
            Instance instance = Instance.builder(module)
                    .withMachineFactory(code.machines())
                    .withMemoryFactory(limits -> {
                        LinearMemory memory = memoryFactory.apply(limits);
                        made.memory = memory;
                        account.open(memory);
                        ground.born().accept(memory);
                        return memory;
                    })
                    .withTableFactory((table, value) -> CappedTable.allocate(table, value, account))
                    .withGlobalFactory(code.globals(made::required))
                    .withImportValues(ground.imports())
                    .withStart(false)
                    .build();
            var built = new GuestInstance(code, instance, made.required());
            done = true;
            return built;
        } finally {
            if (!done) {
                account.close();
                if (made.memory != null) {
                    made.memory.close();
                }
            }
        }
    }

    /// The engine makes the memory in the middle of making an instance.
    private static final class MadeMemory {
        private @Nullable LinearMemory memory;

        LinearMemory required() {
            return Objects.requireNonNull(memory, "the module has no memory of its own");
        }
    }

    public Instance instance() {
        return instance;
    }

    public LinearMemory memory() {
        return memory;
    }

    /// What it holds in all.
    public MemoryAccount account() {
        return account;
    }

    /// Takes the state of this instance, which must be outside of guest code.
    ///
    /// @throws SnapshotRefusedException if some of its state cannot be taken along
    public Snapshot capture() throws SnapshotRefusedException {
        WasmModule module = code.module();
        refuse(module.importSection().count(ExternalType.MEMORY) > 0, "the module imports its memory");
        refuse(module.importSection().count(ExternalType.TABLE) > 0, "the module imports a table");
        refuse(module.importSection().count(ExternalType.GLOBAL) > 0, "the module imports a global");
        refuse(instance.isTailCallPending(), "a tail call is pending");
        List<int[]> tables = new ArrayList<>();
        for (int i = 0; i < instance.tableCount(); i++) {
            tables.add(elements(instance.table(i), i));
        }
        long[] globals = globals();
        // Last, for it has to be closed: nothing is refused after it.
        return new Snapshot(image(), globals, tables, droppedElements(), 0, new int[0]);
    }

    private MemoryImage image() throws SnapshotRefusedException {
        try {
            return memory.capture();
        } catch (MemoryRefusedException e) {
            throw new SnapshotRefusedException("there is no room for its memory's image: " + e.getMessage());
        }
    }

    private static void refuse(boolean condition, String reason) throws SnapshotRefusedException {
        if (condition) {
            throw new SnapshotRefusedException(reason);
        }
    }

    private static int[] elements(TableInstance table, int index) throws SnapshotRefusedException {
        int[] elements = table instanceof CappedTable own ? own.elements() : null;
        refuse(
                elements == null || !table.elementType().equals(ValType.FuncRef),
                "table " + index + " holds references that are not the module's own functions");
        return Objects.requireNonNull(elements);
    }

    private long[] globals() throws SnapshotRefusedException {
        long[] values = new long[2 * instance.globalCount()];
        for (int i = 0; i < instance.globalCount(); i++) {
            GlobalInstance global = instance.global(i);
            if (global instanceof FuelGlobal) {
                continue;
            }
            refuse(
                    global.getRefValue() != null
                            || (global.getType().isReference()
                                    && !global.getType().equals(ValType.FuncRef)),
                    "global " + i + " holds a reference that is not a function");
            values[2 * i] = global.getValueLow();
            values[2 * i + 1] = global.getValueHigh();
        }
        return values;
    }

    private boolean[] droppedElements() {
        boolean[] dropped = new boolean[instance.elementCount()];
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = instance.element(i) == null;
        }
        return dropped;
    }

    /// Puts everything into the state of a snapshot but the memory and its data segments, which are in it already.
    private void restore(Snapshot snapshot) {
        long[] globals = snapshot.globals();
        for (int i = 0; i < instance.globalCount(); i++) {
            GlobalInstance global = instance.global(i);
            if (!(global instanceof FuelGlobal)) {
                global.setValueLow(globals[2 * i]);
                global.setValueHigh(globals[2 * i + 1]);
            }
        }
        for (int i = 0; i < instance.tableCount(); i++) {
            ((CappedTable) instance.table(i)).elements(snapshot.tables().get(i), instance);
        }
        boolean[] dropped = snapshot.droppedElements();
        for (int i = 0; i < dropped.length; i++) {
            instance.setElement(
                    i, dropped[i] ? null : code.module().elementSection().getElement(i));
        }
        instance.clearTailCall();
    }

    /// Puts a stamped instance back into the state of its snapshot. Nothing of what the guest did since can be read
    /// afterwards.
    public void reset(Snapshot snapshot) {
        memory.reset();
        restore(snapshot);
    }

    /// Goes inside: until [#exit], closing does not free the memory that this thread works on.
    ///
    /// @return false if it is closed
    public boolean enter() {
        try {
            memory.enter();
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// Leaves; frees the memory if it was closed meanwhile.
    public void exit() {
        memory.exit();
    }

    /// Gives the memory back. Idempotent; with a guest still inside, the memory goes when that one leaves.
    @Override
    public void close() {
        account.close();
        memory.close();
    }
}
