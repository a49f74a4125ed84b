package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmModule;

/// An instance of a guest's module and its memory. Used by one thread at a time, but for [#close].
public final class GuestInstance implements AutoCloseable {
    private final CompiledModule code;
    private final Instance instance;
    private final LinearMemory memory;

    private GuestInstance(CompiledModule code, Instance instance, LinearMemory memory) {
        this.code = code;
        this.instance = instance;
        this.memory = memory;
    }

    /// Where an instance gets its memory from and what it may import.
    ///
    /// @param memories makes its memory
    /// @param capBytes what the memory may grow to
    /// @param imports what it imports
    /// @param born told of the memory before any of the guest's code runs
    public record Ground(Memories memories, long capBytes, ImportValues imports, Consumer<LinearMemory> born) {}

    /// Instantiates a module, which runs its start function. Nothing is left behind if that fails.
    ///
    /// @throws BudgetExhaustedException if the module's memory is larger than it may be
    public static GuestInstance create(CompiledModule code, Ground ground) {
        return build(code, code.module(), ground, limits -> {
            try {
                return ground.memories()
                        .allocate(limits, ground.capBytes(), code.layout().count());
            } catch (IllegalArgumentException e) {
                throw new BudgetExhaustedException(Budget.MEMORY, ground.capBytes());
            }
        });
    }

    private static GuestInstance build(
            CompiledModule code,
            WasmModule module,
            Ground ground,
            java.util.function.Function<run.endive.wasm.types.MemoryLimits, LinearMemory> memoryFactory) {
        var made = new MadeMemory();
        boolean done = false;
        try {
            Instance instance = Instance.builder(module)
                    .withMachineFactory(code.machines())
                    .withMemoryFactory(limits -> {
                        LinearMemory memory = memoryFactory.apply(limits);
                        made.memory = memory;
                        ground.born().accept(memory);
                        return memory;
                    })
                    .withTableFactory(CappedTable::allocate)
                    .withGlobalFactory(code.globals(made::required))
                    .withImportValues(ground.imports())
                    .withStart(false)
                    .build();
            var built = new GuestInstance(code, instance, made.required());
            done = true;
            return built;
        } finally {
            if (!done && made.memory != null) {
                made.memory.close();
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

    CompiledModule code() {
        return code;
    }

    /// Gives the memory back. Idempotent; with a guest still inside, the memory goes when that one leaves.
    @Override
    public void close() {
        memory.close();
    }
}
