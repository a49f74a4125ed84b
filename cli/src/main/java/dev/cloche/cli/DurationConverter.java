package dev.cloche.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads durations such as `250ms`, `5s` and `2m`.
final class DurationConverter implements ITypeConverter<Duration> {
    /// At most nine digits, so that no unit can overflow.
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw refused(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        if (amount == 0) {
            throw refused(text);
        }
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "write a positive number and a unit of ms, s, m or h, for example 5s, duration=" + text);
    }
}
