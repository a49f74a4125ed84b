package dev.cloche.host.policy.command;

import java.util.List;

/// What a program runs in turn.
sealed interface Nested {
    /// Another program.
    record Program(List<String> fields) implements Nested {}

    /// A text that a shell runs.
    ///
    /// @param arguments `$0`, `$1` and so on
    /// @param sameShell whether the shell that is running does, with what it knows
    record Script(Flow text, List<String> arguments, boolean sameShell) implements Nested {
        static Script of(String text) {
            return new Script(Flow.of(text), List.of("sh"), false);
        }
    }

    /// A text that the interpreter of another language runs.
    record Code(Flow text) implements Nested {}
}
