package dev.cloche.bench.report;

import java.util.Locale;

/// What a number is a number of.
public enum Unit {
    NANOSECONDS {
        @Override
        public String text(double value) {
            double size = Math.abs(value);
            if (size < 1e3) {
                return digits(value) + " ns";
            }
            if (size < 1e6) {
                return digits(value / 1e3) + " µs";
            }
            return size < 1e9 ? digits(value / 1e6) + " ms" : digits(value / 1e9) + " s";
        }
    },
    BYTES {
        @Override
        public String text(double value) {
            double size = Math.abs(value);
            if (size < KIB) {
                return digits(value) + " B";
            }
            return size < KIB * KIB ? digits(value / KIB) + " KiB" : digits(value / (KIB * KIB)) + " MiB";
        }
    },
    RATIO {
        @Override
        public String text(double value) {
            return digits(value) + "x";
        }
    },
    PROBABILITY {
        @Override
        public String text(double value) {
            return value >= SMALLEST ? "p = " + digits(value) : "p < 0.0001";
        }
    };

    private static final double KIB = 1024;
    private static final double SMALLEST = 0.0001;
    private static final int DIGITS = 3;

    /// The value as a person reads it.
    public abstract String text(double value);

    private static String digits(double value) {
        double size = Math.abs(value);
        int whole = size < 1 ? 1 : (int) Math.floor(Math.log10(size)) + 1;
        int decimals = size > 0 && size < 0.1 ? DIGITS + 1 : Math.max(0, DIGITS - whole);
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
