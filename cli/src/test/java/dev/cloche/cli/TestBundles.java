package dev.cloche.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Writes small bundles into folders.
final class TestBundles {
    private static final String GARDEN_MANIFEST = """
            {
              "apiVersion": "cloche.dev/v1", "name": "garden", "version": "1.2.3", "kind": "script", "abi": "script_v1",
              "entry": "main.js", "description": "Grows things", "license": "Apache-2.0",
              "capabilities": { "log": {}, "kv.read": {}, "kv.write": {}, "http.fetch": { "hosts": ["example.org"] } },
              "limits": { "output": "64KiB" },
              "contributes": {
                "hooks": [{ "name": "shade", "kind": "filter" }],
                "tools": [{ "name": "add", "description": "Adds", "parameters": {
                  "type": "object", "required": ["a", "b"],
                  "properties": { "a": { "type": "number" }, "b": { "type": "number" } } } }],
                "commands": [
                  { "name": "shout", "description": "Text in capitals" }, { "name": "bytes", "description": "Bytes" },
                  { "name": "wilt", "description": "Throws" }, { "name": "spin", "description": "Never ends" },
                  { "name": "flood", "description": "Too much" }, { "name": "count", "description": "Counts calls" },
                  { "name": "talk", "description": "Logs" }]
              }
            }
            """;

    static final String GARDEN_CODE = """
            cloche.filter('shade', value => ({ ...value, shaded: true }));
            cloche.tool('add', ({ a, b }) => ({ sum: a + b }));
            cloche.command('shout', input => input.text().toUpperCase());
            cloche.command('bytes', () => new Uint8Array([0, 255, 10]));
            cloche.command('wilt', () => {
              throw new TypeError('no soil');
            });
            cloche.command('spin', () => { for (;;); });
            cloche.command('flood', () => 'x'.repeat(1 << 20));
            cloche.command('count', async () => {
              const count = (await cloche.kv.get('count') ?? 0) + 1;
              await cloche.kv.set('count', count);
              return String(count);
            });
            cloche.command('talk', () => { console.warn('dry'); return 'said'; });
            """;

    private static final String STONE_MANIFEST = """
            {
              "apiVersion": "cloche.dev/v1", "name": "stone", "version": "0.1.0", "kind": "wasm", "abi": "cloche_v1",
              "entry": "stone.wasm", "description": "Only falls", "license": "Apache-2.0",
              "contributes": { "commands": [{ "name": "fall", "description": "Traps" }] }
            }
            """;

    /// `cloche_alloc` answers 1024, `cloche_handle` is `unreachable`.
    private static final String STONE_CODE = "0061736d01000000" // magic, version
            + "010e0260017f017f60047f7f7f7f017f" // types
            + "0303020001" // functions
            + "0503010001" // memory
            + "072903066d656d6f727902000c636c6f6368655f616c6c6f6300000d636c6f6368655f68616e646c650001" // exports
            + "0a0b02050041800" // code
            + "80b0300000b";

    private TestBundles() {}

    /// A script with a filter, a tool, and commands that end in every way.
    static Path garden(Path folder) throws IOException {
        return script(folder, GARDEN_MANIFEST, GARDEN_CODE);
    }

    static Path script(Path folder, String manifest, String code) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("cloche.json"), manifest);
        Files.writeString(folder.resolve("main.js"), code);
        return folder;
    }

    /// The manifest of [#garden], with one text replaced by another.
    static String gardenManifest(String from, String to) {
        return GARDEN_MANIFEST.replace(from, to);
    }

    /// A WebAssembly module that traps when it is called.
    static Path stone(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("cloche.json"), STONE_MANIFEST);
        Files.write(folder.resolve("stone.wasm"), HexFormat.of().parseHex(STONE_CODE));
        return folder;
    }
}
