package dev.cloche.host.policy.command;

import java.util.Locale;

/// What kind of harm a command does.
public enum CommandClass {
    /// Deletes folders with all that is in them: by force, or anything but a named folder below the working one.
    RECURSIVE_DELETE(CommandLevel.CRITICAL),
    /// Writes to a device's bytes past its file system.
    DEVICE_WRITE(CommandLevel.CRITICAL),
    /// Multiplies itself without end.
    FORK_BOMB(CommandLevel.CRITICAL),
    /// Makes a file system or a partition table anew, or empties a disk.
    DISK_WIPE(CommandLevel.CRITICAL),
    /// Ties a shell, or a program's execution, to a network connection.
    REVERSE_SHELL(CommandLevel.CRITICAL),
    /// Cannot be read as a command line, or not within the bounds, so that it may be anything.
    UNPARSEABLE(CommandLevel.CRITICAL),
    /// Runs text that is only known when it runs: downloaded, decoded, generated.
    PIPE_TO_SHELL(CommandLevel.HIGH),
    /// Stops or restarts the machine.
    SHUTDOWN(CommandLevel.HIGH),
    /// Runs as another user, or changes who may do what.
    PRIVILEGE_CHANGE(CommandLevel.HIGH),
    /// Ends processes by name, in groups, or all of them.
    PROCESS_KILL(CommandLevel.HIGH),
    /// Reads keys, passwords or tokens of the machine's users.
    CREDENTIAL_FILE(CommandLevel.HIGH);

    private final CommandLevel level;
    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    CommandClass(CommandLevel level) {
        this.level = level;
    }

    public CommandLevel level() {
        return level;
    }

    /// The name in rules, outcomes and documents, for example `fork-bomb`.
    public String label() {
        return label;
    }
}
