package dev.cloche.host.telemetry;

import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One line that an extension logged or printed.
///
/// @param callId the call during which it was logged
public record LogLine(String extension, long callId, Level level, String message) {
    /// Writes the line to the SLF4J logger of its extension.
    public void toLogger() {
        LoggerFactory.getLogger("cloche.guest." + extension).atLevel(level).log(message);
    }
}
