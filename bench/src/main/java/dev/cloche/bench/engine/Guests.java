package dev.cloche.bench.engine;

import dev.cloche.bench.Checkout;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Payload;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The script guests that are measured with.
final class Guests {
    /// The command of [#bundle].
    static final String DISPATCH = "dispatch";

    /// The command of [#tests].
    static final String RUN = "run";

    /// What [#bundle] is asked for.
    static final String REQUEST = "{\"method\":\"GET\",\"path\":\"/tickets/12/letter\"}";

    private static final String MANIFEST = "cloche.json";

    private Guests() {}

    /// A bundle of 20 KB with classes, closures, Maps and regular expressions.
    static Bundle bundle() {
        return BundleReader.read(Checkout.path("bench/bundles/bench-bundle"));
    }

    /// The same bundle under another name, with so many isolates made before the first call.
    static Bundle bundle(String name, int prewarm) {
        Bundle plain = bundle();
        Map<String, byte[]> files = new HashMap<>();
        String entry = plain.manifest().entry();
        files.put(entry, plain.file(entry).orElseThrow().toByteArray());
        String manifest = plain.file(MANIFEST)
                .map(Payload::text)
                .orElseThrow()
                .replace("\"bench-bundle\"", "\"" + name + "\"")
                .replaceFirst("\\{", "{ \"pool\": { \"prewarm\": " + prewarm + " },");
        files.put(MANIFEST, manifest.getBytes(StandardCharsets.UTF_8));
        return BundleReader.of(name, files);
    }

    /// A script whose command never ends.
    static Bundle endless(String name) {
        String manifest = """
                {"apiVersion": "cloche.dev/v1", "name": "%s", "version": "1.0.0", "kind": "script", "entry": "main.js",
                 "contributes": {"commands": [{"name": "%s"}]}}""".formatted(name, RUN);
        String code = "cloche.command('" + RUN + "', () => { for (;;); });";
        return BundleReader.of(
                name,
                Map.of(
                        MANIFEST,
                        manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js",
                        code.getBytes(StandardCharsets.UTF_8)));
    }

    /// Six tests of a JavaScript engine's speed.
    static Bundle tests() {
        return BundleReader.read(Checkout.path("bench/bundles/bench-tests"));
    }
}
