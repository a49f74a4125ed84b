package dev.cloche.cli;

import dev.cloche.host.HostConfig;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of the commands that call a guest.
final class CallSettings {
    @Option(names = "--input", paramLabel = "TEXT", description = "The payload, as text.")
    private @Nullable String input;

    @Option(names = "--json", description = "Print one JSON object that says how the call went, whatever came of it.")
    private boolean json;

    @Option(
            names = "--grant",
            paramLabel = "CAP[:PARAM=V,V;...]",
            converter = CapabilityConverter.class,
            description = "Allow the extension a capability that its manifest asks for. Can be given more than once.")
    private List<Capability> grants = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description =
                    "End the call after this time, for example 500ms or 5s. It can only shorten the extension's own"
                            + " limit.")
    private @Nullable Duration timeout;

    @Option(
            names = "--fuel",
            paramLabel = "N",
            description = "End the call after so much work, in units of about one instruction. It can only lower the"
                    + " extension's own limit.")
    private @Nullable Long fuel;

    @Option(names = "--usage", description = "Say on the error stream what fuel and time the call used.")
    private boolean usage;

    @Mixin
    private final HostcallOptions hostcalls = new HostcallOptions();

    boolean json() {
        return json;
    }

    boolean usage() {
        return usage;
    }

    CallOptions options() {
        CallOptions options = CallOptions.DEFAULT;
        if (timeout != null) {
            options = options.withTimeout(timeout);
        }
        if (fuel != null) {
            if (fuel <= 0) {
                throw new CommandFailure(
                        ExitStatus.USAGE, "--fuel must be 1 or more, and is " + fuel + "; leave it out for no limit");
            }
            options = options.withFuel(fuel);
        }
        return options;
    }

    /// Reads the payload from `--input`, the file, or the input of the process.
    Payload payload(@Nullable String file, Terminal terminal) {
        return new PayloadSource(terminal).read(input, file);
    }

    /// Those of these options that only a host of this command's own can go by.
    List<String> ofOwnHost() {
        List<String> given = new ArrayList<>(hostcalls.given());
        if (!grants.isEmpty()) {
            given.add("--grant");
        }
        return given;
    }

    /// The configuration with the grants, lanes and profile of the command line.
    HostConfig configured(HostConfig config, String extension) {
        HostConfig granted = hostcalls.applied(config);
        for (Capability grant : grants) {
            granted = granted.withGrant(extension, grant);
        }
        return granted;
    }

    /// Says which grants come to nothing because the manifest does not ask for the capability.
    ///
    /// @param requested what it asks for
    void warnOfIdleGrants(String extension, Collection<String> requested, Terminal terminal) {
        for (Capability grant : grants) {
            if (!requested.contains(grant.name())) {
                terminal.errorLine(ErrorReporter.PREFIX + "the grant has no effect, since the manifest of " + extension
                        + " does not ask for it, grant=" + PlainText.line(grant.name()));
            }
        }
    }
}
