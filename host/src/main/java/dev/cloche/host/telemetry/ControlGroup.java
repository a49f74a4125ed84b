package dev.cloche.host.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// The control group, version 2, that the process is in: what Linux, and every container on it, limits memory with.
///
/// @param mount where the hierarchy is mounted
/// @param membership the file that says which group the process is in
record ControlGroup(Path mount, Path membership) {
    /// That of this process.
    static final ControlGroup OWN = new ControlGroup(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/cgroup"));

    private static final String UNIFIED = "0::/";
    private static final String LIMIT_FILE = "memory.max";
    private static final String UNLIMITED = "max";

    /// The smallest limit of the group and those above it; empty where there is none or it cannot be read.
    OptionalLong memoryLimitBytes() {
        OptionalLong smallest = limitIn(mount);
        Path folder = mount;
        for (Path name : group()) {
            folder = folder.resolve(name);
            OptionalLong limit = limitIn(folder);
            if (limit.isPresent() && limit.getAsLong() < smallest.orElse(Long.MAX_VALUE)) {
                smallest = limit;
            }
        }
        return smallest;
    }

    private Path group() {
        try {
            for (String line : Files.readAllLines(membership)) {
                if (line.startsWith(UNIFIED)) {
                    return Path.of(line.substring(UNIFIED.length()));
                }
            }
        } catch (IOException | RuntimeException e) {
            return Path.of("");
        }
        return Path.of("");
    }

    private static OptionalLong limitIn(Path folder) {
        try {
            String text = Files.readString(folder.resolve(LIMIT_FILE)).strip();
            return text.equals(UNLIMITED) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty();
        }
    }
}
