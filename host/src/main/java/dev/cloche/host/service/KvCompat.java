package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import java.util.List;
import java.util.Optional;

/// The operations of the key-value store as the compat lane reads and answers them.
final class KvCompat {
    private static final int LENGTH_BYTES = 4;

    private final KvService service;

    KvCompat(KvService service) {
        this.service = service;
    }

    Outcome get(Admitted hostcall) {
        Optional<String> found = service.store().get(hostcall.extension(), key("kv.get", hostcall));
        if (typed(hostcall)) {
            return CompatText.ok(found.orElse(""));
        }
        return CompatText.ok(
                found.isPresent() ? "{\"found\":true,\"value\":" + found.get() + "}" : "{\"found\":false}");
    }

    Outcome set(Admitted hostcall) {
        String key;
        String value;
        if (typed(hostcall)) {
            Payload request = hostcall.request();
            int length = CompatText.length("kv.set", request, 0);
            key = key("kv.set", CompatText.text("kv.set", "key", request, LENGTH_BYTES, length));
            value = CompatRequest.value(
                    "kv.set",
                    "value",
                    CompatText.text(
                            "kv.set", "value", request, LENGTH_BYTES + length, request.size() - LENGTH_BYTES - length),
                    KvLimits.VALUE_BYTES_MAX);
        } else {
            CompatRequest request = CompatRequest.read(
                    "kv.set", hostcall.request(), KvService.SET_REQUEST_BYTES_MAX, List.of("key", "value"));
            key = key("kv.set", request.string("key", 1, KvLimits.KEY_BYTES_MAX));
            value = request.json("value", KvLimits.VALUE_BYTES_MAX);
        }
        Denied full = service.store(hostcall.extension(), key, value);
        return full != null ? full : CompatText.ok(typed(hostcall) ? "" : "{}");
    }

    Outcome delete(Admitted hostcall) {
        boolean deleted = service.store().delete(hostcall.extension(), key("kv.delete", hostcall));
        if (typed(hostcall)) {
            return new Outcome.Ok(Payload.wrap(new byte[] {(byte) (deleted ? 1 : 0)}));
        }
        return CompatText.ok("{\"deleted\":" + deleted + "}");
    }

    Outcome list(Admitted hostcall) {
        CompatRequest request = CompatRequest.read(
                "kv.list", hostcall.request(), KvService.SMALL_REQUEST_BYTES_MAX, List.of("prefix", "after", "limit"));
        String prefix = request.has("prefix") ? request.string("prefix", 0, KvLimits.KEY_BYTES_MAX) : "";
        String after = request.has("after") ? request.string("after", 0, KvLimits.KEY_BYTES_MAX) : "";
        noNul("kv.list", "prefix", prefix);
        noNul("kv.list", "after", after);
        int limit = request.integer("limit", 1, KvService.LIST_MAX, KvService.LIST_DEFAULT);
        List<String> keys = service.store().list(hostcall.extension(), prefix, after, limit);
        StringBuilder answer = new StringBuilder("{\"keys\":[");
        for (int i = 0; i < Math.min(limit, keys.size()); i++) {
            answer.append(i == 0 ? "" : ",").append(CompatText.quoted(keys.get(i)));
        }
        answer.append(']');
        if (keys.size() > limit) {
            answer.append(",\"next\":").append(CompatText.quoted(keys.get(limit - 1)));
        }
        return CompatText.ok(answer.append('}').toString());
    }

    private static boolean typed(Admitted hostcall) {
        return hostcall.format() == Format.TYPED;
    }

    private static String key(String op, Admitted hostcall) {
        Payload request = hostcall.request();
        return typed(hostcall)
                ? key(op, CompatText.text(op, "key", request, 0, request.size()))
                : key(
                        op,
                        CompatRequest.read(op, request, KvService.SMALL_REQUEST_BYTES_MAX, List.of("key"))
                                .string("key", 1, KvLimits.KEY_BYTES_MAX));
    }

    private static String key(String op, String key) {
        int bytes = CompatText.utf8Length(key);
        if (bytes < 1 || bytes > KvLimits.KEY_BYTES_MAX) {
            throw new InvalidRequestException(
                    op + ": the key must have 1 to " + KvLimits.KEY_BYTES_MAX + " bytes, field=key bytes=" + bytes);
        }
        noNul(op, "key", key);
        return key;
    }

    private static void noNul(String op, String field, String text) {
        if (text.contains("\0")) {
            throw new InvalidRequestException(op + ": the field must not contain U+0000, field=" + field);
        }
    }
}
