package dev.cloche.host.engine.script;

import dev.cloche.host.call.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The entries that a script registers while it loads, held against those that its manifest contributes. Confined to
/// the isolate's thread.
final class Registrations {
    private final List<Entry> contributed;
    private final Set<Entry> registered = new HashSet<>();
    private boolean open = true;

    Registrations(List<Entry> contributed) {
        this.contributed = List.copyOf(contributed);
    }

    /// @throws ScriptException if it is not one of them, or the script is loaded already
    void register(Entry entry) {
        if (!open) {
            throw new ScriptException(
                    "Error", "entries can be registered only while the script loads, entry=" + entry, "");
        }
        if (!contributed.contains(entry)) {
            throw new ScriptException(
                    "Error",
                    "the manifest does not contribute " + entry + "; add it to contributes in cloche.json",
                    "");
        }
        registered.add(entry);
    }

    /// The script is loaded.
    void close() {
        open = false;
    }

    /// Those that it has not registered.
    List<Entry> missing() {
        List<Entry> missing = new ArrayList<>(contributed);
        missing.removeAll(registered);
        return missing;
    }
}
