package dev.cloche.host;

import dev.cloche.host.hostcall.QuotaLimits;

/// How much of the host's services one extension may have, over all its isolates. Immutable; start from [#DEFAULT].
///
/// @param perSecond `per-second`: hostcalls a second, and at once after a quiet time; 100,000 by default
/// @param perMinute `per-minute`: hostcalls a minute; 3,000,000 by default
/// @param inFlight `in-flight`: hostcalls under way at the same time; 1,024 by default
/// @param bytes `bytes`: bytes of requests and answers a minute; 4 GiB by default
/// @param processes `processes`: programs of the system that run at the same time; 4 by default
public record QuotaConfig(long perSecond, long perMinute, int inFlight, long bytes, int processes) {
    public static final QuotaConfig DEFAULT = of(QuotaLimits.DEFAULT);

    /// @throws IllegalArgumentException if a value is out of range
    public QuotaConfig {
        var _ = new QuotaLimits(perSecond, perMinute, inFlight, bytes, processes);
    }

    private static QuotaConfig of(QuotaLimits limits) {
        return new QuotaConfig(
                limits.perSecond(), limits.perMinute(), limits.inFlight(), limits.bytesPerMinute(), limits.processes());
    }

    QuotaLimits limits() {
        return new QuotaLimits(perSecond, perMinute, inFlight, bytes, processes);
    }

    public QuotaConfig withPerSecond(long perSecond) {
        return new QuotaConfig(perSecond, perMinute, inFlight, bytes, processes);
    }

    public QuotaConfig withPerMinute(long perMinute) {
        return new QuotaConfig(perSecond, perMinute, inFlight, bytes, processes);
    }

    public QuotaConfig withInFlight(int inFlight) {
        return new QuotaConfig(perSecond, perMinute, inFlight, bytes, processes);
    }

    public QuotaConfig withBytes(long bytes) {
        return new QuotaConfig(perSecond, perMinute, inFlight, bytes, processes);
    }

    public QuotaConfig withProcesses(int processes) {
        return new QuotaConfig(perSecond, perMinute, inFlight, bytes, processes);
    }
}
