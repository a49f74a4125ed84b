package dev.cloche.host.conformance;

import dev.cloche.host.engine.CappedTable;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.engine.rewrite.CodeCosts;
import dev.cloche.host.engine.rewrite.RewriteException;
import dev.cloche.host.engine.rewrite.SplitOptions;
import dev.cloche.host.engine.rewrite.SplitPass;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.TableInstance;
import run.endive.wasm.Parser;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.Value;

/// Modules as the host runs them: its compiler with the pass over the compiled classes, its memories,
/// tables and globals.
///
/// @param setting which kind of memory
/// @param split whether functions are split, small ones too
record ClochePipeline(String name, MemorySetting setting, boolean split) implements Pipeline {
    /// The suite's functions are small: all are taken apart as far as that goes.
    private static final SplitOptions EVERYWHERE = new SplitOptions(
            20,
            10,
            Map.of(),
            new SplitOptions.Regions(8, 1_000, 10, -200),
            new SplitOptions.Groups(2, 2, 40, 9, 4_000),
            6,
            4,
            CodeCosts.SHORTENED);

    @Override
    public Session open() {
        return new ClocheSession(Memories.of(setting), split);
    }

    private static final class ClocheSession implements Session {
        private final Memories memories;
        private final ModuleCompiler compiler;
        private final boolean split;
        private final List<LinearMemory> allocated = new CopyOnWriteArrayList<>();

        ClocheSession(Memories memories, boolean split) {
            this.memories = memories;
            this.split = split;
            this.compiler = new ModuleCompiler(
                    !memories.foreign(), ContentCache.off(Path.of("."), "each module is compiled", Clock.systemUTC()));
        }

        @Override
        public Instance instantiate(byte[] bytes, ImportValues imports) {
            CompiledModule code = compiler.compile(
                    split ? split(bytes) : bytes, new ModuleCompiler.Rewrite(true, false), Vectors::refuse);
            AtomicReference<LinearMemory> memory = new AtomicReference<>();
            return Instance.builder(code.module())
                    .withImportValues(imports)
                    .withMachineFactory(code.machines())
                    .withMemoryFactory(limits -> {
                        memory.set(allocate(limits, code.layout().count()));
                        return memory.get();
                    })
                    .withTableFactory(this::table)
                    .withGlobalFactory(code.globals(() -> Objects.requireNonNull(memory.get())))
                    .withStart(false)
                    .build();
        }

        /// What is not valid is refused before anything is made of it.
        private static byte[] split(byte[] bytes) {
            Vectors.refuse(Parser.parse(bytes));
            try {
                return new SplitPass(EVERYWHERE).run(bytes).wasm();
            } catch (RewriteException _) {
                // What the engine finds wrong only when it links a module stays as it is, as in the host.
                return bytes;
            }
        }

        @Override
        public Memory memory(MemoryLimits limits) {
            return allocate(limits, 0);
        }

        @Override
        public TableInstance table(Table table) {
            return table(table, Value.REF_NULL_VALUE);
        }

        private TableInstance table(Table table, int value) {
            return CappedTable.allocate(table, value, memories.account(Long.MAX_VALUE));
        }

        private LinearMemory allocate(MemoryLimits limits, int globals) {
            LinearMemory memory =
                    memories.allocate(limits, (long) Memory.RUNTIME_MAX_PAGES * Memory.PAGE_SIZE, globals);
            allocated.add(memory);
            return memory;
        }

        /// Compiled code looks at its memory for the request, and at the interrupt only where it has no memory.
        @Override
        public void stop(boolean requested) {
            allocated.forEach(memory -> memory.stop(requested));
        }

        @Override
        public void close() {
            allocated.forEach(LinearMemory::close);
        }
    }
}
