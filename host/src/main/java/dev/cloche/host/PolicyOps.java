package dev.cloche.host;

import dev.cloche.host.control.ControlException;
import dev.cloche.host.control.ControlException.Code;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// The operations on what is allowed: `policy.rules`, `policy.grant`, `policy.deny`, `policy.revoke`, `policy.explain`.
final class PolicyOps {
    private final Host host;

    private PolicyOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        PolicyOps ops = new PolicyOps(host);
        return Map.of(
                "policy.rules", ControlOp.of(ops::rules),
                "policy.grant", ControlOp.of(ops::grant, "extension", "capability", "parameters", "by"),
                "policy.deny", ControlOp.of(ops::deny, "extension", "capability", "parameters", "by"),
                "policy.revoke", ControlOp.of(ops::revoke, "extension", "capability", "by"),
                "policy.explain", ControlOp.of(ops::explain, "extension", "capability"));
    }

    private void rules(ControlParams params, JsonGenerator json) {
        json.writeStringProperty(
                "profile", host.parts().hostcalls().config().profile().label());
        json.writeArrayPropertyStart("rules");
        for (OperatorRule rule : host.policy().rules()) {
            json.writeStartObject();
            json.writeStringProperty("extension", rule.extension());
            json.writeStringProperty("effect", rule.allow() ? "allow" : "deny");
            json.writeStringProperty("capability", rule.capability().name());
            ExtensionOps.parameters(json, rule.capability());
            json.writeStringProperty("since", rule.since().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void grant(ControlParams params, JsonGenerator json) {
        LaneOps.rows(json, host.policy().grant(params.extension(), params.capability(), params.by()));
    }

    private void deny(ControlParams params, JsonGenerator json) {
        LaneOps.rows(json, host.policy().deny(params.extension(), params.capability(), params.by()));
    }

    private void revoke(ControlParams params, JsonGenerator json) {
        LaneOps.rows(json, host.policy().revoke(params.extension(), params.text("capability"), params.by()));
    }

    private void explain(ControlParams params, JsonGenerator json) {
        PolicyExplanation explained = host.policy()
                .explain(params.extension(), params.text("capability"))
                .orElseThrow(() -> new ControlException(
                        Code.UNAVAILABLE,
                        "there is no such extension; `cloche ls` lists them, extension=" + params.extension()));
        json.writeStringProperty("extension", explained.extension());
        json.writeStringProperty("capability", explained.capability());
        json.writeBooleanProperty("allowed", explained.allowed());
        json.writeStringProperty("rule", explained.rule());
        json.writeStringProperty("message", explained.message());
        json.writeArrayPropertyStart("steps");
        for (PolicyExplanation.Step step : explained.steps()) {
            json.writeStartObject();
            json.writeStringProperty("rule", step.rule());
            json.writeStringProperty("verdict", step.verdict());
            json.writeBooleanProperty("decided", step.decided());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
