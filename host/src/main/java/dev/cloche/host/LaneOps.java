package dev.cloche.host;

import dev.cloche.host.ledger.LedgerEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The operations on lanes: `lane.show`, `lane.force`, `lane.revert`.
final class LaneOps {
    private final Host host;

    private LaneOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        LaneOps ops = new LaneOps(host);
        return Map.of(
                "lane.show", ControlOp.of(ops::show),
                "lane.force", ControlOp.of(ops::force, "extension", "reason", "by"),
                "lane.revert", ControlOp.of(ops::revert, "extension", "by"));
    }

    private void show(ControlParams params, JsonGenerator json) {
        HostLanes lanes = host.lanes();
        json.writeArrayPropertyStart("lanes");
        host.parts().extensionIds().forEach(id -> write(json, lanes.of(id)));
        json.writeEndArray();
        json.writeArrayPropertyStart("forces");
        lanes.forces().forEach(force -> write(json, force));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, LaneStatus status) {
        json.writeStartObject();
        json.writeStringProperty("extension", status.extension());
        json.writeStringProperty("lane", status.lane());
        json.writeStringProperty("reason_code", status.reasonCode());
        json.writeStringProperty("triggered_by", status.triggeredBy());
        json.writeStringProperty("since", status.since().toString());
        json.writeEndObject();
    }

    private void force(ControlParams params, JsonGenerator json) {
        rows(json, List.of(host.lanes().force(params.extension(), params.text("reason"), params.by())));
    }

    private void revert(ControlParams params, JsonGenerator json) {
        rows(json, host.lanes().revert(params.extension(), params.by()));
    }

    static void rows(JsonGenerator json, Optional<LedgerEntry> row) {
        rows(json, row.stream().toList());
    }

    /// The members that say which rows of the ledger tell of a change. The hash of the last one is the ledger's head.
    static void rows(JsonGenerator json, List<LedgerEntry> rows) {
        json.writeBooleanProperty("changed", !rows.isEmpty());
        json.writeArrayPropertyStart("rows");
        for (LedgerEntry row : rows) {
            json.writeStartObject();
            json.writeNumberProperty("sequence", row.sequence());
            json.writeStringProperty("hash", row.hash());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
