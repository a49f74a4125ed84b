package dev.cloche.host.engine.rewrite;

import dev.cloche.host.engine.CappedTable;
import dev.cloche.host.engine.compile.ClassPass;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.EndiveClasses;
import dev.cloche.host.engine.compile.GlobalLayout;
import dev.cloche.host.engine.compile.MachineLoader;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// Everything that the host does to a module: split, compiled, the pass over the classes, memory, globals and
/// tables of our own; foreign memory for every other seed, heap arrays for the rest.
final class ClochePipeline implements Pipeline, AutoCloseable {
    private static final String MAIN_CLASS = "dev.cloche.generated.Module";
    private static final long MEMORY_BYTES = 64L << 20;

    private final Memories foreign = Memories.of(MemorySetting.AUTO);
    private final Memories heap = Memories.of(MemorySetting.HEAP);
    private @Nullable LinearMemory last;

    @Override
    public Subject prepare(byte[] wasm, long seed) {
        close();
        FuelPass.Result counted = FuelPass.run(wasm);
        byte[] split = new SplitPass(FuzzOptions.pick(seed)).run(counted.wasm()).wasm();
        Memories memories = seed % 2 == 0 ? foreign : heap;
        WasmModule module = Parser.parse(split);
        Map<String, byte[]> classes = new ClassPass(MAIN_CLASS, GlobalLayout.of(module, counted.globals()))
                .apply(EndiveClasses.compile(module, MAIN_CLASS).classes());
        var code = CompiledModule.of(
                module, counted.globals(), MachineLoader.machines(classes, MAIN_CLASS, !memories.foreign()), null);
        return new Subject(
                split, module, builder -> wire(builder, code, memories), Subject.usedBelowZero(counted.globals()));
    }

    private void wire(Instance.Builder builder, CompiledModule code, Memories memories) {
        builder.withMachineFactory(code.machines())
                .withMemoryFactory(limits -> {
                    LinearMemory made = memories.allocate(
                            limits, MEMORY_BYTES, code.layout().count());
                    // Fuel goes on being counted below zero.
                    made.slices(left -> left);
                    last = made;
                    return made;
                })
                .withTableFactory(
                        (table, value) -> CappedTable.allocate(table, value, memories.account(Long.MAX_VALUE)))
                .withGlobalFactory(code.globals(() -> Objects.requireNonNull(last)));
    }

    @Override
    public void close() {
        if (last != null) {
            last.close();
            last = null;
        }
    }
}
