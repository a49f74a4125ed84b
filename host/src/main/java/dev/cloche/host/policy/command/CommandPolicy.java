package dev.cloche.host.policy.command;

import java.util.Objects;
import java.util.Optional;

/// From which level on commands are not run.
///
/// @param blockedFrom `HIGH` or `CRITICAL`: what is critical never runs
public record CommandPolicy(CommandLevel blockedFrom) {
    /// Of the profile `safe`.
    public static final CommandPolicy SAFE = new CommandPolicy(CommandLevel.HIGH);

    /// Of the profile `balanced`.
    public static final CommandPolicy BALANCED = new CommandPolicy(CommandLevel.HIGH);

    /// Of the profile `permissive`.
    public static final CommandPolicy PERMISSIVE = new CommandPolicy(CommandLevel.CRITICAL);

    public CommandPolicy {
        Objects.requireNonNull(blockedFrom, "blockedFrom");
        if (blockedFrom == CommandLevel.NONE) {
            throw new IllegalArgumentException("a level that blocks must be high or critical, blockedFrom=none");
        }
    }

    /// What holds with a profile.
    ///
    /// @param label `safe`, `balanced` or `permissive`
    public static CommandPolicy ofProfile(String label) {
        return switch (label) {
            case "safe" -> SAFE;
            case "balanced" -> BALANCED;
            case "permissive" -> PERMISSIVE;
            default ->
                throw new IllegalArgumentException("a profile is safe, balanced or permissive, profile=" + label);
        };
    }

    /// The worst finding for which a command is not run; empty if it may run.
    public Optional<CommandFinding> blocking(CommandReport report) {
        return report.findings().stream()
                .findFirst()
                .filter(worst -> worst.level().atLeast(blockedFrom));
    }
}
