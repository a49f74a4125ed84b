package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Makes bundles for tests.
final class Bundles {
    private Bundles() {}

    /// A script bundle named `test` with one command, `main`, and every harmless capability.
    static Bundle script(String source) {
        return script(source, "");
    }

    /// The same with further members of the manifest, each beginning with a comma.
    static Bundle script(String source, String members) {
        return script(Map.of("main.js", source), members);
    }

    /// The same with several files, `main.js` the entry.
    static Bundle script(Map<String, String> files, String members) {
        String contributes =
                members.contains("\"contributes\"") ? "" : ",\"contributes\":{\"commands\":[{\"name\":\"main\"}]}";
        String capabilities = members.contains("\"capabilities\"")
                ? ""
                : ",\"capabilities\":{\"log\":{},\"kv.read\":{},\"kv.write\":{}}";
        return bundle(
                "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"test\",\"version\":\"1.0.0\",\"kind\":\"script\","
                        + "\"entry\":\"main.js\"" + contributes + capabilities + members + "}",
                files);
    }

    /// A wasm bundle named `test` with one command, `main`.
    static Bundle wasm(byte[] module) {
        return wasm(module, "");
    }

    /// The same with further members of the manifest, each beginning with a comma.
    static Bundle wasm(byte[] module, String members) {
        String contributes =
                members.contains("\"contributes\"") ? "" : ",\"contributes\":{\"commands\":[{\"name\":\"main\"}]}";
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"test\",\"version\":\"1.0.0\",\"kind\":\"wasm\","
                + "\"entry\":\"main.wasm\"" + contributes + members + "}";
        return BundleReader.of(
                "test", Map.of("main.wasm", module, "cloche.json", manifest.getBytes(StandardCharsets.UTF_8)));
    }

    private static Bundle bundle(String manifest, Map<String, String> files) {
        Map<String, byte[]> content = new TreeMap<>();
        files.forEach((path, text) -> content.put(path, text.getBytes(StandardCharsets.UTF_8)));
        content.put("cloche.json", manifest.getBytes(StandardCharsets.UTF_8));
        return BundleReader.of("test", content);
    }
}
