package dev.cloche.host.telemetry;

import java.util.Locale;
import java.util.Objects;

/// What one of the doctor's checks found.
///
/// @param id stable, dot-separated, for example `jdk.version`; scripts may rely on it
/// @param area the first part of the id
/// @param remedy what to do about it; empty where all is well
/// @param details more of it for machines, as JSON; empty where the message says all
public record Finding(String id, String area, Level level, String message, String remedy, String details) {
    public Finding {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(area, "area");
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(remedy, "remedy");
        Objects.requireNonNull(details, "details");
    }

    /// A finding whose message says all.
    public Finding(String id, String area, Level level, String message, String remedy) {
        this(id, area, level, message, remedy, "");
    }

    /// How bad it is.
    public enum Level {
        OK,
        WARNING,
        ERROR;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }
}
