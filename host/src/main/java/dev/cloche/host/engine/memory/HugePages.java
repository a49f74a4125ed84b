package dev.cloche.host.engine.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the system is told about huge pages in foreign memories.
enum HugePages {
    /// Use them: fewer faults in large memories, at the price of memory that is held and not used.
    WANTED,
    /// Use none, though the system would by itself: an isolate that touches a few pages would hold megabytes.
    UNWANTED,
    /// Nothing: the system uses none by itself.
    UNMENTIONED;

    /// @param wanted whether the settings ask for them
    /// @param sys where the system shows its devices and kernel settings
    static HugePages of(boolean wanted, Path sys) {
        if (wanted) {
            return WANTED;
        }
        try {
            String modes = Files.readString(sys.resolve("kernel/mm/transparent_hugepage/enabled"));
            return modes.contains("[always]") ? UNWANTED : UNMENTIONED;
        } catch (IOException e) {
            return UNMENTIONED;
        }
    }

    void advise(long address, long bytes) {
        // Refused where the system has none; nothing depends on it.
        switch (this) {
            case WANTED -> Posix.advise(address, bytes, Posix.MADV_HUGEPAGE);
            case UNWANTED -> Posix.advise(address, bytes, Posix.MADV_NOHUGEPAGE);
            case UNMENTIONED -> {}
        }
    }
}
