package dev.cloche.host.engine.memory;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// How often something happened, by its reason. Safe for use by many threads.
final class ReasonCounts<R extends Enum<R>> {
    /// Filled once, with every reason.
    private final EnumMap<R, LongAdder> counts;

    ReasonCounts(Class<R> reasons) {
        this.counts = new EnumMap<>(reasons);
        for (R reason : reasons.getEnumConstants()) {
            counts.put(reason, new LongAdder());
        }
    }

    void count(R reason) {
        Objects.requireNonNull(counts.get(reason), "reason").increment();
    }

    /// By the names that machines are told.
    Map<String, Long> byLabel() {
        Map<String, Long> labelled = new TreeMap<>();
        counts.forEach((reason, count) -> labelled.put(reason.name().toLowerCase(Locale.ROOT), count.sum()));
        return labelled;
    }
}
