package dev.cloche.bench;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What a call costs that does as good as nothing: all of the way of a call, and little else.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Calls {
    private final BenchHost bench = BenchHost.with(Bundles.wasm(), Bundles.script());
    private final Call wasmNoop = Call.of("hello", Entry.command("echo"), Payload.EMPTY);
    private final Call wasmEcho = Call.of("hello", Entry.command("echo"), Payload.wrap(new byte[64 << 10]));
    private final Call scriptNoop = Call.of("bench-script", Entry.command("noop"), Payload.EMPTY);
    private final Call scriptLater = Call.of("bench-script", Entry.command("later"), Payload.EMPTY);
    private final Call scriptJson = Call.of(
            "bench-script", Entry.command("json"), Payload.text("{\"name\": \"cloche\", \"parts\": [1, 2, 3]}"));

    @TearDown
    public void close() {
        bench.close();
    }

    @Benchmark
    public Payload wasmNoop() {
        return answer(wasmNoop);
    }

    @Benchmark
    public Payload wasmEcho64KiB() {
        return answer(wasmEcho);
    }

    @Benchmark
    public Payload scriptNoop() {
        return answer(scriptNoop);
    }

    @Benchmark
    public Payload scriptPromise() {
        return answer(scriptLater);
    }

    @Benchmark
    public Payload scriptJson() {
        return answer(scriptJson);
    }

    /// A call that fails must end the benchmark, not be measured.
    private Payload answer(Call call) {
        return bench.host().call(call).payloadOrThrow();
    }
}
