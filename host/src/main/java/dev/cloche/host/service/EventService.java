package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.EventSink;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.Scopes;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The operations `events.emit` and `events.subscribe`: extensions tell each other, and the host tells them, what
/// happens while they run.
final class EventService {
    /// How large an event's data may be.
    static final int DATA_BYTES_MAX = 64 * 1_024;

    /// How long a topic may be.
    static final int TOPIC_BYTES_MAX = 256;

    private static final int REQUEST_BYTES_MAX = DATA_BYTES_MAX + 16 * 1_024;
    private static final String EMIT = "events.emit";
    private static final String SUBSCRIBE = "events.subscribe";
    private static final String NOTHING = "null";

    private final EventBus bus;

    EventService(EventBus bus) {
        this.bus = bus;
    }

    List<Op> ops() {
        return List.of(
                Op.immediate(EMIT, EMIT, this::emit, this::emitCompat),
                Op.immediate(SUBSCRIBE, SUBSCRIBE, this::subscribe, this::subscribeCompat));
    }

    private Outcome emit(Admitted hostcall) {
        JsonRequest json = JsonRequest.read(EMIT, hostcall.request(), REQUEST_BYTES_MAX, List.of("topic", "data"));
        String topic = json.nonEmptyString("topic", TOPIC_BYTES_MAX);
        String data = json.has("data") ? json.json("data", DATA_BYTES_MAX) : NOTHING;
        return emit(hostcall, topic, data);
    }

    private Outcome emitCompat(Admitted hostcall) {
        CompatRequest json = CompatRequest.read(EMIT, hostcall.request(), REQUEST_BYTES_MAX, List.of("topic", "data"));
        String topic = json.string("topic", 1, TOPIC_BYTES_MAX);
        String data = json.has("data") ? json.json("data", DATA_BYTES_MAX) : NOTHING;
        return emit(hostcall, topic, data);
    }

    private Outcome emit(Admitted hostcall, String topic, String data) {
        requireOne(topic);
        Denied denied = denied(hostcall, EMIT, topic);
        if (denied != null) {
            return denied;
        }
        int delivered = bus.emit(topic, hostcall.extension(), Payload.text(data), hostcall.events());
        return CompatText.ok("{\"delivered\":" + delivered + "}");
    }

    /// Refuses what stands for many topics.
    private static void requireOne(String topic) {
        if (topic.indexOf('*') >= 0) {
            throw new InvalidRequestException(
                    EMIT + ": an event has one topic, without *, field=topic topic=" + JsonRequest.shown(topic));
        }
    }

    private Outcome subscribe(Admitted hostcall) {
        return subscribe(
                hostcall,
                JsonRequest.read(SUBSCRIBE, hostcall.request(), REQUEST_BYTES_MAX, List.of("topic"))
                        .nonEmptyString("topic", TOPIC_BYTES_MAX));
    }

    private Outcome subscribeCompat(Admitted hostcall) {
        return subscribe(
                hostcall,
                CompatRequest.read(SUBSCRIBE, hostcall.request(), REQUEST_BYTES_MAX, List.of("topic"))
                        .string("topic", 1, TOPIC_BYTES_MAX));
    }

    private Outcome subscribe(Admitted hostcall, String topic) {
        int star = topic.indexOf('*');
        if (star >= 0 && star < topic.length() - 1) {
            throw new InvalidRequestException(SUBSCRIBE
                    + ": * stands for any rest, at the end alone, field=topic topic=" + JsonRequest.shown(topic));
        }
        Denied denied = denied(hostcall, SUBSCRIBE, topic);
        if (denied != null) {
            return denied;
        }
        EventSink events = hostcall.events();
        if (events == null) {
            return new Failed(
                    FailedCode.UNSUPPORTED,
                    SUBSCRIBE + ": this guest has no event loop to take events with; scripts have one",
                    false);
        }
        if (!bus.subscribe(topic, events)) {
            return new Denied(
                    DeniedCode.QUOTA,
                    SUBSCRIBE + ": the call has as many subscriptions as it may; subscribe to a topic that ends in *,"
                            + " limit=" + EventBus.TOPICS_MAX,
                    Map.of("quota", "subscriptions", "limit", Integer.toString(EventBus.TOPICS_MAX)));
        }
        return CompatText.ok("{}");
    }

    private static @Nullable Denied denied(Admitted hostcall, String op, String topic) {
        Predicate<Capability> covers = side -> Scopes.coversTopic(side, topic);
        if (hostcall.allowed().permits(covers)) {
            return null;
        }
        String rule = hostcall.allowed().refusal(covers);
        return new Denied(
                DeniedCode.POLICY,
                op + ": " + Scopes.why(rule, op) + ", topic=" + JsonRequest.shown(topic),
                Map.of("capability", op, "rule", rule, "topic", JsonRequest.shown(topic)));
    }

    /// Tells the guests that run of what the host itself has to say.
    ///
    /// @throws IllegalArgumentException if the topic is none, or the data is no JSON or too large
    int emit(String topic, String source, String json) {
        int bytes = CompatText.utf8Length(topic);
        if (bytes < 1 || bytes > TOPIC_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a topic has 1 to " + TOPIC_BYTES_MAX + " bytes in UTF-8, topic=" + JsonRequest.shown(topic));
        }
        requireOne(topic);
        JsonRequest.value(EMIT, "data", json, DATA_BYTES_MAX);
        return bus.emit(topic, source, Payload.text(json), null);
    }
}
