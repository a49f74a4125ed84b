package dev.cloche.host.storage;

import java.nio.file.Path;

/// A process that writes until it is killed, and prints each key once its write was answered.
final class WritingChild {
    private static final int WRITES_MAX = 100_000;

    private WritingChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        Database database = Database.open(Path.of(args[0]));
        for (int t = 0; t < 4; t++) {
            String prefix = args[1] + "-" + t + "-";
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < WRITES_MAX; i++) {
                    String key = prefix + i;
                    if (database.write(session -> DatabaseTest.insert(session, key))) {
                        System.out.println(key);
                    }
                }
            });
        }
    }
}
