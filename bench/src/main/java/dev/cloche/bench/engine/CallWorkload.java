package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.engine.GuestInstance;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.extension.Engines;
import java.util.List;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// What one call across the border costs, in an instance of Cloche with one kind of memory, or of Endive as it comes.
///
/// Operations: `in`, the host calls the guest; `out`, the guest calls the host. Each value is the mean of a batch.
public final class CallWorkload implements Workload {
    static final String IN = "in";
    static final String OUT = "out";

    /// The kind of memory that stands for Endive as it comes.
    static final String ENDIVE = "endive";

    private static final int BATCH = 999_999;
    private static final long MEMORY_BYTES = 1 << 20;

    private final AutoCloseable owner;
    private final ExportFunction[] called;
    private final ExportFunction loop;

    /// @param arguments the kind of memory, or `endive`
    public CallWorkload(List<String> arguments) {
        ImportValues imports = imports();
        Instance instance;
        if (arguments.getFirst().equals(ENDIVE)) {
            instance = endive(imports);
            owner = () -> {};
        } else {
            Engines engines = Isolates.engines(arguments.getFirst());
            CompiledModule code =
                    engines.compiler().compile(WasmGuests.calling(), new ModuleCompiler.Rewrite(true, false), _ -> {});
            var guest = GuestInstance.create(
                    code, new GuestInstance.Ground(engines.memories(), MEMORY_BYTES, imports, _ -> {}));
            instance = guest.instance();
            owner = () -> {
                guest.close();
                engines.close();
            };
        }
        called = WasmGuests.CALLED.stream().map(instance::export).toArray(ExportFunction[]::new);
        loop = instance.export("loop");
    }

    private static ImportValues imports() {
        FunctionType type = FunctionType.of(List.of(ValType.I32), List.of(ValType.I32));
        List<WasmFunctionHandle> handles = List.of(
                (_, args) -> new long[] {(int) args[0] + 1}, (_, args) -> new long[] {(int) args[0] << 1}, (_, args) ->
                        new long[] {Integer.rotateLeft((int) args[0], 7)});
        ImportValues.Builder imports = ImportValues.builder();
        for (int i = 0; i < handles.size(); i++) {
            imports.addFunction(new HostFunction("env", WasmGuests.CALLING.get(i), type, handles.get(i)));
        }
        return imports.build();
    }

    private static Instance endive(ImportValues imports) {
        WasmModule module = Parser.parse(WasmGuests.calling());
        return Instance.builder(module)
                .withMachineFactory(MachineFactoryCompiler.compile(module))
                .withMemoryFactory(ByteArrayMemory::new)
                .withImportValues(imports)
                .build();
    }

    @Override
    public Answer measure(String operation, int count) {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            long value = switch (operation) {
                case IN -> in();
                case OUT -> loop.apply(BATCH / WasmGuests.CALLING.size())[0];
                default -> throw Workload.unknown(operation);
            };
            recorder.add(operation, watch.nanos() / BATCH);
            recorder.result(String.valueOf((int) value));
        }
        return recorder.answer();
    }

    /// Each call needs what the one before it answered, so that none can be left out.
    private long in() {
        long value = 0;
        for (int i = 0; i < BATCH; i++) {
            value = called[i % called.length].apply(value, i)[0];
        }
        return value;
    }

    @Override
    public void close() {
        try {
            owner.close();
        } catch (Exception e) {
            throw new IllegalStateException("an instance cannot be closed", e);
        }
    }
}
