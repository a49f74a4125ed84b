package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A program, or what a shell has built in, with its arguments as it gets them.
///
/// @param fields what it was called, then its arguments
/// @param fromFile whether its input is a file that nothing is known about
/// @param source the command as it was written
record Invocation(List<String> fields, Scope scope, Flow input, boolean fromFile, String source) {
    /// Stands for the process that started the shell.
    static final String PARENT = "%parent";

    /// Stands for a process that the shell started itself.
    static final String BACKGROUND = "%background";

    /// The program's name without its folder.
    String name() {
        String called = fields.getFirst();
        int start = 0;
        while (called.startsWith("\\", start)) {
            start++;
        }
        return Paths.name(called.substring(start));
    }

    List<String> arguments() {
        return fields.subList(1, fields.size());
    }

    /// The arguments from one on, none if there are not so many.
    List<String> from(int index) {
        return fields.subList(Math.min(1 + index, fields.size()), fields.size());
    }

    /// Those that are no options.
    List<String> operands() {
        List<String> operands = new ArrayList<>();
        boolean options = true;
        for (String argument : arguments()) {
            if (options && argument.equals("--")) {
                options = false;
            } else if (!options || !isOption(argument)) {
                operands.add(argument);
            }
        }
        return operands;
    }

    static boolean isOption(String argument) {
        return argument.length() > 1 && argument.startsWith("-");
    }

    /// Whether a one-letter option is there, alone or in a group of them.
    boolean flag(char letter) {
        for (String argument : arguments()) {
            if (argument.equals("--")) {
                return false;
            }
            if (isOption(argument) && !argument.startsWith("--") && argument.indexOf(letter) > 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether a long option is there, whole or shortened.
    boolean option(String whole) {
        for (String argument : arguments()) {
            if (argument.equals("--")) {
                return false;
            }
            String written = argument.split("=", 2)[0];
            if (written.length() > 2 && written.startsWith("--") && whole.startsWith(written)) {
                return true;
            }
        }
        return false;
    }

    /// Whether an argument is there just so.
    boolean has(String... any) {
        return arguments().stream().anyMatch(List.of(any)::contains);
    }

    /// What an option is given, behind it or in the argument after it.
    Optional<String> valueOf(String... names) {
        List<String> arguments = arguments();
        for (int i = 0; i < arguments.size(); i++) {
            for (String name : names) {
                String argument = arguments.get(i);
                if (argument.equals(name)) {
                    return i + 1 < arguments.size() ? Optional.of(arguments.get(i + 1)) : Optional.empty();
                }
                if (argument.startsWith(name + "=")) {
                    return Optional.of(argument.substring(name.length() + 1));
                }
                if (!name.startsWith("--") && argument.startsWith(name) && name.length() == 2) {
                    return Optional.of(argument.substring(2));
                }
            }
        }
        return Optional.empty();
    }

    /// What a one-letter option is given, also in a group of letters: the rest of the group, or the argument after it.
    Optional<String> letterValue(char letter) {
        List<String> arguments = arguments();
        for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
            String argument = arguments.get(i);
            int at = isOption(argument) && !argument.startsWith("--") ? argument.indexOf(letter) : -1;
            if (at > 0 && at + 1 < argument.length()) {
                return Optional.of(argument.substring(at + 1));
            }
            if (at > 0) {
                return i + 1 < arguments.size() ? Optional.of(arguments.get(i + 1)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// Whether all it is asked for is to tell about itself.
    boolean asksForHelp() {
        return fields.size() == 2 && has("--help", "--version", "-V");
    }

    /// A path as it is meant from the folder that the shell is in.
    String resolved(String path) {
        return Paths.resolved(scope.folder(), path);
    }

    /// The same program with other arguments, or another one in its place.
    Invocation with(List<String> other, Scope in) {
        return new Invocation(other, in, input, fromFile, source);
    }
}
