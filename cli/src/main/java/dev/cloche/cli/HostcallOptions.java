package dev.cloche.cli;

import dev.cloche.host.HostConfig;
import dev.cloche.host.HostcallConfig;
import dev.cloche.host.PolicyProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the commands that decide how hostcalls of their host are treated.
final class HostcallOptions {
    private static final String LANE = "--ext-compat-lane";
    private static final String POLICY = "--policy";

    @Option(
            names = LANE,
            paramLabel = "all|none|ID,...",
            description = "Whose hostcalls take the compat lane, before all that is forced or set.")
    private @Nullable String compatLane;

    @Option(
            names = POLICY,
            paramLabel = "PROFILE",
            description = "What extensions get because they ask: safe, balanced or permissive; by default what the"
                    + " settings say, or balanced.")
    private @Nullable String profile;

    /// The options that were given.
    List<String> given() {
        List<String> given = new ArrayList<>();
        if (compatLane != null) {
            given.add(LANE);
        }
        if (profile != null) {
            given.add(POLICY);
        }
        return given;
    }

    /// The configuration with what the options say.
    ///
    /// @throws CommandFailure if they cannot be used
    HostConfig applied(HostConfig config) {
        try {
            HostcallConfig hostcalls = config.hostcalls();
            if (compatLane != null) {
                hostcalls = hostcalls.withLanes(hostcalls.lanes().withOption(option(compatLane)));
            }
            if (profile != null) {
                hostcalls = hostcalls.withProfile(PolicyProfile.of(profile));
            }
            return config.withHostcalls(hostcalls);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /// An empty one would be as if it were not there.
    private static String option(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("it must be all, none, or ids of extensions, option=" + LANE);
        }
        return text;
    }
}
