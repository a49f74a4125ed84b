package dev.cloche.host.bundle;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The published JSON Schema of manifests, or the part of it that a grant is held against, and its errors in words:
/// each schema's `title` says what to write, its `examples` how that looks.
final class ManifestSchema {
    /// The SHA-256 of the schema's text.
    static final String SHA256 = "ac9f739f45ffa579cb14d9cac80333972ab427455534a23ebcfbad985f0f3257";

    private static final String RESOURCE = "manifest.schema.json";
    private static final String CAPABILITIES = "/$defs/capabilities";
    private static final String REQUIRED = "required";

    private final JsonNode root;
    private final boolean complete;
    private final Schema schema;

    /// @param complete whether a field that is required must be there
    private ManifestSchema(JsonNode root, boolean complete) {
        this.root = root;
        this.complete = complete;
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(root);
    }

    private static final class Loaded {
        private static final ManifestSchema MANIFEST = new ManifestSchema(load(), true);
    }

    /// Apart from the manifest's, so that nobody waits for it who grants nothing.
    private static final class LoadedForGrants {
        private static final ManifestSchema GRANT = new ManifestSchema(capabilities(Loaded.MANIFEST.root), false);
    }

    static ManifestSchema manifest() {
        return Loaded.MANIFEST;
    }

    /// The schema of an object with the capability of a grant, which need not have any parameter.
    static ManifestSchema grant() {
        return LoadedForGrants.GRANT;
    }

    private static JsonNode capabilities(JsonNode manifest) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("$ref", "#" + CAPABILITIES);
        root.set("$defs", manifest.path("$defs"));
        return root;
    }

    private static JsonNode load() {
        try (InputStream in = Objects.requireNonNull(ManifestSchema.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reports everything about the value that the schema does not allow.
    void check(JsonNode manifest, Violations violations) {
        Set<String> said = violations.pointers();
        for (Error error : schema.validate(manifest)) {
            boolean mayBeAbsent = !complete && error.getKeyword().equals(REQUIRED);
            if (!mayBeAbsent && !said.contains(error.getInstanceLocation().toString())) {
                report(error, violations);
            }
        }
    }

    private void report(Error error, Violations violations) {
        String pointer = error.getInstanceLocation().toString();
        JsonNode actual = error.getInstanceNode();
        JsonNode rule = error.getSchemaNode();
        JsonNode schemaAt = root.at(parent(fragment(error)));
        String property = String.valueOf(error.getProperty());
        switch (error.getKeyword()) {
            case REQUIRED ->
                violations.add(
                        pointer,
                        "lacks the field " + Text.quote(property),
                        "add " + Text.quote(property) + ": "
                                + example(field(schemaAt, property)).orElse("..."));
            case "additionalProperties" -> {
                List<String> known = List.copyOf(schemaAt.path("properties").propertyNames());
                violations.add(
                        pointer + "/" + ManifestJson.escape(property),
                        "is an unknown field",
                        knownHint(property, known));
            }
            case "propertyNames" ->
                violations.add(
                        pointer + "/" + ManifestJson.escape(property),
                        Text.quote(property) + " does not have the right form",
                        write(rule));
            case "type" -> violations.add(pointer, "is " + describe(actual), write(schemaAt));
            case "enum" ->
                violations.add(pointer, shown(actual) + " is not one of the values there are", choose(actual, rule));
            case "pattern" -> violations.add(pointer, shown(actual) + " does not have the right form", write(schemaAt));
            case "minLength" -> violations.add(pointer, "is empty", write(schemaAt));
            case "maxLength" ->
                violations.add(
                        pointer,
                        "is too long, characters="
                                + actual.asString()
                                        .codePointCount(0, actual.asString().length()) + " max=" + rule,
                        "shorten it");
            case "minimum", "exclusiveMinimum" ->
                violations.add(pointer, "is too small, value=" + shown(actual), write(schemaAt));
            case "maximum" -> violations.add(pointer, "is too large, value=" + shown(actual), write(schemaAt));
            case "minItems" -> violations.add(pointer, "is an empty list", write(schemaAt));
            case "maxItems", "maxProperties" ->
                violations.add(
                        pointer, "has too many members, members=" + actual.size() + " max=" + rule, "leave some out");
            default -> violations.add(pointer, String.valueOf(error.getMessage()), write(schemaAt));
        }
    }

    /// Whether a parameter of a capability is a list rather than one text; so is one that there is not.
    boolean takesList(String capability, String parameter) {
        JsonNode parameters = field(root.at(CAPABILITIES), capability);
        return !field(parameters, parameter).path("type").asString("").equals("string");
    }

    /// The place of the broken rule within the schema, as a pointer.
    private static String fragment(Error error) {
        String location = String.valueOf(error.getSchemaLocation());
        return location.substring(location.indexOf('#') + 1);
    }

    private static String parent(String pointer) {
        return pointer.substring(0, Math.max(0, pointer.lastIndexOf('/')));
    }

    /// The schema of a field, behind its reference if it has one.
    private JsonNode field(JsonNode object, String name) {
        return resolve(object.path("properties").path(name));
    }

    private JsonNode resolve(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? root.at(reference.asString().substring(1)) : node;
    }

    private String title(JsonNode schemaNode) {
        return resolve(schemaNode).path("title").asString("as it must be");
    }

    private static Optional<String> example(JsonNode schemaNode) {
        JsonNode first = schemaNode.path("examples").path(0);
        return first.isMissingNode() ? Optional.empty() : Optional.of(first.toString());
    }

    /// What to write, and how that looks.
    private String write(JsonNode schemaNode) {
        return "write " + title(schemaNode)
                + example(resolve(schemaNode))
                        .map(example -> ", for example " + example)
                        .orElse("");
    }

    private static String knownHint(String property, List<String> known) {
        if (known.isEmpty()) {
            return "remove it; no fields are known here";
        }
        return Text.nearest(property, known)
                .map(meant -> "did you mean " + Text.quote(meant) + "?")
                .orElse("remove it, or write one of " + Text.list(known));
    }

    private static String choose(JsonNode actual, JsonNode rule) {
        List<String> allowed = new ArrayList<>();
        rule.forEach(value -> allowed.add(value.asString()));
        if (actual.isString()) {
            Optional<String> meant = Text.nearest(actual.asString(), allowed);
            if (meant.isPresent() && allowed.size() > 1) {
                return "did you mean " + Text.quote(meant.get()) + "? There are " + Text.list(allowed);
            }
        }
        return "write " + Text.either(allowed.stream().map(Text::quote).toList());
    }

    static String shown(JsonNode value) {
        return value.isString() ? Text.quote(value.asString()) : Text.clean(value.toString());
    }

    /// What kind of value there is.
    static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "the text " + Text.quote(value.asString());
            case NUMBER -> "the number " + Text.clean(value.toString());
            case BOOLEAN -> value.toString();
            case NULL -> "null";
            case BINARY, MISSING, POJO -> "no JSON value";
        };
    }
}
