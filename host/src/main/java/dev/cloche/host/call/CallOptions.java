package dev.cloche.host.call;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one call asks for beyond its payload. Immutable; start from [#DEFAULT] and narrow with the `with` methods.
public final class CallOptions {
    /// Nothing asked for: the entry's and the extension's own settings hold.
    public static final CallOptions DEFAULT = new CallOptions(null, null, null);

    private final @Nullable Duration timeout;
    private final @Nullable Long fuel;
    private final @Nullable Consumer<Usage> meter;

    private CallOptions(@Nullable Duration timeout, @Nullable Long fuel, @Nullable Consumer<Usage> meter) {
        this.timeout = timeout;
        this.fuel = fuel;
        this.meter = meter;
    }

    /// The wall-clock time from the call's entry to its reply. It can shorten the extension's own limit, never lengthen
    /// it.
    ///
    /// @throws IllegalArgumentException if the duration is not positive
    public CallOptions withTimeout(Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be positive, timeout=" + timeout);
        }
        return new CallOptions(timeout, fuel, meter);
    }

    /// The work that the call may do, in units of fuel. It can lower the extension's own limit, never raise it.
    ///
    /// @throws IllegalArgumentException if the number is not positive
    public CallOptions withFuel(long fuel) {
        if (fuel <= 0) {
            throw new IllegalArgumentException("fuel must be positive, fuel=" + fuel);
        }
        return new CallOptions(timeout, fuel, meter);
    }

    /// Who is told what the call used, once it is over and before its reply is returned. Not told of a call that never
    /// came to a guest. What it throws is logged and changes nothing of the reply.
    public CallOptions withMeter(Consumer<Usage> meter) {
        return new CallOptions(timeout, fuel, Objects.requireNonNull(meter, "meter"));
    }

    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    public OptionalLong fuel() {
        return fuel == null ? OptionalLong.empty() : OptionalLong.of(fuel);
    }

    public Optional<Consumer<Usage>> meter() {
        return Optional.ofNullable(meter);
    }
}
