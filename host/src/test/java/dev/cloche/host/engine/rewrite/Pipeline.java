package dev.cloche.host.engine.rewrite;

import java.util.function.Consumer;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// What is done to a module before it runs; what the differential fuzz compares with doing nothing.
interface Pipeline {

    /// @param seed for whatever the pipeline chooses by chance
    Subject prepare(byte[] wasm, long seed);

    /// A module ready to be instantiated.
    ///
    /// @param wasm its bytes, for engines other than Endive
    /// @param wiring machine, memory and whatever else an instance of it needs
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Subject(byte[] wasm, WasmModule module, Consumer<Instance.Builder> wiring) {

        /// A module on the classes that Endive compiles it to.
        static Subject compiled(byte[] wasm) {
            var module = Parser.parse(wasm);
            var machines = MachineFactoryCompiler.builder(module)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .compile();
            return new Subject(
                    wasm,
                    module,
                    builder -> builder.withMachineFactory(machines).withMemoryFactory(ByteArrayMemory::new));
        }
    }

    /// Nothing is done.
    Pipeline NOTHING = (wasm, seed) -> Subject.compiled(wasm);
}
