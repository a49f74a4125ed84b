package dev.cloche.bench.engine;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The WebAssembly guests that are measured with, written here byte by byte so that they are the same everywhere.
final class WasmGuests {
    /// What all bundles here can be called for.
    static final String COMMAND = "run";

    static final int PAGE_BYTES = 64 << 10;

    private static final int PAGES_PER_MIB = (1 << 20) / PAGE_BYTES;

    /// Where `cloche_alloc` gives room, over and over again.
    private static final int ROOM = 1 << 10;

    private static final int ROOM_BYTES = 8 << 10;

    /// Where the image's pages begin that calls write to, and how far they are apart.
    private static final int DIRTY_FROM = PAGE_BYTES;

    private static final int DIRTY_STRIDE = 4 << 10;

    private static final int LARGE_BYTES = 1 << 20;
    private static final int LARGE_STEPS = 24;
    private static final long LARGE_SEED = 20_260_401;

    /// What [#calling] exports for the host to call.
    static final List<String> CALLED = List.of("sum", "difference", "product");

    /// What [#calling] calls.
    static final List<String> CALLING = List.of("next", "twice", "turned");

    /// Steps of a loop that are more than fit one JVM method.
    static final int INTERPRETED_STEPS = 14_000;

    private WasmGuests() {}

    /// A guest that declares so much memory, and answers its payload.
    static Bundle declaring(int mib) {
        Abi abi = new Abi();
        abi.module.memory(mib * PAGES_PER_MIB);
        abi.handle(
                0,
                new WasmCode()
                        .constant(Integer.BYTES)
                        .constant(Integer.BYTES)
                        .load()
                        .constant(1)
                        .op(WasmCode.ADD)
                        .store());
        return bundle("declares-" + mib, abi.module.bytes());
    }

    /// A guest that has something on every page of its memory once it is initialised. A call, given a number of four
    /// bytes, writes to so many pages and answers the number.
    static Bundle imaged(int mib) {
        Abi abi = new Abi();
        abi.module.memory(mib * PAGES_PER_MIB);
        int at = 0;
        var init = new WasmCode()
                .constant(DIRTY_FROM)
                .set(at)
                .loop()
                .get(at)
                .get(at)
                .store()
                .get(at)
                .constant(DIRTY_STRIDE)
                .op(WasmCode.ADD)
                .set(at)
                .get(at)
                .constant(mib << 20)
                .op(WasmCode.LESS_UNSIGNED)
                .again()
                .end();
        abi.module.exportFunction("cloche_init", abi.module.function(0, 0, 1, init));
        int payload = 2;
        int page = 4;
        int address = 5;
        abi.handle(
                2,
                new WasmCode()
                        .loop()
                        .get(page)
                        .constant(DIRTY_STRIDE)
                        .op(WasmCode.MUL)
                        .constant(DIRTY_FROM)
                        .op(WasmCode.ADD)
                        .set(address)
                        .get(address)
                        .get(address)
                        .load()
                        .constant(1)
                        .op(WasmCode.ADD)
                        .store()
                        .get(page)
                        .constant(1)
                        .op(WasmCode.ADD)
                        .set(page)
                        .get(page)
                        .get(payload)
                        .load()
                        .op(WasmCode.LESS_UNSIGNED)
                        .again()
                        .end());
        return bundle("imaged-" + mib, abi.module.bytes());
    }

    /// A guest of a megabyte: a thousand functions and more, of which a call uses a few.
    static Bundle large() {
        Abi abi = new Abi();
        abi.module.memory(PAGES_PER_MIB);
        Random random = new Random(LARGE_SEED);
        int first = -1;
        int last = -1;
        for (int size = 0; size < LARGE_BYTES; ) {
            WasmCode code = mixing(random);
            size += code.size();
            last = abi.module.function(2, 1, 1, code);
            first = first < 0 ? last : first;
        }
        abi.handle(
                0,
                new WasmCode()
                        .constant(Integer.BYTES)
                        .constant(Integer.BYTES)
                        .load()
                        .constant(3)
                        .call(first)
                        .constant(5)
                        .call(last)
                        .store());
        return bundle("large", abi.module.bytes());
    }

    /// A function that mixes its two parameters a number of times, in a loop and through memory.
    private static WasmCode mixing(Random random) {
        int left = 0;
        int right = 1;
        int round = 2;
        var code = new WasmCode().loop();
        for (int step = 0; step < LARGE_STEPS; step++) {
            code.get(left)
                    .constant(random.nextInt())
                    .op(WasmCode.XOR)
                    .get(right)
                    .op(WasmCode.ADD)
                    .constant(1 + random.nextInt(31))
                    .op(WasmCode.ROTL)
                    .set(left)
                    .get(right)
                    .get(left)
                    .constant(0xfffc)
                    .op(WasmCode.AND)
                    .load()
                    .op(WasmCode.ADD)
                    .constant(random.nextInt() | 1)
                    .op(WasmCode.MUL)
                    .set(right);
        }
        return code.get(round)
                .constant(1)
                .op(WasmCode.ADD)
                .set(round)
                .get(round)
                .constant(4)
                .op(WasmCode.LESS_UNSIGNED)
                .again()
                .end()
                .get(left)
                .get(right)
                .op(WasmCode.XOR);
    }

    /// A guest whose entry never ends: a loop of so many steps.
    static Bundle endless(String name, int steps) {
        Abi abi = new Abi();
        abi.module.memory(1);
        int value = 4;
        var work = new WasmCode().loop();
        for (int i = 0; i < steps; i++) {
            work.get(value).constant(i).op(WasmCode.XOR).set(value);
        }
        abi.handle(
                1,
                work.get(value)
                        .constant(-1)
                        .op(WasmCode.LESS_UNSIGNED)
                        .again()
                        .get(value)
                        .constant(-2)
                        .op(WasmCode.LESS_UNSIGNED)
                        .again()
                        .end());
        return bundle(name, abi.module.bytes());
    }

    /// A guest that, given a number of four bytes, mixes another one so many times.
    static Bundle working(String name) {
        Abi abi = new Abi();
        abi.module.memory(1);
        int payload = 2;
        int round = 4;
        int value = 5;
        abi.handle(
                2,
                new WasmCode()
                        .loop()
                        .get(value)
                        .get(round)
                        .op(WasmCode.ADD)
                        .constant(0x9e37_79b1)
                        .op(WasmCode.MUL)
                        .constant(13)
                        .op(WasmCode.ROTL)
                        .set(value)
                        .get(round)
                        .constant(1)
                        .op(WasmCode.ADD)
                        .set(round)
                        .get(round)
                        .get(payload)
                        .load()
                        .op(WasmCode.LESS_UNSIGNED)
                        .again()
                        .end()
                        .get(payload)
                        .get(value)
                        .store());
        return bundle(name, abi.module.bytes());
    }

    /// A payload of four bytes.
    static Payload number(int value) {
        return Payload.wrap(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    /// A module that is called, and calls. Its functions in [#CALLED] mix their two parameters and a word of memory,
    /// each in its own way, keep the result there, and answer it. Its `loop` lets the three functions of `env` in
    /// [#CALLING] make a number of the last one, in turns, so many rounds.
    ///
    /// Three of each, so that the JVM's compiler cannot take a call for the only one there is and put the callee in its
    /// place.
    static byte[] calling() {
        var module = new WasmModule();
        List<Integer> imports = CALLING.stream()
                .map(name -> module.importFunction("env", name, 1, 1))
                .toList();
        module.memory(1);
        int[] ways = {WasmCode.ADD, WasmCode.XOR, WasmCode.MUL};
        for (int i = 0; i < CALLED.size(); i++) {
            var code = new WasmCode()
                    .constant(0)
                    .get(0)
                    .get(1)
                    .op(ways[i])
                    .constant(0)
                    .load()
                    .op(WasmCode.ADD)
                    .store()
                    .constant(0)
                    .load();
            module.exportFunction(CALLED.get(i), module.function(2, 1, 0, code));
        }
        int rounds = 0;
        int round = 1;
        int value = 2;
        var loop = new WasmCode().loop();
        imports.forEach(function -> loop.get(value).call(function).set(value));
        loop.get(round)
                .constant(1)
                .op(WasmCode.ADD)
                .set(round)
                .get(round)
                .get(rounds)
                .op(WasmCode.LESS_UNSIGNED)
                .again()
                .end()
                .get(value);
        module.exportFunction("loop", module.function(1, 1, 2, loop));
        return module.bytes();
    }

    private static Bundle bundle(String name, byte[] wasm) {
        String manifest = """
                {
                  "apiVersion": "cloche.dev/v1",
                  "name": "%s",
                  "version": "1.0.0",
                  "kind": "wasm",
                  "entry": "module.wasm",
                  "limits": { "memory": "512MiB", "timeout": "1h", "fuel": 10000000000000 },
                  "pool": { "max": 16, "acquire-timeout": "1m" },
                  "contributes": { "commands": [{ "name": "%s" }] }
                }
                """.formatted(name, COMMAND);
        return BundleReader.of(
                name, Map.of("cloche.json", manifest.getBytes(StandardCharsets.UTF_8), "module.wasm", wasm));
    }

    /// The part of `cloche_v1` that all of them need: room for what the host hands over, and an answer that is the
    /// payload.
    private static final class Abi {
        private final WasmModule module = new WasmModule();
        private final int reply = module.importFunction("cloche", "reply", 2, 0);

        Abi() {
            int used = module.global();
            int size = 0;
            int at = 1;
            var alloc = new WasmCode()
                    .globalGet(used)
                    .set(at)
                    .get(at)
                    .get(size)
                    .op(WasmCode.ADD)
                    .constant(7)
                    .op(WasmCode.ADD)
                    .constant(ROOM_BYTES - 8)
                    .op(WasmCode.AND)
                    .globalSet(used)
                    .get(at)
                    .constant(ROOM)
                    .op(WasmCode.ADD);
            module.exportFunction("cloche_alloc", module.function(1, 1, 1, alloc));
        }

        /// @param locals beside the four parameters: name, its length, payload, its length
        void handle(int locals, WasmCode work) {
            work.get(2).get(3).call(reply).constant(0);
            module.exportFunction("cloche_handle", module.function(4, 1, locals, work));
        }
    }
}
