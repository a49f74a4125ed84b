package dev.cloche.host.policy.command;

import java.util.Locale;

/// What `${name...}` makes of a value.
final class ParameterOperators {
    /// How long a value may be that patterns are taken off.
    static final int TRIMMED_CHARS_MAX = 512;

    private ParameterOperators() {}

    /// The value after an operator that changes it; unknown where that cannot be told.
    static String applied(String value, String operator, String argument) {
        return switch (operator) {
            case "" -> value;
            case "#", "##" -> trimmed(value, argument, true, operator.length() == 2);
            case "%", "%%" -> trimmed(value, argument, false, operator.length() == 2);
            case "/", "//", "/#", "/%" -> replaced(value, argument, operator);
            case "^^" -> value.toUpperCase(Locale.ROOT);
            case ",," -> value.toLowerCase(Locale.ROOT);
            case "^" -> first(value).toUpperCase(Locale.ROOT) + rest(value);
            case "," -> first(value).toLowerCase(Locale.ROOT) + rest(value);
            case ":" -> part(value, argument);
            default -> Marks.UNKNOWN_TEXT;
        };
    }

    private static String first(String value) {
        return value.substring(0, Math.min(1, value.length()));
    }

    private static String rest(String value) {
        return value.substring(Math.min(1, value.length()));
    }

    private static String trimmed(String value, String pattern, boolean front, boolean longest) {
        if (value.length() > TRIMMED_CHARS_MAX || pattern.length() > TRIMMED_CHARS_MAX || !Marks.known(value)) {
            return Marks.UNKNOWN_TEXT;
        }
        for (int i = 0; i <= value.length(); i++) {
            int length = longest ? value.length() - i : i;
            int cut = front ? length : value.length() - length;
            String taken = front ? value.substring(0, cut) : value.substring(cut);
            if (Globs.matches(pattern, taken)) {
                return front ? value.substring(cut) : value.substring(0, cut);
            }
        }
        return value;
    }

    private static String replaced(String value, String argument, String operator) {
        int slash = argument.indexOf('/');
        String wanted = slash < 0 ? argument : argument.substring(0, slash);
        String put = slash < 0 ? "" : argument.substring(slash + 1);
        if (Globs.isPattern(wanted) || wanted.isEmpty() || !Marks.known(value + argument)) {
            return Marks.UNKNOWN_TEXT;
        }
        return switch (operator) {
            case "//" -> value.replace(wanted, put);
            case "/#" -> value.startsWith(wanted) ? put + value.substring(wanted.length()) : value;
            case "/%" -> value.endsWith(wanted) ? value.substring(0, value.length() - wanted.length()) + put : value;
            default -> {
                int at = value.indexOf(wanted);
                yield at < 0 ? value : value.substring(0, at) + put + value.substring(at + wanted.length());
            }
        };
    }

    private static String part(String value, String argument) {
        String[] numbers = argument.strip().split(":", -1);
        if (numbers.length > 2 || !Marks.known(value)) {
            return Marks.UNKNOWN_TEXT;
        }
        for (String number : numbers) {
            if (!number.strip().matches("-?\\d{1,6}")) {
                return Marks.UNKNOWN_TEXT;
            }
        }
        int from = place(value, Integer.parseInt(numbers[0].strip()));
        int length = numbers.length < 2 ? value.length() : Integer.parseInt(numbers[1].strip());
        int to = length < 0 ? value.length() + length : Math.min(value.length(), from + length);
        return to <= from ? "" : value.substring(from, to);
    }

    private static int place(String value, int offset) {
        return Math.clamp(offset < 0 ? value.length() + offset : offset, 0, value.length());
    }
}
