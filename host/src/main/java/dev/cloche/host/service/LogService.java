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
import dev.cloche.host.telemetry.LogLine;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/// The operation `log`: a line of an extension, handed to the host's sink.
final class LogService {
    /// How large a request may be.
    static final int REQUEST_BYTES_MAX = 1024 * 1024;

    /// How many characters of a message are kept; the rest is cut, and the line says so.
    static final int MESSAGE_CHARS_MAX = 16 * 1024;

    private static final String OP = "log";
    private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");
    private static final Payload DONE = Payload.text("{}");

    private final Consumer<LogLine> sink;

    LogService(Consumer<LogLine> sink) {
        this.sink = sink;
    }

    List<Op> ops() {
        return List.of(Op.immediate(OP, "log", this::log, this::logCompat).withFormat());
    }

    private Outcome log(Admitted hostcall) {
        Request request = switch (hostcall.format()) {
            case JSON -> Request.of(hostcall.request());
            case TYPED -> Request.typed(hostcall.request());
        };
        write(hostcall, request.level, request.message);
        return new Outcome.Ok(hostcall.format() == Format.TYPED ? Payload.EMPTY : DONE);
    }

    private Outcome logCompat(Admitted hostcall) {
        if (hostcall.format() == Format.TYPED) {
            byte[] bytes = hostcall.request().unsafeBytes();
            if (bytes.length > REQUEST_BYTES_MAX || bytes.length == 0 || bytes[0] < 0 || bytes[0] >= LEVELS.size()) {
                throw new InvalidRequestException(OP + ": a request begins with a level from 0 to 3, field=level");
            }
            String message = CompatText.text(OP, "message", hostcall.request(), 1, bytes.length - 1);
            write(hostcall, Level.valueOf(LEVELS.get(bytes[0]).toUpperCase(Locale.ROOT)), message);
            return CompatText.ok("");
        }
        CompatRequest request =
                CompatRequest.read(OP, hostcall.request(), REQUEST_BYTES_MAX, List.of("level", "message"));
        String level = request.oneOf("level", LEVELS);
        String message = request.anyString("message");
        write(hostcall, Level.valueOf(level.toUpperCase(Locale.ROOT)), message);
        return CompatText.ok("{}");
    }

    private void write(Admitted hostcall, Level level, String message) {
        sink.accept(new LogLine(hostcall.extension(), hostcall.frame().callId(), level, LogText.onOneLine(message)));
    }

    private record Request(Level level, String message) {
        static Request of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, REQUEST_BYTES_MAX, List.of("level", "message"));
            return new Request(
                    Level.valueOf(json.oneOf("level", LEVELS).toUpperCase(Locale.ROOT)), json.anyString("message"));
        }

        /// A byte for the level, `debug` being 0, and the message in UTF-8.
        static Request typed(Payload payload) {
            byte[] bytes = payload.unsafeBytes();
            if (bytes.length < 1 || bytes.length > REQUEST_BYTES_MAX || bytes[0] < 0 || bytes[0] > 3) {
                throw new InvalidRequestException(
                        OP + ": a request must begin with a byte from 0 to 3, and have at most " + REQUEST_BYTES_MAX
                                + " bytes, field=level bytes=" + bytes.length);
            }
            try {
                CharBuffer message =
                        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 1, bytes.length - 1));
                return new Request(Level.valueOf(LEVELS.get(bytes[0]).toUpperCase(Locale.ROOT)), message.toString());
            } catch (CharacterCodingException e) {
                throw new InvalidRequestException(OP + ": the message must be UTF-8, field=message");
            }
        }
    }
}
