package dev.cloche.host.conformance;

import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.CallResult;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;

/// A pipeline that gets every number wrong by one bit, to prove that the runner sees it.
final class TamperedPipeline implements Pipeline {
    @Override
    public String name() {
        return "tampered";
    }

    @Override
    public Session open() {
        return new Session() {
            @Override
            public Instance instantiate(byte[] bytes, ImportValues imports) {
                WasmModule module = Parser.parse(bytes);
                return Instance.builder(module)
                        .withImportValues(imports)
                        .withMemoryFactory(ByteArrayMemory::new)
                        .withMachineFactory(instance -> new Tampered(
                                MachineFactoryCompiler.compile(module).apply(instance)))
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
        };
    }

    private record Tampered(Machine machine) implements Machine {
        @Override
        public long[] call(int function, long[] arguments) {
            return tampered(machine.call(function, arguments));
        }

        @Override
        public CallResult callWithRefs(int function, long[] arguments, Object[] references) {
            return machine.callWithRefs(function, arguments, references);
        }

        private static long[] tampered(long[] results) {
            long[] wrong = results == null ? new long[0] : results.clone();
            for (int i = 0; i < wrong.length; i++) {
                wrong[i] ^= 1;
            }
            return wrong;
        }
    }
}
