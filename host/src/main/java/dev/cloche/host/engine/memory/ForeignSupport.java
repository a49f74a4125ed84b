package dev.cloche.host.engine.memory;

import dev.cloche.host.system.NativeAccess;
import java.util.Optional;
import java.util.function.Supplier;
import run.endive.runtime.Memory;

/// Whether this process can have foreign memory, and if not, why.
final class ForeignSupport {
    /// Found out once: nothing of it changes while a process runs.
    private static final class Found {
        static final Optional<String> REASON = reason(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                ForeignSupport.class.getModule().isNativeAccessEnabled(),
                ForeignSupport::trial);
    }

    private ForeignSupport() {}

    /// Why there is no foreign memory in this process; empty where there is.
    static Optional<String> unavailable() {
        return Found.REASON;
    }

    /// @param trial makes one memory of each sort and says what went wrong; not called where the rest rules it out
    static Optional<String> reason(
            String system, String machine, boolean nativeAccess, Supplier<Optional<String>> trial) {
        Optional<String> objection = NativeAccess.reason(system, machine, nativeAccess);
        return objection.isPresent() ? objection : trial.get();
    }

    private static Optional<String> trial() {
        try {
            if (Memory.PAGE_SIZE % Posix.PAGE_BYTES != 0) {
                return Optional.of("the system's pages are too large, page-bytes=" + Posix.PAGE_BYTES);
            }
            tryMapping();
            return Optional.empty();
        } catch (MemoryRefusedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (LinkageError | UnsupportedOperationException | IllegalCallerException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of("the C library cannot be linked, cause=" + cause);
        }
    }

    private static void tryMapping() {
        long bytes = Memory.PAGE_SIZE;
        int file = Posix.memoryFile("cloche-trial", bytes);
        try {
            long address = Posix.mapAnonymous(bytes);
            try {
                Posix.write(file, address, 1, 0);
                Posix.seal(file);
                Posix.mapOver(address, bytes, file);
            } finally {
                Posix.unmap(address, bytes);
            }
        } finally {
            Posix.close(file);
        }
    }
}
