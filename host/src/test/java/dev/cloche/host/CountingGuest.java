package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// A WebAssembly guest that counts its calls in the store, by imported operations: each call reads the key that is its
/// payload, puts one `x` more under it, asks for the time, and answers what it then reads. An outcome other than `ok`
/// is a trap.
final class CountingGuest {
    /// How many calls one key has room for.
    static final int CALLS_MAX = 2_000;

    static final String NAME = "counter";

    private static final int GET = 1;
    private static final int SET = 2;
    private static final int NOW = 3;

    // Where things lie: the outcome of the last operation, the request of a set, room for the time, what is answered.
    private static final int OUTCOME = 0;
    private static final int REQUEST = 4_096;
    private static final int TIME = 8_192;
    private static final int ANSWER = 12_288;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private CountingGuest() {}

    /// @param members further ones of the manifest, each beginning with a comma
    static Bundle bundle(String members) {
        String manifest = """
            {"apiVersion": "cloche.dev/v1", "name": "%s", "version": "1.0.0", "kind": "wasm", "entry": "main.wasm",
             "contributes": {"commands": [{"name": "main"}]},
             "capabilities": {"kv.read": {}, "kv.write": {}, "clock": {}}%s}
            """.formatted(NAME, members);
        return BundleReader.of(
                NAME,
                Map.of(
                        "cloche.json",
                        manifest.getBytes(StandardCharsets.UTF_8),
                        "main.wasm",
                        new CountingGuest().module()));
    }

    /// What the store holds after so many calls.
    static String counted(int calls) {
        return "\"" + "x".repeat(calls) + "\"";
    }

    private byte[] module() {
        List<Integer> op = List.of(I32, I32, I32, I32);
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche_op", "kv.get", op, List.of(I64))
                .importFunction("cloche_op", "kv.set", op, List.of(I64))
                .importFunction("cloche_op", "clock.now", op, List.of(I64))
                .memory(1, 16)
                .function("cloche_alloc", List.of(I32), List.of(I32), WasmBuilder.code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle())
                .build();
    }

    /// The parameters for the name, which is not looked at, serve as locals: 0 where the value lies, 1 its length.
    private byte[] handle() {
        number(REQUEST + 4).local(3).code(0x6A, 0x21, 0);
        number(REQUEST).local(3).code(0x36, 2, 0);
        number(REQUEST + 4).local(2).local(3).code(0xFC, 0x0A, 0, 0);
        begin().local(2).local(3).local(0).number(CALLS_MAX + 2).end(GET);
        number(OUTCOME).code(0x28, 2, 0, 0x21, 1);
        // Nothing there: an empty text.
        local(1).code(0x45, 0x04, 0x40);
        local(0).number('"')
                .code(0x3A, 0, 0)
                .local(0)
                .number('"')
                .code(0x3A, 0, 1)
                .number(2)
                .code(0x21, 1);
        code(0x0B);
        local(0).local(1).code(0x6A).number(1).code(0x6B).number('x').code(0x3A, 0, 0);
        local(0).local(1).code(0x6A).number('"').code(0x3A, 0, 0);
        begin().number(REQUEST)
                .local(3)
                .local(1)
                .code(0x6A)
                .number(5)
                .code(0x6A)
                .number(TIME)
                .number(64)
                .end(SET);
        begin().number(0).number(0).number(TIME).number(64).end(NOW);
        begin().local(2).local(3).number(ANSWER).number(CALLS_MAX + 2).end(GET);
        number(ANSWER).number(OUTCOME).code(0x28, 2, 0, 0x10, 0);
        number(0);
        return body.toByteArray();
    }

    private CountingGuest code(int... bytes) {
        body.writeBytes(WasmBuilder.code(bytes));
        return this;
    }

    private CountingGuest local(int index) {
        return code(0x20, index);
    }

    private CountingGuest number(int value) {
        code(0x41);
        int left = value;
        while (left > 0x3F || left < -0x40) {
            code((left & 0x7F) | 0x80);
            left >>= 7;
        }
        return code(left & 0x7F);
    }

    private CountingGuest begin() {
        return number(OUTCOME);
    }

    /// `memory[OUTCOME] = op(...)`, and a trap unless that is `ok`.
    private CountingGuest end(int op) {
        code(0x10, op, 0x37, 3, 0);
        return number(OUTCOME).code(0x28, 2, 4, 0x04, 0x40, 0x00, 0x0B);
    }
}
