package dev.cloche.host;

import java.util.List;
import java.util.Locale;

/// One bound that holds in a host, and what happens where it ends. `cloche limits` lists them, and the tables of
/// `docs/limits.md` are made of them.
///
/// @param name what settings, manifests and messages call it
/// @param meaning what it bounds
/// @param unit what its size is a number of
/// @param value its size in the host's configuration; zero where it goes by the machine
/// @param byDefault its size where nobody sets it; zero where it goes by the machine
/// @param manifest the key of a manifest that asks for less or more; empty if there is none
/// @param setting the key of `settings.json` that sets or caps it; empty if there is none
/// @param error what whoever exceeds it is told
public record HostLimit(
        Scope scope,
        String name,
        String meaning,
        String unit,
        long value,
        long byDefault,
        String manifest,
        String setting,
        String error) {
    /// What a bound is a bound of.
    public enum Scope {
        /// One call, or the isolate that carries it out.
        CALL,
        /// All that runs in a host, or all of one extension.
        HOST,
        /// What a guest asks a service for.
        SERVICE,
        /// A module of WebAssembly, before it is compiled.
        MODULE,
        /// A bundle, before anything of it is used.
        BUNDLE;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long MILLIS = 1_000;

    /// All bounds of a host of this configuration: those of calls as its operator caps them.
    public static List<HostLimit> of(HostConfig config) {
        return HostLimitTable.of(config);
    }

    /// A size in the words of settings and manifests: `64MiB`, `30s`, `1000`.
    public String text(long size) {
        return switch (unit) {
            case "bytes" -> bytes(size);
            case "ms" -> size % MILLIS == 0 ? size / MILLIS + "s" : size + "ms";
            default -> Long.toString(size);
        };
    }

    private static String bytes(long size) {
        if (size == 0) {
            return "by the machine";
        }
        if (size % MIB == 0) {
            return size / MIB + "MiB";
        }
        return size % KIB == 0 ? size / KIB + "KiB" : size + "B";
    }
}
