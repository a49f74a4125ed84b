package dev.cloche.host.pool;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.foreign.Linker;
import java.util.function.LongSupplier;
import run.endive.wasm.WasmModule;

/// Breaks rules of the architecture on purpose, for the test that proves them: everything a layer must not do.
@SuppressWarnings({"SystemOut", "ThreadLocalUsage"})
public final class PlantedHabits {
    static final LongSupplier CLOCK = System::nanoTime;

    private final ThreadLocal<Long> last = new ThreadLocal<>();

    synchronized void print() {
        last.set(CLOCK.getAsLong());
        System.out.println(WasmModule.class.getName() + MetricSnapshots.class.getName() + Linker.class.getName());
    }
}
