package dev.cloche.host.engine.rewrite;

import java.util.Map;
import java.util.Random;

/// Options for splitting far from sensible ones, so that small generated functions are cut everywhere and again.
final class FuzzOptions {
    private FuzzOptions() {}

    static SplitOptions pick(long seed) {
        var random = new Random(seed * 104_729);
        int limit = 100 + random.nextInt(600);
        int regionMin = 8 + random.nextInt(73);
        var regions = new SplitOptions.Regions(
                regionMin,
                regionMin + random.nextInt(1_200),
                1 + random.nextInt(10),
                random.nextInt(4) == 0 ? -200 : random.nextInt(15));
        var groups = new SplitOptions.Groups(
                random.nextInt(4) == 0 ? 0 : 2 + random.nextInt(2),
                2 + random.nextInt(6),
                1 + random.nextInt(40),
                1 + random.nextInt(9),
                50 + random.nextInt(500));
        return new SplitOptions(
                limit,
                Math.min(limit, 60 + random.nextInt(540)),
                Map.of(),
                regions,
                groups,
                1 + random.nextInt(6),
                1 + random.nextInt(4),
                random.nextBoolean() ? CodeCosts.ENGINE : CodeCosts.SHORTENED);
    }
}
