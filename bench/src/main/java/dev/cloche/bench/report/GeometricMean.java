package dev.cloche.bench.report;

import java.util.Collection;

/// The mean of ratios.
public final class GeometricMean {
    private GeometricMean() {}

    /// @param ratios at least one, all of them positive
    public static double of(Collection<Double> ratios) {
        if (ratios.isEmpty() || ratios.stream().anyMatch(ratio -> !(ratio > 0))) {
            throw new IllegalArgumentException("ratios must be positive, and at least one, ratios=" + ratios);
        }
        return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElseThrow());
    }
}
