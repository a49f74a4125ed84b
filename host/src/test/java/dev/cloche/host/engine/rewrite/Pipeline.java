package dev.cloche.host.engine.rewrite;

import java.util.function.Consumer;
import java.util.function.ToLongFunction;
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
    /// @param fuel what an instance has used so far
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Subject(byte[] wasm, WasmModule module, Consumer<Instance.Builder> wiring, ToLongFunction<Instance> fuel) {
        Subject(byte[] wasm, WasmModule module, Consumer<Instance.Builder> wiring) {
            this(wasm, module, wiring, _ -> 0);
        }

        /// Where nobody gives it any, fuel goes on being counted below zero.
        static ToLongFunction<Instance> usedBelowZero(FuelGlobals globals) {
            return instance -> -instance.global(globals.fuel()).getValue();
        }

        Subject counting(FuelGlobals globals) {
            return new Subject(wasm, module, wiring, usedBelowZero(globals));
        }

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
