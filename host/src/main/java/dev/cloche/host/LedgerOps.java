package dev.cloche.host;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The operations that read the ledger: `ledger.ls`, `ledger.head`, `ledger.verify`.
final class LedgerOps {
    private final Host host;

    private LedgerOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        LedgerOps ops = new LedgerOps(host);
        return Map.of(
                "ledger.ls", ControlOp.of(ops::list, "extension", "since", "kinds", "after", "limit"),
                "ledger.head", ControlOp.of(ops::head),
                "ledger.verify", ControlOp.of(ops::verify, "expect_head"));
    }

    private void list(ControlParams params, JsonGenerator json) {
        Set<LedgerKind> kinds =
                params.texts("kinds").stream().map(LedgerOps::kind).collect(Collectors.toSet());
        OptionalLong after = params.number("after");
        LedgerQuery query = new LedgerQuery(
                params.optional("extension").orElse(null),
                params.optional("since").map(LedgerOps::time).orElse(null),
                kinds,
                boxed(after),
                params.number("limit").isPresent() ? params.integer("limit") : LedgerQuery.LIMIT_DEFAULT);
        json.writeArrayPropertyStart("rows");
        host.ledger().entries(query).forEach(entry -> write(json, entry));
        json.writeEndArray();
    }

    private static @Nullable Long boxed(OptionalLong number) {
        return number.isPresent() ? (Long) number.getAsLong() : null;
    }

    private static LedgerKind kind(String label) {
        return LedgerKind.ofLabel(label)
                .orElseThrow(() -> new IllegalArgumentException("there is no such kind of row, kind=" + label));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("a time is written 2026-02-03T04:05:06Z, since=" + text, e);
        }
    }

    private static void write(JsonGenerator json, LedgerEntry entry) {
        LedgerEvent event = entry.event();
        json.writeStartObject();
        json.writeNumberProperty("sequence", entry.sequence());
        json.writeStringProperty("time", entry.time().toString());
        json.writeStringProperty("kind", event.kind().label());
        json.writeStringProperty("extension", event.extension());
        json.writeStringProperty("reason_code", event.reasonCode());
        json.writeStringProperty("triggered_by", event.triggeredBy().label());
        json.writeStringProperty("from", event.from());
        json.writeStringProperty("to", event.to());
        json.writeNumberProperty("count", event.count());
        json.writeObjectPropertyStart("details");
        event.details().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeStringProperty("hash", entry.hash());
        json.writeEndObject();
    }

    private void head(ControlParams params, JsonGenerator json) {
        write(json, host.ledger().head());
    }

    private static void write(JsonGenerator json, LedgerHead head) {
        json.writeNumberProperty("rows", head.sequence());
        json.writeStringProperty("head", head.hash());
    }

    private void verify(ControlParams params, JsonGenerator json) {
        HostLedger ledger = host.ledger();
        LedgerVerdict verdict =
                params.optional("expect_head").map(ledger::verify).orElseGet(ledger::verify);
        switch (verdict) {
            case LedgerVerdict.Intact intact -> {
                json.writeStringProperty("verdict", "intact");
                write(json, intact.head());
            }
            case LedgerVerdict.Broken broken -> {
                json.writeStringProperty("verdict", "broken");
                json.writeNumberProperty("sequence", broken.sequence());
                json.writeStringProperty("message", broken.what());
            }
            case LedgerVerdict.Cut cut -> {
                json.writeStringProperty("verdict", "cut");
                write(json, cut.head());
                json.writeStringProperty("expected", cut.expected());
            }
        }
    }
}
