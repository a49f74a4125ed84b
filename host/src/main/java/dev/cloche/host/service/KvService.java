package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpHandler;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operations `kv.get`, `kv.set`, `kv.delete` and `kv.list`.
final class KvService {
    /// How large a request without a value may be; a key may be written in escapes, six bytes for one.
    static final int SMALL_REQUEST_BYTES_MAX = 16 * 1024;

    /// How large a request with a value may be.
    static final int SET_REQUEST_BYTES_MAX = KvLimits.VALUE_BYTES_MAX + SMALL_REQUEST_BYTES_MAX;

    /// How many keys one `kv.list` answers at most, and by default.
    static final int LIST_MAX = 1_000;

    static final int LIST_DEFAULT = 100;

    private static final Logger LOG = LoggerFactory.getLogger(KvService.class);
    private static final String READ = "kv.read";
    private static final String WRITE = "kv.write";
    private static final Payload NOT_FOUND = Payload.text("{\"found\":false}");
    private static final Payload STORED = Payload.text("{}");
    private static final Payload DELETED = Payload.text("{\"deleted\":true}");
    private static final Payload NOT_DELETED = Payload.text("{\"deleted\":false}");

    private final KvStore store;

    KvService(KvStore store) {
        this.store = store;
    }

    List<Op> ops() {
        KvCompat compat = new KvCompat(this);
        return List.of(
                op("kv.get", READ, this::get, compat::get)
                        .reading()
                        .withFormat()
                        .quickly(this::getNow),
                op("kv.list", READ, this::list, compat::list).reading(),
                op("kv.set", WRITE, this::set, compat::set).withFormat(),
                op("kv.delete", WRITE, this::delete, compat::delete).withFormat());
    }

    private static Op op(String name, String capability, OpHandler fast, OpHandler compat) {
        return Op.blocking(name, capability, guarded(name, fast), guarded(name, compat));
    }

    private static OpHandler guarded(String name, OpHandler handler) {
        return hostcall -> {
            try {
                return handler.handle(hostcall);
            } catch (StorageException e) {
                return unusable(name, hostcall, e);
            }
        };
    }

    // The exception's own message names paths of this machine, which are nothing to a guest.
    private static Outcome unusable(String op, Admitted hostcall, StorageException e) {
        LOG.warn("kv: extension={} op={}: {}", hostcall.extension(), op, e.getMessage());
        FailedCode code = e.kind() == StorageException.Kind.INTERRUPTED ? FailedCode.CANCELLED : FailedCode.IO;
        return new Failed(
                code,
                "the key-value store cannot be used: " + e.kind().description() + ", op=" + op,
                e.kind().retryable());
    }

    private Outcome get(Admitted hostcall) {
        String key = keyOf("kv.get", hostcall);
        return got(hostcall, store.get(hostcall.extension(), key));
    }

    private @Nullable Outcome getNow(Admitted hostcall) {
        KvCache.Value known = store.peek(hostcall.extension(), keyOf("kv.get", hostcall));
        return known == null ? null : got(hostcall, known.json());
    }

    private static String keyOf(String op, Admitted hostcall) {
        return switch (hostcall.format()) {
            case JSON -> KeyRequest.of(op, hostcall.request()).key;
            case TYPED -> KvLayout.key(op, hostcall.request());
        };
    }

    private static Outcome got(Admitted hostcall, Optional<String> found) {
        return new Outcome.Ok(
                switch (hostcall.format()) {
                    case JSON ->
                        found.map(json -> Payload.text("{\"found\":true,\"value\":" + json + "}"))
                                .orElse(NOT_FOUND);
                    case TYPED -> found.map(Payload::text).orElse(Payload.EMPTY);
                });
    }

    private Outcome set(Admitted hostcall) {
        SetRequest request = switch (hostcall.format()) {
            case JSON -> SetRequest.of(hostcall.request());
            case TYPED -> KvLayout.set(hostcall.request());
        };
        Denied full = store(hostcall.extension(), request.key, request.value);
        return full != null ? full : new Outcome.Ok(hostcall.format() == Format.TYPED ? Payload.EMPTY : STORED);
    }

    /// Stores a value, or answers why there is no room for it.
    @Nullable
    Denied store(String extension, String key, String value) {
        return switch (store.set(extension, key, value)) {
            case KvStore.SetResult.Stored _ -> null;
            case KvStore.SetResult.OverLimit over ->
                new Denied(
                        DeniedCode.QUOTA,
                        "the extension's part of the key-value store is full; delete keys first, limit=" + over.limit()
                                + " used=" + over.used() + " max=" + over.max(),
                        Map.of(
                                "limit", over.limit(),
                                "used", Long.toString(over.used()),
                                "max", Long.toString(over.max())));
        };
    }

    private Outcome delete(Admitted hostcall) {
        boolean deleted = store.delete(hostcall.extension(), keyOf("kv.delete", hostcall));
        return new Outcome.Ok(
                switch (hostcall.format()) {
                    case JSON -> deleted ? DELETED : NOT_DELETED;
                    case TYPED -> KvLayout.flag(deleted);
                });
    }

    private Outcome list(Admitted hostcall) {
        ListRequest request = ListRequest.of(hostcall.request());
        List<String> keys = store.list(hostcall.extension(), request.prefix, request.after, request.limit);
        boolean more = keys.size() > request.limit;
        List<String> page = more ? keys.subList(0, request.limit) : keys;
        String next = more ? ",\"next\":" + JsonText.quoted(page.getLast()) : "";
        return new Outcome.Ok(Payload.text(
                page.stream().map(JsonText::quoted).collect(Collectors.joining(",", "{\"keys\":[", "]" + next + "}"))));
    }

    KvStore store() {
        return store;
    }

    private static String key(String op, JsonRequest json) {
        String key = json.nonEmptyString("key", KvLimits.KEY_BYTES_MAX);
        return withoutNul(op, "key", key);
    }

    // SQLite's own functions end a text at U+0000.
    private static String withoutNul(String op, String field, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidRequestException(op + ": the field must not contain U+0000, field=" + field);
        }
        return text;
    }

    private record KeyRequest(String key) {
        static KeyRequest of(String op, Payload payload) {
            JsonRequest json = JsonRequest.read(op, payload, SMALL_REQUEST_BYTES_MAX, List.of("key"));
            return new KeyRequest(KvService.key(op, json));
        }
    }

    record SetRequest(String key, String value) {
        static SetRequest of(Payload payload) {
            JsonRequest json = JsonRequest.read("kv.set", payload, SET_REQUEST_BYTES_MAX, List.of("key", "value"));
            return new SetRequest(KvService.key("kv.set", json), json.json("value", KvLimits.VALUE_BYTES_MAX));
        }
    }

    private record ListRequest(String prefix, String after, int limit) {
        static ListRequest of(Payload payload) {
            JsonRequest json =
                    JsonRequest.read("kv.list", payload, SMALL_REQUEST_BYTES_MAX, List.of("prefix", "after", "limit"));
            return new ListRequest(
                    withoutNul("kv.list", "prefix", json.string("prefix", KvLimits.KEY_BYTES_MAX, "")),
                    withoutNul("kv.list", "after", json.string("after", KvLimits.KEY_BYTES_MAX, "")),
                    json.integer("limit", 1, LIST_MAX, LIST_DEFAULT));
        }
    }
}
