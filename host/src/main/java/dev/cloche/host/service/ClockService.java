package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The operation `clock.now`: the time of day, and a time that never goes back.
final class ClockService {
    private static final String OP = "clock.now";
    private static final int REQUEST_BYTES_MAX = 1_024;
    private static final int ANSWER_BYTES = 2 * Long.BYTES;

    private final Clock wall;
    private final LongSupplier nanoClock;
    private final long beganNanos;

    /// @param wall the time of day
    /// @param nanoClock monotonic, in nanoseconds
    ClockService(Clock wall, LongSupplier nanoClock) {
        this.wall = wall;
        this.nanoClock = nanoClock;
        this.beganNanos = nanoClock.getAsLong();
    }

    List<Op> ops() {
        return List.of(Op.immediate(OP, "clock", this::now, this::nowCompat).withFormat());
    }

    private Outcome now(Admitted hostcall) {
        if (hostcall.format() == Format.TYPED) {
            requireEmpty(hostcall.request());
            byte[] answer = new byte[ANSWER_BYTES];
            ByteBuffer.wrap(answer)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(epochNanos())
                    .putLong(monotonicNanos());
            return new Outcome.Ok(Payload.wrap(answer));
        }
        if (hostcall.request().size() > 0) {
            var _ = JsonRequest.read(OP, hostcall.request(), REQUEST_BYTES_MAX, List.of());
        }
        return json();
    }

    private Outcome nowCompat(Admitted hostcall) {
        if (hostcall.format() == Format.TYPED) {
            requireEmpty(hostcall.request());
            byte[] answer = new byte[ANSWER_BYTES];
            CompatText.putLong(answer, 0, epochNanos());
            CompatText.putLong(answer, Long.BYTES, monotonicNanos());
            return new Outcome.Ok(Payload.wrap(answer));
        }
        if (hostcall.request().size() > 0) {
            var _ = CompatRequest.read(OP, hostcall.request(), REQUEST_BYTES_MAX, List.of());
        }
        return json();
    }

    private static void requireEmpty(Payload request) {
        if (request.size() > 0) {
            throw new InvalidRequestException(OP + ": the request must be empty, bytes=" + request.size());
        }
    }

    private Outcome json() {
        long nanos = epochNanos();
        return CompatText.ok("{\"epochMillis\":" + Math.floorDiv(nanos, TimeUnit.MILLISECONDS.toNanos(1))
                + ",\"monotonicNanos\":" + monotonicNanos() + "}");
    }

    private long epochNanos() {
        Instant now = wall.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private long monotonicNanos() {
        return nanoClock.getAsLong() - beganNanos;
    }
}
