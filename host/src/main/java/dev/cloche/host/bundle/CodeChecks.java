package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Checks that the files of a bundle are what its manifest says they are, as far as their first look tells.
final class CodeChecks {
    private static final byte[] WASM_MAGIC = {0, 'a', 's', 'm'};
    private static final byte[] WASM_VERSION = {1, 0, 0, 0};
    private static final byte[] COMPONENT_VERSION = {0x0d, 0, 1, 0};
    private static final int HEADER_BYTES = 8;

    private final Map<String, Payload> files;
    private final Violations violations;

    private CodeChecks(Map<String, Payload> files, Violations violations) {
        this.files = files;
        this.violations = violations;
    }

    /// Reports what is wrong with the entry and the scripts beside it.
    static void check(Manifest.Kind kind, String entry, Map<String, Payload> files, Violations violations) {
        CodeChecks checks = new CodeChecks(files, violations);
        Payload code = files.get(entry);
        if (code == null) {
            checks.missing(entry);
        } else if (code.size() == 0) {
            violations.addFile(entry, "is empty", "build the code again");
        } else if (kind == Manifest.Kind.WASM) {
            checks.wasm(entry, code.unsafeBytes());
        } else if (startsWith(code.unsafeBytes(), 0, WASM_MAGIC)) {
            violations.addFile(entry, "is a WebAssembly module, not a script", "write \"kind\": \"wasm\"");
        } else {
            files.keySet().stream()
                    .filter(path -> path.equals(entry) || isScript(path))
                    .forEach(checks::script);
        }
    }

    private void missing(String entry) {
        if (violations.has("/entry") || violations.has("file:" + entry)) {
            return;
        }
        Optional<String> meant = Text.nearest(entry, files.keySet());
        Optional<String> elsewhere = files.keySet().stream()
                .filter(path -> path.endsWith("/" + entry) || entry.endsWith("/" + path))
                .findFirst();
        violations.add(
                "/entry",
                Text.quote(entry) + " is not in the bundle",
                meant.or(() -> elsewhere)
                        .map(path -> "did you mean " + Text.quote(path) + "?")
                        .orElse("build it first, or name the file of the code"));
    }

    private void wasm(String entry, byte[] code) {
        if (!startsWith(code, 0, WASM_MAGIC)) {
            String head = new String(code, 0, Math.min(code.length, 256), StandardCharsets.ISO_8859_1).strip();
            String hint = head.startsWith("(module") || head.startsWith(";;")
                    ? "this is the text format; assemble it first, for example with wat2wasm"
                    : "name the compiled module, or write \"kind\": \"script\"";
            violations.addFile(
                    entry,
                    "is no WebAssembly module, first-bytes="
                            + HexFormat.of().formatHex(code, 0, Math.min(code.length, WASM_MAGIC.length)),
                    hint);
        } else if (startsWith(code, WASM_MAGIC.length, COMPONENT_VERSION)) {
            violations.addFile(entry, "is a WebAssembly component", "build a core module");
        } else if (!startsWith(code, WASM_MAGIC.length, WASM_VERSION)) {
            violations.addFile(
                    entry,
                    "is a WebAssembly module of an unknown version, version-bytes="
                            + HexFormat.of().formatHex(code, WASM_MAGIC.length, Math.min(code.length, HEADER_BYTES)),
                    "build it for version 1");
        }
    }

    private void script(String path) {
        long malformed =
                ManifestJson.malformedAt(files.getOrDefault(path, Payload.EMPTY).unsafeBytes());
        if (malformed >= 0) {
            violations.addFile(path, "is not UTF-8, byte=" + malformed, "save it as UTF-8");
        }
    }

    private static boolean isScript(String path) {
        return path.endsWith(".js") || path.endsWith(".mjs");
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] start) {
        return bytes.length >= at + start.length && Arrays.equals(bytes, at, at + start.length, start, 0, start.length);
    }
}
