package dev.cloche.host.engine.script;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The code of a JavaScript bundle, shared by all isolates of an extension. Immutable.
public final class ScriptCode {
    private final Bundle bundle;
    private final Limits limits;
    private final StackMapper stacks;

    public ScriptCode(Bundle bundle, Limits limits) {
        this.bundle = bundle;
        this.limits = limits;
        this.stacks = new StackMapper(bundle::file);
    }

    Bundle bundle() {
        return bundle;
    }

    Limits limits() {
        return limits;
    }

    /// A guest's stack in the author's own files and lines.
    String mapStack(String stack) {
        return stacks.map(stack);
    }

    /// The source text of a module of the bundle, in UTF-8; a JSON file becomes a module with a default export.
    Optional<byte[]> source(String path) {
        return bundle.file(path).map(file -> path.endsWith(".json") ? jsonModule(file) : file.unsafeBytes());
    }

    private static byte[] jsonModule(Payload json) {
        return ("export default " + json.text()).getBytes(StandardCharsets.UTF_8);
    }
}
