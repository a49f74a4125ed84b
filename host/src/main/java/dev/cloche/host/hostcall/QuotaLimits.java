package dev.cloche.host.hostcall;

/// How many hostcalls one extension may make.
///
/// @param perSecond the rate that can be kept up
/// @param burst how many may come at once after a quiet time
/// @param inFlight how many may be under way at the same time, over all isolates of the extension
/// @param laneCapacity how many of those may be submitted ones, whose isolate does not wait on its thread
public record QuotaLimits(long perSecond, long burst, int inFlight, int laneCapacity) {
    public static final long PER_SECOND_DEFAULT = 100_000;
    public static final long BURST_DEFAULT = 100_000;
    public static final int IN_FLIGHT_DEFAULT = 1_024;
    public static final int LANE_CAPACITY_DEFAULT = 256;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    public static final QuotaLimits DEFAULT =
            new QuotaLimits(PER_SECOND_DEFAULT, BURST_DEFAULT, IN_FLIGHT_DEFAULT, LANE_CAPACITY_DEFAULT);

    public QuotaLimits {
        if (perSecond < 1 || perSecond > NANOS_PER_SECOND) {
            throw new IllegalArgumentException("rate must be in 1 to 1000000000 a second, perSecond=" + perSecond);
        }
        if (burst < 1 || burst > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("burst must be in 1 to 2147483647, burst=" + burst);
        }
        if (inFlight < 1 || laneCapacity < 1) {
            throw new IllegalArgumentException(
                    "hostcalls in flight must be possible, inFlight=" + inFlight + " laneCapacity=" + laneCapacity);
        }
    }

    /// The time after which one more hostcall may be made, at the rate that can be kept up.
    long nanosPerCall() {
        return NANOS_PER_SECOND / perSecond;
    }
}
