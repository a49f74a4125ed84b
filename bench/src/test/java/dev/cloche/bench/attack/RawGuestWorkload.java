package dev.cloche.bench.attack;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Workload;
import java.util.List;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// The module of an attack on the bare engine, without any of Cloche's limits. The operation is the module's name.
public final class RawGuestWorkload implements Workload {
    private static final String ATTACK = "command:attack";
    private static final int NOWHERE = 0x8000;

    /// @param arguments none
    public RawGuestWorkload(List<String> arguments) {}

    @Override
    public Answer measure(String operation, int count) {
        WasmModule module = Parser.parse(Checkout.path(Attacks.MODULES + "/" + operation + ".wasm"));
        var reply = new HostFunction(
                "cloche",
                "reply",
                FunctionType.of(List.of(ValType.I32, ValType.I32), List.of()),
                (instance, arguments) -> null);
        Instance instance = Instance.builder(module)
                .withMemoryFactory(ByteArrayMemory::new)
                .withImportValues(ImportValues.builder().addFunction(reply).build())
                .build();
        instance.export("cloche_handle").apply(0, ATTACK.length(), NOWHERE, Long.BYTES);
        return new Recorder().answer();
    }
}
