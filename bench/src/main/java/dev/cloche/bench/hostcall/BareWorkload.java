package dev.cloche.bench.hostcall;

import dev.cloche.bench.engine.HostcallGuests;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionImport;

/// The guest of [HostcallWorkload#CLOCK] on Endive as it comes, with nothing between guest and service: no policy, no
/// quota, no fuel.
public final class BareWorkload implements Workload {
    private static final int PAYLOAD = 1 << 10;
    private static final int PAYLOAD_BYTES = 4;
    private static final long ANSWER_BYTES = 2 * Long.BYTES;

    private final Instance instance;

    /// @param arguments none
    public BareWorkload(List<String> arguments) {
        if (!arguments.isEmpty()) {
            throw new IllegalArgumentException("the workload takes no arguments, arguments=" + arguments);
        }
        WasmModule module = Parser.parse(HostcallGuests.moduleImporting("clock.now"));
        this.instance = Instance.builder(module)
                .withMachineFactory(MachineFactoryCompiler.compile(module))
                .withMemoryFactory(ByteArrayMemory::new)
                .withImportValues(
                        ImportValues.builder().addFunction(clock(module)).build())
                .build();
        instance.memory().writeI32(PAYLOAD, HostcallWorkload.ROUNDS);
    }

    private static ImportFunction clock(WasmModule module) {
        FunctionImport wanted = (FunctionImport) module.importSection().getImport(0);
        return new ImportFunction(
                wanted.module(), wanted.name(), module.typeSection().getType(wanted.typeIndex()), (caller, arguments) ->
                        new long[] {answer(caller.memory(), (int) arguments[2])});
    }

    private static long answer(Memory memory, int pointer) {
        Instant now = Instant.now();
        memory.writeLong(pointer, TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
        memory.writeLong(pointer + Long.BYTES, System.nanoTime());
        return ANSWER_BYTES;
    }

    @Override
    public Answer measure(String operation, int count) {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            recorder.add(operation, median() / HostcallWorkload.ROUNDS);
        }
        return recorder.answer();
    }

    private double median() {
        double[] times = new double[HostcallWorkload.BATCHES];
        for (int i = 0; i < times.length; i++) {
            Stopwatch watch = Stopwatch.start();
            instance.export("cloche_handle").apply(0, 0, PAYLOAD, PAYLOAD_BYTES);
            times[i] = watch.nanos();
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }
}
