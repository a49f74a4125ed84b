package dev.cloche.host.conformance;

import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;

/// Endive as it comes: what every other pipeline is held against.
final class RawPipeline implements Pipeline {
    static final String NAME = "raw";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Session open() {
        return new RawSession();
    }

    private static final class RawSession implements Session {
        @Override
        public Instance instantiate(byte[] bytes, ImportValues imports) {
            WasmModule module = Parser.parse(bytes);
            Vectors.refuse(module);
            return Instance.builder(module)
                    .withImportValues(imports)
                    .withMemoryFactory(ByteArrayMemory::new)
                    .withMachineFactory(MachineFactoryCompiler.builder(module)
                            .withInterpreterFallback(InterpreterFallback.SILENT)
                            .compile())
                    .withStart(false)
                    .build();
        }

        @Override
        public Memory memory(MemoryLimits limits) {
            return new ByteArrayMemory(limits);
        }

        @Override
        public void close() {
            // The collector does it.
        }
    }
}
