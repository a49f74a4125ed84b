package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;

/// A process that puts and gets a few keys over and over, and prints how often it found one, and `wrong` if what it
/// found was not what belongs there.
final class CachingChild {
    static final int ROUNDS = 400;
    private static final int KEYS = 5;

    private CachingChild() {}

    /// @param args folder, bound in bytes, seed
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        ContentCache cache = ContentCache.at(Path.of(args[0]), Long.parseLong(args[1]), Clock.systemUTC());
        Random random = new Random(Long.parseLong(args[2]));
        int right = 0;
        int wrong = 0;
        // Both begin when both are there.
        System.out.println("ready");
        int go = System.in.read();
        for (int round = 0; round < ROUNDS && go >= 0; round++) {
            int number = random.nextInt(KEYS);
            if (random.nextBoolean()) {
                cache.put(key(number), out -> out.write(content(number)));
            } else {
                try (CacheEntry entry = cache.get(key(number)).orElse(null)) {
                    if (entry != null && Arrays.equals(entry.bytes(), content(number))) {
                        right++;
                    } else if (entry != null) {
                        wrong++;
                    }
                }
            }
        }
        CacheStats stats = cache.stats();
        System.out.println("right=" + (right > 0) + " wrong=" + wrong + " refused=" + stats.refused() + " failed="
                + stats.failed());
    }

    private static CacheKey key(int number) {
        return CacheKey.of(CacheKind.SNAPSHOT).with("number", Integer.toString(number));
    }

    private static byte[] content(int number) {
        byte[] content = new byte[50_000 + number];
        Arrays.fill(content, (byte) number);
        return content;
    }
}
