package dev.cloche.host.ledger.store;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// A process that appends rows until it is killed, and prints each row's head once it was answered.
final class LedgerChild {
    private static final int THREADS = 4;
    private static final int ROWS_MAX = 100_000;

    private LedgerChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        Storage storage = new Storage(Path.of(args[0]), Duration.ofSeconds(5), System::nanoTime);
        Ledger ledger = new Ledger(storage, InstantSource.system());
        for (int t = 0; t < THREADS; t++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < ROWS_MAX; i++) {
                    LedgerEntry entry = ledger.append(LedgerTest.event("notes"));
                    System.out.println(entry.sequence() + " " + entry.hash());
                }
            });
        }
    }
}
