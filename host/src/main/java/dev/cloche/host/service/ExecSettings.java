package dev.cloche.host.service;

import dev.cloche.host.policy.command.CommandPolicy;
import java.util.Objects;
import java.util.function.ToIntFunction;

/// What holds for programs that extensions run.
///
/// @param commands which commands are not run
/// @param processes how many an extension, by its id, may have running at a time
public record ExecSettings(CommandPolicy commands, ToIntFunction<String> processes) {
    public ExecSettings {
        Objects.requireNonNull(commands, "commands");
        Objects.requireNonNull(processes, "processes");
    }
}
