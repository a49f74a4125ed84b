package dev.cloche.host.engine;

import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.call.Budget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The limits in force for one extension: what its manifest asks for, the default where it does not say.
///
/// @param timeoutNanos wall-clock time of one call, from entry to reply
/// @param memoryBytes all that one isolate holds
/// @param payloadBytes size of a call's payload
/// @param outputBytes size of a call's reply
/// @param logBytes log and console output of one call
/// @param hostcalls hostcalls of one call
/// @param timers pending timers of one isolate
/// @param microtasks microtasks between two macrotasks
/// @param fuel units of work of one call, about one for an instruction
public record Limits(
        long timeoutNanos,
        long memoryBytes,
        long payloadBytes,
        long outputBytes,
        long logBytes,
        long hostcalls,
        long timers,
        long microtasks,
        long fuel) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    public static final long DEFAULT_MEMORY_BYTES = 64L << 20;
    public static final long DEFAULT_PAYLOAD_BYTES = 16L << 20;
    public static final long DEFAULT_OUTPUT_BYTES = 16L << 20;
    public static final long DEFAULT_LOG_BYTES = 1L << 20;
    public static final long DEFAULT_HOSTCALLS = 10_000;
    public static final long DEFAULT_TIMERS = 1_000;
    public static final long DEFAULT_MICROTASKS = 1_000_000;

    /// More than a guest gets done in the default timeout on any machine of today.
    public static final long DEFAULT_FUEL = 50_000_000_000L;

    /// What code that runs when an isolate is made may use at least, however little a call may: the script engine's own
    /// start is a part of it.
    public static final long INITIALISATION_FUEL_MIN = 2_000_000_000;

    public static Limits of(LimitRequests requests) {
        return new Limits(
                requests.requestedTimeout().orElse(DEFAULT_TIMEOUT).toNanos(),
                or(requests.memory(), DEFAULT_MEMORY_BYTES),
                or(requests.payload(), DEFAULT_PAYLOAD_BYTES),
                or(requests.output(), DEFAULT_OUTPUT_BYTES),
                or(requests.log(), DEFAULT_LOG_BYTES),
                or(requests.hostcalls(), DEFAULT_HOSTCALLS),
                or(requests.timers(), DEFAULT_TIMERS),
                or(requests.microtasks(), DEFAULT_MICROTASKS),
                or(requests.fuel(), DEFAULT_FUEL));
    }

    /// These limits, or an operator's where those are smaller.
    ///
    /// @param caps what no extension may exceed
    public Limits within(LimitRequests caps) {
        return new Limits(
                caps.requestedTimeout()
                        .map(cap -> Math.min(cap.toNanos(), timeoutNanos))
                        .orElse(timeoutNanos),
                Math.min(memoryBytes, or(caps.memory(), Long.MAX_VALUE)),
                Math.min(payloadBytes, or(caps.payload(), Long.MAX_VALUE)),
                Math.min(outputBytes, or(caps.output(), Long.MAX_VALUE)),
                Math.min(logBytes, or(caps.log(), Long.MAX_VALUE)),
                Math.min(hostcalls, or(caps.hostcalls(), Long.MAX_VALUE)),
                Math.min(timers, or(caps.timers(), Long.MAX_VALUE)),
                Math.min(microtasks, or(caps.microtasks(), Long.MAX_VALUE)),
                Math.min(fuel, or(caps.fuel(), Long.MAX_VALUE)));
    }

    private static long or(@Nullable Long requested, long byDefault) {
        return requested == null ? byDefault : requested;
    }

    /// The work that may be done to make an isolate, in units.
    public long initialisationFuel() {
        return Math.max(fuel, INITIALISATION_FUEL_MIN);
    }

    /// The size of a budget, in the budget's own unit. The guest's stack has none that can be set: it is the thread's.
    public long of(Budget budget) {
        return switch (budget) {
            case MEMORY -> memoryBytes;
            case PAYLOAD -> payloadBytes;
            case OUTPUT -> outputBytes;
            case LOG -> logBytes;
            case HOSTCALLS -> hostcalls;
            case TIMERS -> timers;
            case MICROTASKS -> microtasks;
            case FUEL -> fuel;
            case STACK -> 0;
        };
    }
}
