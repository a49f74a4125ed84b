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
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// The operation `random.bytes`.
final class RandomService {
    private static final String OP = "random.bytes";
    private static final int REQUEST_BYTES_MAX = 1_024;

    /// How many bytes one hostcall draws at most.
    static final int COUNT_MAX = 64 * 1_024;

    private final Random random;

    /// @param random what bytes are drawn from; safe for many threads
    RandomService(Random random) {
        this.random = random;
    }

    List<Op> ops() {
        return List.of(
                Op.immediate(OP, "random", this::bytes, this::bytesCompat).withFormat());
    }

    private Outcome bytes(Admitted hostcall) {
        Payload request = hostcall.request();
        if (hostcall.format() == Format.JSON) {
            JsonRequest json = JsonRequest.read(OP, request, REQUEST_BYTES_MAX, List.of("count"));
            if (!json.has("count")) {
                throw wrong("nothing");
            }
            return json(json.integer("count", 1, COUNT_MAX, 0));
        }
        if (request.size() != Integer.BYTES) {
            throw new InvalidRequestException(OP + ": the request must be a count in 4 bytes, bytes=" + request.size());
        }
        return typed(Integer.toUnsignedLong(ByteBuffer.wrap(request.unsafeBytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt()));
    }

    private Outcome bytesCompat(Admitted hostcall) {
        Payload request = hostcall.request();
        if (hostcall.format() == Format.JSON) {
            CompatRequest json = CompatRequest.read(OP, request, REQUEST_BYTES_MAX, List.of("count"));
            if (!json.has("count")) {
                throw wrong("nothing");
            }
            return json(json.integer("count", 1, COUNT_MAX, 0));
        }
        byte[] bytes = request.unsafeBytes();
        if (bytes.length != Integer.BYTES) {
            throw new InvalidRequestException(OP + ": the request must be a count in 4 bytes, bytes=" + bytes.length);
        }
        return typed(CompatText.unsigned(bytes, 0));
    }

    private Outcome json(int count) {
        byte[] drawn = new byte[count];
        random.nextBytes(drawn);
        return CompatText.ok("{\"bytes\":\"" + Base64.getEncoder().encodeToString(drawn) + "\"}");
    }

    private Outcome typed(long count) {
        if (count < 1 || count > COUNT_MAX) {
            throw wrong(Long.toString(count));
        }
        byte[] drawn = new byte[(int) count];
        random.nextBytes(drawn);
        return new Outcome.Ok(Payload.wrap(drawn));
    }

    private static InvalidRequestException wrong(String found) {
        return new InvalidRequestException(
                OP + ": the field must be a whole number from 1 to " + COUNT_MAX + ", field=count found=" + found);
    }
}
