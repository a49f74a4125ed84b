package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.EventSink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Who is to be told of which events. Safe for use by many threads; nobody waits.
final class EventBus {
    /// How many topics one call may subscribe to.
    static final int TOPICS_MAX = 64;

    private static final String ANY = "*";

    /// By call; each is taken out when its call ends.
    private final Map<EventSink, List<String>> topics = new ConcurrentHashMap<>();

    /// Has events of a topic brought to a call until it ends.
    ///
    /// @param topic one that ends in `*` stands for all that begin so
    /// @return whether there was room
    boolean subscribe(String topic, EventSink sink) {
        List<String> known = topics.get(sink);
        if (known == null) {
            known = new CopyOnWriteArrayList<>();
            topics.put(sink, known);
            sink.listen(() -> topics.remove(sink));
        }
        if (known.contains(topic)) {
            return true;
        }
        return known.size() < TOPICS_MAX && known.add(topic);
    }

    /// Brings an event to all that have subscribed to its topic.
    ///
    /// @param except who sent it, and is not told
    /// @return how many took it
    int emit(String topic, String source, Payload data, @Nullable EventSink except) {
        int taken = 0;
        for (Map.Entry<EventSink, List<String>> each : topics.entrySet()) {
            boolean wants = !each.getKey().equals(except) && covers(each.getValue(), topic);
            if (wants && each.getKey().deliver(topic, source, data) == EventSink.Delivery.TAKEN) {
                taken++;
            }
        }
        return taken;
    }

    private static boolean covers(List<String> patterns, String topic) {
        for (String pattern : patterns) {
            boolean open = pattern.endsWith(ANY);
            if (open ? topic.startsWith(pattern.substring(0, pattern.length() - 1)) : topic.equals(pattern)) {
                return true;
            }
        }
        return false;
    }

    /// How many calls listen now.
    int listening() {
        return topics.size();
    }
}
