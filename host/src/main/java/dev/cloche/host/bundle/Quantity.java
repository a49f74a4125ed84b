package dev.cloche.host.bundle;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Durations and sizes as manifests write them: a whole number and a unit.
final class Quantity {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private Quantity() {}

    /// The duration that the text says; nothing if it has not the form or is beyond what a `long` of milliseconds
    /// holds.
    static Optional<Duration> duration(String text) {
        OptionalLong millis = times(text, unit -> switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 0;
        });
        return millis.isPresent() ? Optional.of(Duration.ofMillis(millis.getAsLong())) : Optional.empty();
    }

    /// The number of bytes that the text says; nothing if it has not the form or is beyond a `long`.
    static OptionalLong bytes(String text) {
        return times(text, unit -> switch (unit) {
            case "B" -> 1;
            case "KiB" -> KIB;
            case "MiB" -> MIB;
            case "GiB" -> GIB;
            default -> 0;
        });
    }

    /// The duration in the largest unit that says it exactly.
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /// The number of bytes in the largest unit that says it exactly, but for GiB.
    static String text(long bytes) {
        if (bytes % MIB == 0) {
            return bytes / MIB + "MiB";
        }
        return bytes % KIB == 0 ? bytes / KIB + "KiB" : bytes + "B";
    }

    /// What a unit stands for, 0 if it does not exist.
    @FunctionalInterface
    private interface Units {
        long factor(String unit);
    }

    private static OptionalLong times(String text, Units units) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        long factor = units.factor(text.substring(digits));
        if (digits == 0 || factor == 0) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factor));
        } catch (ArithmeticException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
