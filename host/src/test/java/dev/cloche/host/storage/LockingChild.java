package dev.cloche.host.storage;

import java.nio.file.Path;
import java.time.Duration;

/// A process that tries to open a home and prints `free`, or the kind of what kept it from it.
final class LockingChild {
    private LockingChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        try (Home _ = Home.open(Path.of(args[0]), Duration.ZERO, System::nanoTime)) {
            System.out.println("free");
        } catch (StorageException e) {
            System.out.println(e.kind());
        }
    }
}
