package dev.cloche.bench.engine;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Guests that make one hostcall over and over again. A wasm guest's payload is a number of four bytes, how often, and
/// what the hostcall needs; a script's is the number in JSON.
public final class HostcallGuests {
    /// What all of them can be called for.
    public static final String COMMAND = "run";

    private static final int DROP = 0x1a;
    private static final int ANSWER = 48 << 10;
    private static final int ANSWER_BYTES = 4 << 10;
    private static final int LENGTH_BYTES = 4;
    private static final String CAPABILITIES =
            "\"log\": {}, \"clock\": {}, \"random\": {}, \"kv.read\": {}, \"kv.write\": {}";

    private HostcallGuests() {}

    /// A guest that imports the operation. What follows the number is the request.
    public static Bundle importing(String op) {
        return bundle("wasm", "module.wasm", moduleImporting(op));
    }

    /// The code of [#importing].
    public static byte[] moduleImporting(String op) {
        WasmModule module = new WasmModule();
        int hostcall = module.importHostcall("cloche_op", op);
        return repeating(
                module,
                hostcall,
                new WasmCode()
                        .get(2)
                        .constant(LENGTH_BYTES)
                        .op(WasmCode.ADD)
                        .get(3)
                        .constant(-LENGTH_BYTES)
                        .op(WasmCode.ADD)
                        .constant(ANSWER)
                        .constant(ANSWER_BYTES));
    }

    /// A guest that calls the operation by name. What follows the number is the name's length, in four bytes, the name
    /// and the request.
    public static Bundle naming() {
        WasmModule module = new WasmModule();
        int hostcall = module.importHostcall("cloche", "call");
        var nameLength =
                new WasmCode().get(2).constant(LENGTH_BYTES).op(WasmCode.ADD).load();
        var code = new WasmCode()
                .get(2)
                .constant(2 * LENGTH_BYTES)
                .op(WasmCode.ADD)
                .append(nameLength)
                .get(2)
                .constant(2 * LENGTH_BYTES)
                .op(WasmCode.ADD)
                .append(nameLength)
                .op(WasmCode.ADD)
                .get(3)
                .constant(2 * LENGTH_BYTES)
                .append(nameLength)
                .op(WasmCode.ADD)
                .op(WasmCode.SUB);
        return bundle("wasm", "module.wasm", repeating(module, hostcall, code));
    }

    private static byte[] repeating(WasmModule module, int hostcall, WasmCode arguments) {
        int alloc = module.function(
                1,
                1,
                0,
                new WasmCode()
                        .constant(1 << 10)
                        .get(0)
                        .constant(0)
                        .op(WasmCode.MUL)
                        .op(WasmCode.ADD));
        module.exportFunction("cloche_alloc", alloc);
        module.memory(1);
        int round = 4;
        var handle = new WasmCode()
                .loop()
                .append(arguments)
                .call(hostcall)
                .op(DROP)
                .get(round)
                .constant(1)
                .op(WasmCode.ADD)
                .set(round)
                .get(round)
                .get(2)
                .load()
                .op(WasmCode.LESS_UNSIGNED)
                .again()
                .end()
                .constant(0);
        module.exportFunction("cloche_handle", module.function(4, 1, 1, handle));
        return module.bytes();
    }

    /// A script that awaits the operation.
    public static Bundle awaiting(String op) {
        String source = """
                cloche.command('run', async (input) => {
                  const rounds = input.json();
                  let ok = 0;
                  for (let i = 0; i < rounds; i++) ok += (await cloche.hostcall('%s')).status === 'ok' ? 1 : 0;
                  return String(ok);
                });
                """.formatted(op);
        return bundle("script", "main.js", source.getBytes(StandardCharsets.UTF_8));
    }

    private static Bundle bundle(String kind, String entry, byte[] code) {
        String manifest = """
                {
                  "apiVersion": "cloche.dev/v1",
                  "name": "bench-hostcalls",
                  "version": "1.0.0",
                  "kind": "%s",
                  "entry": "%s",
                  "capabilities": { %s },
                  "limits": { "timeout": "1h", "fuel": 10000000000000, "hostcalls": 1000000000 },
                  "contributes": { "commands": [{ "name": "%s" }] }
                }
                """.formatted(kind, entry, CAPABILITIES, COMMAND);
        return BundleReader.of(
                "bench-hostcalls", Map.of("cloche.json", manifest.getBytes(StandardCharsets.UTF_8), entry, code));
    }
}
