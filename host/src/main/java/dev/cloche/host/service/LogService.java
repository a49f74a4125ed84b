package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.telemetry.LogLine;
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
        return List.of(new Op(OP, "log", /* canBlock= */ false, this::log));
    }

    private Outcome log(Admitted hostcall) {
        Request request = Request.of(hostcall.request());
        sink.accept(new LogLine(
                hostcall.extension(), hostcall.frame().callId(), request.level, LogText.onOneLine(request.message)));
        return new Outcome.Ok(DONE);
    }

    private record Request(Level level, String message) {
        static Request of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, REQUEST_BYTES_MAX, List.of("level", "message"));
            return new Request(
                    Level.valueOf(json.oneOf("level", LEVELS).toUpperCase(Locale.ROOT)), json.anyString("message"));
        }
    }
}
