package dev.cloche.host.service;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.telemetry.LogLine;
import java.util.Objects;
import java.util.function.Consumer;

/// What services are set up with.
///
/// @param logSink where lines of extensions go; must not block
/// @param clocks the time of day, the clock that deadlines of frames are on, and what guests draw from
/// @param depthMax how many calls may be under way one within the other
/// @param exec what holds for programs that guests run
/// @param files where guests' files are
/// @param secrets what guests' secrets are looked up in
public record ServiceSettings(
        Consumer<LogLine> logSink,
        EngineClocks clocks,
        int depthMax,
        ExecSettings exec,
        FilesFolder files,
        SecretSource secrets) {
    public ServiceSettings {
        Objects.requireNonNull(logSink, "logSink");
        Objects.requireNonNull(clocks, "clocks");
        Objects.requireNonNull(exec, "exec");
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(secrets, "secrets");
    }
}
