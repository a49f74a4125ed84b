package dev.cloche.bench.report;

import java.util.Arrays;
import java.util.Collection;

/// Measured values of one thing, at least one of them. Immutable.
public final class Samples {
    private static final double MEDIAN = 0.5;
    private static final double P95 = 0.95;

    private final double[] sorted;

    private Samples(double[] sorted) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("there must be a sample, samples=0");
        }
        Arrays.sort(sorted);
        if (Double.isNaN(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("samples must be numbers, samples=" + Arrays.toString(sorted));
        }
        this.sorted = sorted;
    }

    public static Samples of(double... values) {
        return new Samples(values.clone());
    }

    public static Samples of(Collection<Double> values) {
        return new Samples(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public int count() {
        return sorted.length;
    }

    public double smallest() {
        return sorted[0];
    }

    public double median() {
        return percentile(MEDIAN);
    }

    public double p95() {
        return percentile(P95);
    }

    /// The value below which this part of the samples lies, on a straight line between the two that are nearest.
    ///
    /// @param part from 0 to 1
    public double percentile(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("a percentile's part must be from 0 to 1, part=" + part);
        }
        double position = part * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /// The values in rising order.
    public double[] values() {
        return sorted.clone();
    }
}
