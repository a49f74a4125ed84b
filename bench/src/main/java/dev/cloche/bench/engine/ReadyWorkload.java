package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.nio.file.Path;
import java.util.List;

/// A host whose installed extensions, one in JavaScript and one of a megabyte of WebAssembly, are ready to be called as
/// soon as the process says that it is ready.
///
/// Operations: `script` and `wasm`, a call of each.
public final class ReadyWorkload implements Workload {
    static final String SCRIPT = "script";
    static final String WASM = "wasm";

    private static final String SCRIPT_ID = "bench-bundle";
    private static final String WASM_ID = "large";

    private final Host host;

    /// @param arguments the home
    public ReadyWorkload(List<String> arguments) {
        host = Host.open(HostConfig.at(Path.of(arguments.getFirst())));
        for (String id : List.of(SCRIPT_ID, WASM_ID)) {
            var _ = host.extension(id).orElseThrow();
        }
    }

    /// Puts both extensions into a home.
    static void install(Path home) {
        try (Host host = Host.open(HostConfig.at(home))) {
            host.install(Guests.bundle());
            host.install(WasmGuests.large());
        }
    }

    @Override
    public Answer measure(String operation, int count) {
        Call call = switch (operation) {
            case SCRIPT -> Call.of(SCRIPT_ID, Entry.command(Guests.DISPATCH), Payload.text(Guests.REQUEST));
            case WASM -> Call.of(WASM_ID, Entry.command(WasmGuests.COMMAND), Payload.text("ping"));
            default -> throw Workload.unknown(operation);
        };
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            Payload reply = Isolates.answer(host.call(call));
            recorder.add(operation, watch.nanos());
            recorder.result(reply.text());
        }
        return recorder.answer();
    }

    @Override
    public void close() {
        host.close();
    }
}
