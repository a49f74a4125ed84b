package dev.cloche.host.call;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one call asks for beyond its payload. Immutable; start from [#DEFAULT] and narrow with the `with` methods.
public final class CallOptions {
    /// Nothing asked for: the entry's and the extension's own settings hold.
    public static final CallOptions DEFAULT = new CallOptions(null);

    private final @Nullable Duration timeout;

    private CallOptions(@Nullable Duration timeout) {
        this.timeout = timeout;
    }

    /// The wall-clock time from the call's entry to its reply. It can shorten the extension's own limit, never lengthen
    /// it.
    ///
    /// @throws IllegalArgumentException if the duration is not positive
    public CallOptions withTimeout(Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be positive, timeout=" + timeout);
        }
        return new CallOptions(timeout);
    }

    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }
}
