package dev.cloche.host.hostcall;

/// How many hostcalls of one extension there were, at one moment.
///
/// @param immediate answered at once in the fast lane, refusals included
/// @param queued carried by the reactor
/// @param compat carried in the compat lane
/// @param denied refused by policy or quota
/// @param backpressure refused since there was no room
/// @param inFlight under way now
public record HostcallCounts(long immediate, long queued, long compat, long denied, long backpressure, int inFlight) {

    /// Both together.
    public HostcallCounts plus(HostcallCounts other) {
        return new HostcallCounts(
                immediate + other.immediate,
                queued + other.queued,
                compat + other.compat,
                denied + other.denied,
                backpressure + other.backpressure,
                inFlight + other.inFlight);
    }

    /// The same, with so many more under way.
    public HostcallCounts withInFlight(int more) {
        return new HostcallCounts(immediate, queued, compat, denied, backpressure, inFlight + more);
    }
}
