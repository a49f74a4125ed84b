package dev.cloche.bench.attack;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What was typed behind `cloche attack`.
///
/// @param only what the names of attacks have to have somewhere in them
/// @param seed the first of each attack's seeds
/// @param list whether attacks are only listed
record AttackArguments(boolean quick, Pattern only, long seed, boolean list, Format format) {
    static final String USAGE = """
            Usage: cloche attack [--quick] [--only=PATTERN] [--seed=N] [--json | --markdown] [--list]

            Runs hostile guests in a host that serves a well-behaved one meanwhile, and shows what became of each.
            Needs a source checkout; progress goes to the standard error.

            Options:
              --quick         each attack once in each mode, instead of with several seeds; under three minutes
              --only=PATTERN  only attacks whose name has this regular expression in it, as --list shows them
              --seed=N        the first seed (1); sizes and payloads follow from it
              --json          print JSON, with every run
              --markdown      print the table for a document
              --list          print the attacks, and what each tries, and run none
              --help          print this

            Exit status: 0 all attacks came to what they must; 1 one did not, or the host died; 2 wrong arguments.
            """;

    private static final String ONLY = "--only=";
    private static final String SEED = "--seed=";

    /// How the table is printed.
    enum Format {
        TEXT,
        JSON,
        MARKDOWN
    }

    /// @throws IllegalArgumentException if the arguments cannot be used
    static AttackArguments of(List<String> typed) {
        AttackArguments arguments = new AttackArguments(false, Pattern.compile(""), 1, false, Format.TEXT);
        for (String argument : typed) {
            arguments = arguments.with(argument);
        }
        return arguments;
    }

    private AttackArguments with(String argument) {
        return switch (argument) {
            case "--quick" -> new AttackArguments(true, only, seed, list, format);
            case "--list" -> new AttackArguments(quick, only, seed, true, format);
            case "--json" -> with(Format.JSON);
            case "--markdown" -> with(Format.MARKDOWN);
            default -> withValue(argument);
        };
    }

    private AttackArguments with(Format chosen) {
        if (format != Format.TEXT && format != chosen) {
            throw new IllegalArgumentException("--json and --markdown exclude each other");
        }
        return new AttackArguments(quick, only, seed, list, chosen);
    }

    private AttackArguments withValue(String argument) {
        if (argument.startsWith(ONLY)) {
            try {
                Pattern pattern = Pattern.compile(argument.substring(ONLY.length()));
                return new AttackArguments(quick, pattern, seed, list, format);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "not a regular expression: " + e.getDescription() + ", only=" + e.getPattern(), e);
            }
        }
        if (argument.startsWith(SEED)) {
            try {
                long number = Long.parseLong(argument.substring(SEED.length()));
                return new AttackArguments(quick, only, number, list, format);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "a seed is a whole number, seed=" + argument.substring(SEED.length()), e);
            }
        }
        throw new IllegalArgumentException("there is no such argument, argument=" + argument);
    }
}
