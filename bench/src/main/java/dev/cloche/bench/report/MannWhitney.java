package dev.cloche.bench.report;

import java.util.Arrays;

/// The rank test of Mann and Whitney: whether values of one kind tend to be smaller than those of another, without any
/// assumption on how they are distributed. By the normal approximation, with corrections for ties and continuity, which
/// is good for eight or more samples of each kind.
///
/// Mann, Whitney: On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other, 1947.
///
/// @param u how many pairs have the first kind's value above the other's; half of one for an equal pair
/// @param pLess how likely so small a `u` is if both kinds are alike
public record MannWhitney(double u, double pLess) {
    private static final double CONTINUITY = 0.5;

    /// Tests whether the first kind is smaller.
    public static MannWhitney of(Samples first, Samples second) {
        double[] all = concatenated(first.values(), second.values());
        Arrays.sort(all);
        double rankSum = 0;
        for (double value : first.values()) {
            rankSum += rank(all, value);
        }
        double n1 = first.count();
        double n2 = second.count();
        double u = rankSum - n1 * (n1 + 1) / 2;
        double n = n1 + n2;
        double variance = n1 * n2 / 12 * (n + 1 - ties(all) / (n * (n - 1)));
        if (variance <= 0) {
            return new MannWhitney(u, 1);
        }
        return new MannWhitney(u, below((u - n1 * n2 / 2 + CONTINUITY) / Math.sqrt(variance)));
    }

    private static double[] concatenated(double[] first, double[] second) {
        double[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /// The mean of the ranks, from 1, that equal values share.
    private static double rank(double[] sorted, double value) {
        int any = Arrays.binarySearch(sorted, value);
        int from = any;
        while (from > 0 && sorted[from - 1] == value) {
            from--;
        }
        int to = any;
        while (to < sorted.length - 1 && sorted[to + 1] == value) {
            to++;
        }
        return (from + to) / 2.0 + 1;
    }

    private static double ties(double[] sorted) {
        double sum = 0;
        for (int from = 0; from < sorted.length; ) {
            int to = from;
            while (to < sorted.length && sorted[to] == sorted[from]) {
                to++;
            }
            double tied = to - from;
            sum += tied * tied * tied - tied;
            from = to;
        }
        return sum;
    }

    /// The part of a standard normal distribution that lies below `z`.
    static double below(double z) {
        double tail = tail(Math.abs(z));
        return z < 0 ? tail : 1 - tail;
    }

    /// Abramowitz, Stegun: Handbook of Mathematical Functions, 26.2.17; wrong by less than 7.5e-8, which would be much
    /// for a small tail, so that the continued fraction 26.2.14 stands for those.
    private static double tail(double z) {
        double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        if (z > 3) {
            double fraction = z;
            for (int k = 60; k >= 1; k--) {
                fraction = z + k / fraction;
            }
            return density / fraction;
        }
        double t = 1 / (1 + 0.2316419 * z);
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return density * sum;
    }
}
