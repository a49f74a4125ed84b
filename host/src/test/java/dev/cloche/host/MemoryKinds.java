package dev.cloche.host;

import dev.cloche.host.engine.memory.MemorySetting;
import java.nio.file.Path;
import java.util.Locale;

/// Which kind of memory guests of tests have. The build runs the engine's tests once as it is and once more with the
/// property [#PROPERTY].
public final class MemoryKinds {
    /// `auto`, `foreign` or `heap`, as in `settings.json`.
    public static final String PROPERTY = "cloche.test.memory";

    private MemoryKinds() {}

    /// The kind that this run of the tests is for.
    @SuppressWarnings("exports") // Tests are compiled with the module, and nobody else sees them.
    public static MemorySetting ofRun() {
        return MemorySetting.valueOf(System.getProperty(PROPERTY, "auto").toUpperCase(Locale.ROOT));
    }

    /// A configuration with every default but the kind of memory.
    static HostConfig config(Path home) {
        return config(home, ofRun());
    }

    static HostConfig config(Path home, MemorySetting kind) {
        return HostConfig.at(home).withMemory(MemoryMode.valueOf(kind.name()));
    }
}
