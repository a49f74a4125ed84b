package dev.cloche.host.engine.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the system says of the mapping at an address of this process.
final class SystemMaps {
    private SystemMaps() {}

    /// The line of `numa_maps`: `7f... bind:0 file=... anon=1 N0=1 kernelpagesize_kB=4`.
    static String policyAt(long address) {
        String found = "";
        for (String line : lines("/proc/self/numa_maps")) {
            if (Long.parseUnsignedLong(line.split(" ", 2)[0], 16) <= address) {
                // With a blank behind the last word too.
                found = line + " ";
            }
        }
        return found;
    }

    /// Number and name of the file that is mapped there.
    static String fileAt(long address) {
        for (String line : lines("/proc/self/maps")) {
            String[] fields = line.split("\\s+", 6);
            String[] range = fields[0].split("-", 2);
            if (Long.parseUnsignedLong(range[0], 16) <= address && address < Long.parseUnsignedLong(range[1], 16)) {
                return fields[4] + " " + fields[5];
            }
        }
        return "";
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
