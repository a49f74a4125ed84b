package dev.cloche.host.hostcall;

/// How much one extension may have of the host's services, over all its isolates.
///
/// @param perSecond hostcalls a second, and at once after a quiet time
/// @param perMinute hostcalls a minute
/// @param inFlight hostcalls under way at the same time
/// @param bytesPerMinute bytes of requests and answers a minute
/// @param processes programs of the system that run at the same time
public record QuotaLimits(long perSecond, long perMinute, int inFlight, long bytesPerMinute, int processes) {
    public static final long PER_SECOND_MAX = 1_000_000_000L;
    public static final long PER_MINUTE_MAX = 60 * PER_SECOND_MAX;
    public static final int IN_FLIGHT_MAX = 1 << 20;
    public static final long BYTES_PER_MINUTE_MAX = 1L << 44;
    public static final int PROCESSES_MAX = 1_024;

    public static final QuotaLimits DEFAULT = new QuotaLimits(100_000, 3_000_000, 1_024, 4L << 30, 4);

    public QuotaLimits {
        require("per-second", perSecond, PER_SECOND_MAX);
        require("per-minute", perMinute, PER_MINUTE_MAX);
        require("in-flight", inFlight, IN_FLIGHT_MAX);
        require("bytes", bytesPerMinute, BYTES_PER_MINUTE_MAX);
        require("processes", processes, PROCESSES_MAX);
    }

    private static void require(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be in 1 to " + max + ", " + name + "=" + value);
        }
    }

    public QuotaLimits withPerSecond(long changed) {
        return new QuotaLimits(changed, perMinute, inFlight, bytesPerMinute, processes);
    }

    public QuotaLimits withPerMinute(long changed) {
        return new QuotaLimits(perSecond, changed, inFlight, bytesPerMinute, processes);
    }

    public QuotaLimits withInFlight(int changed) {
        return new QuotaLimits(perSecond, perMinute, changed, bytesPerMinute, processes);
    }

    public QuotaLimits withBytesPerMinute(long changed) {
        return new QuotaLimits(perSecond, perMinute, inFlight, changed, processes);
    }

    public QuotaLimits withProcesses(int changed) {
        return new QuotaLimits(perSecond, perMinute, inFlight, bytesPerMinute, changed);
    }
}
