package dev.cloche.bench.report;

import java.util.Objects;

/// What a row has to reach, and whether it does.
public record Bar(String text, Verdict verdict) {
    /// Of a row that is there for comparison.
    public static final Bar NONE = new Bar("", Verdict.OPEN);

    public Bar {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(verdict, "verdict");
    }

    /// A bar that is reached by a value no larger than the limit. What is not a number does not reach it.
    public static Bar atMost(String text, double value, double limit) {
        return of(text, value <= limit);
    }

    /// A bar that is reached by a value no smaller than the limit. What is not a number does not reach it.
    public static Bar atLeast(String text, double value, double limit) {
        return of(text, value >= limit);
    }

    public static Bar of(String text, boolean met) {
        return new Bar(text, met ? Verdict.MET : Verdict.MISSED);
    }
}
