package dev.cloche.bench.attack;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The extension that an attack comes as.
final class AttackBundle {
    static final String COMMAND = "attack";
    static final String ORDINARY = "ordinary";

    private static final String MANIFEST = "cloche.json";
    private static final String CAPABILITIES = "\"capabilities\"";
    private static final String MODULE = "main.wasm";
    private static final String WASM = "\"wasm\", \"entry\": \"main.wasm\"";
    private static final String POOL = "\"pool\"";

    /// The entry of every script: an ordinary command, a tool, and the word with which attacks say what they do. The
    /// ordinary command's answer is whether the isolate that it runs in was attacked from.
    private static final String ENTRY = """
            cloche.command('ordinary', () => (globalThis.attacked === true ? '1' : '0'));
            cloche.tool('again', (args) => globalThis.again(args));
            globalThis.attack = (handler) => cloche.command('attack', (input, context) => {
              globalThis.attacked = true;
              return handler(input.json(), context);
            });
            await import('./attack.js');
            """;

    private AttackBundle() {}

    /// @param limits the manifest's, as JSON
    /// @throws dev.cloche.host.bundle.BundleException if the attack is not even a bundle
    static Bundle of(Attack attack, Mode mode, String limits, long seed) {
        return switch (attack.code()) {
            case Attack.Code.Script(String source) ->
                bundle(
                        attack,
                        limits,
                        "\"script\", \"entry\": \"main.js\"",
                        Map.of("main.js", utf8(ENTRY), "attack.js", utf8(source)));
            case Attack.Code.Module(Attack.Maker maker) -> {
                byte[] wasm = maker.make(seed);
                yield mode == Mode.INTERPRETED
                        // Split, the functions would be small enough to be compiled.
                        ? bundle(attack, limits, WASM + ", \"rewrite\": \"none\"", Map.of(MODULE, Interpreted.of(wasm)))
                        : bundle(attack, limits, WASM, Map.of(MODULE, wasm));
            }
        };
    }

    private static Bundle bundle(Attack attack, String limits, String kind, Map<String, byte[]> code) {
        String members = attack.members();
        String capabilities = members.contains(CAPABILITIES)
                ? ""
                : ", \"capabilities\": {\"log\": {}, \"kv.read\": {}, \"kv.write\": {}}";
        String pool = members.contains(POOL) ? "" : ", \"pool\": {\"max\": 1}";
        String manifest = """
                {"apiVersion": "cloche.dev/v1", "name": "%s", "version": "1.0.0", "kind": %s, "limits": %s%s%s%s,
                 "contributes": {"commands": [{"name": "attack"}, {"name": "ordinary"}],
                                 "tools": [{"name": "again"}]}}""".formatted(
                        attack.extension(), kind, limits, members.isEmpty() ? "" : ", " + members, capabilities, pool);
        Map<String, byte[]> files = new HashMap<>(code);
        files.put(MANIFEST, utf8(manifest));
        return BundleReader.of(attack.name(), files);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
