package dev.cloche.host.bundle;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecificationVersion;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Checks the schema that a tool gives for its arguments: a valid JSON Schema 2020-12 that stands alone. A reference to
/// anywhere else would make its user fetch what an author wrote there.
final class ToolParameters {
    private static final String DIALECT = SpecificationVersion.DRAFT_2020_12.getDialectId();
    private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef");

    /// The platform compiles patterns recursively.
    private static final int PATTERN_MAX = 500;

    private final Violations violations;
    private boolean hasLongPattern;

    private ToolParameters(Violations violations) {
        this.violations = violations;
    }

    private static final class Loaded {
        private static final Schema META = ArgumentSchema.registry().getSchema(SchemaLocation.of(DIALECT));
    }

    /// Reports what is wrong with the schema at this place of the manifest.
    static void check(JsonNode schema, String pointer, Violations violations) {
        ToolParameters check = new ToolParameters(violations);
        boolean alone = check.standsAlone(schema, pointer);
        boolean valid = check.isValid(schema, pointer);
        if (alone && valid) {
            check.canBeUsed(schema, pointer);
        }
    }

    private boolean standsAlone(JsonNode node, String pointer) {
        boolean alone = true;
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                alone &= standsAlone(node.path(i), pointer + "/" + i);
            }
        }
        for (String name : node.propertyNames()) {
            JsonNode value = node.path(name);
            String at = pointer + "/" + ManifestJson.escape(name);
            if (pointer.endsWith("/patternProperties")) {
                alone &= isAllowed("pattern", name, at);
            }
            alone &= !value.isString() || isAllowed(name, value.asString(), at);
            alone &= standsAlone(value, at);
        }
        return alone;
    }

    private boolean isAllowed(String keyword, String value, String pointer) {
        if (REFERENCES.contains(keyword) && !value.startsWith("#")) {
            violations.add(
                    pointer,
                    "refers to another document, reference=" + Text.quote(value),
                    "put the definition under \"$defs\" and write \"#/$defs/...\"");
            return false;
        }
        if (keyword.equals("$schema") && !value.equals(DIALECT)) {
            violations.add(
                    pointer,
                    "names another dialect, dialect=" + Text.quote(value),
                    "write " + Text.quote(DIALECT) + " or leave it out");
            return false;
        }
        if (keyword.equals("pattern") && value.length() > PATTERN_MAX) {
            violations.add(
                    pointer,
                    "is too long a pattern, characters=" + value.length() + " max=" + PATTERN_MAX,
                    "write a shorter one");
            hasLongPattern = true;
            return false;
        }
        if (keyword.equals("$id")) {
            violations.add(pointer, "gives the schema an address", "leave it out; refer by \"#/$defs/...\"");
            return false;
        }
        return true;
    }

    private boolean isValid(JsonNode schema, String pointer) {
        boolean valid = true;
        if (hasLongPattern) {
            return false;
        }
        for (Error error : Loaded.META.validate(
                schema, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))) {
            valid = false;
            String at = pointer + error.getInstanceLocation();
            if (!violations.has(at)) {
                violations.add(
                        at,
                        "is no valid JSON Schema: " + fault(error),
                        "see JSON Schema 2020-12 for what " + Text.quote(last(at)) + " may hold");
            }
        }
        return valid;
    }

    private static String fault(Error error) {
        JsonNode actual = error.getInstanceNode();
        return switch (error.getKeyword()) {
            case "type" -> ManifestSchema.describe(actual) + " cannot be here";
            case "enum" -> ManifestSchema.shown(actual) + " is not one of the values there are";
            case "format" ->
                ManifestSchema.shown(actual) + " is not of the format "
                        + error.getSchemaNode().asString("");
            default -> clean(String.valueOf(error.getMessage()));
        };
    }

    /// What only shows when the schema is put to use, such as a reference to nothing.
    private void canBeUsed(JsonNode schema, String pointer) {
        try {
            ArgumentSchema arguments = ArgumentSchema.of(schema);
            for (Violation violation : arguments.check(JsonNodeFactory.instance.objectNode())) {
                if (violation.message().startsWith("cannot be checked")) {
                    violations.add(pointer, violation.message(), "mend it; a reference must not lead back to itself");
                }
            }
        } catch (SchemaException e) {
            violations.add(
                    pointer,
                    "cannot be used as a JSON Schema: " + clean(String.valueOf(e.getMessage())),
                    "mend it; references must lead to definitions in it");
        }
    }

    private static String clean(String message) {
        return Text.clean(message.lines().findFirst().orElse(""));
    }

    private static String last(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }
}
