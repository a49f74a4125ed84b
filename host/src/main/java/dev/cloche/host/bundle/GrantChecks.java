package dev.cloche.host.bundle;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a grant must be: a capability that there is, with parameters and values as a manifest would write them. A
/// parameter that is misspelt must never pass, since a grant that says nothing of a parameter leaves it open.
final class GrantChecks {
    private GrantChecks() {}

    static List<Violation> violations(Capability grant) {
        ManifestSchema schema = ManifestSchema.grant();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode parameters = json.putObject(grant.name());
        grant.parameters()
                .forEach((name, values) ->
                        parameters.set(name, schema.takesList(grant.name(), name) ? list(values) : single(values)));
        Violations violations = new Violations();
        schema.check(json, violations);
        ManifestChecks.checkRoots(json, "", violations);
        return violations.found();
    }

    private static JsonNode single(List<String> values) {
        return values.size() == 1 ? JsonNodeFactory.instance.stringNode(values.getFirst()) : list(values);
    }

    private static ArrayNode list(List<String> values) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        values.forEach(list::add);
        return list;
    }
}
