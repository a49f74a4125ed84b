package dev.cloche.host.bundle;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.ValidationLimitExceededException;
import dev.cloche.host.call.Payload;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;
import tools.jackson.databind.json.JsonMapper;

/// The schema of a tool's arguments, ready to check arguments with. It comes from a bundle, so it is not trusted: it
/// reaches nothing outside itself, and a check takes a bounded number of steps. Immutable; for any thread.
public final class ArgumentSchema {
    /// Rules applied in one check.
    static final int STEPS_MAX = 100_000;
    /// Rules within each other in one check, and objects and arrays within each other in arguments.
    static final int DEPTH_MAX = 128;

    private static final String HINT = "see the tool's parameters";
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Schema schema;

    private ArgumentSchema(JsonNode schema) {
        this.schema = registry().getSchema(schema);
        this.schema.initializeValidators();
    }

    /// A registry that knows JSON Schema 2020-12 and nothing else, and keeps no schema.
    static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaCacheEnabled(false)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(BoundedRegex::new)
                                .build()));
    }

    /// The schema of this tool's arguments.
    public static ArgumentSchema of(Contributions.Tool tool) {
        return of(JSON.readTree(tool.parameters()));
    }

    /// @throws com.networknt.schema.SchemaException if it cannot be used, for example refers to nothing
    static ArgumentSchema of(JsonNode schema) {
        return new ArgumentSchema(schema);
    }

    /// Everything that is wrong with these arguments, each with a pointer into them; empty if they will do.
    ///
    /// @param arguments JSON
    public List<Violation> check(Payload arguments) {
        try {
            JsonNode value = JSON.readTree(arguments.unsafeBytes());
            return value.isMissingNode()
                    ? List.of(new Violation("", "is not JSON: it is empty", "give one JSON value"))
                    : check(value);
        } catch (JacksonException e) {
            String message =
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            return List.of(new Violation("", "is not JSON: " + Text.clean(message), "give one JSON value"));
        }
    }

    List<Violation> check(JsonNode arguments) {
        List<Violation> violations = new ArrayList<>();
        try {
            for (Error error : schema.validate(
                    arguments,
                    context -> context.executionConfig(
                            config -> config.maxEvaluationSteps(STEPS_MAX).maxEvaluationDepth(DEPTH_MAX)))) {
                if (violations.size() < BundleLimits.VIOLATIONS_MAX) {
                    violations.add(new Violation(
                            error.getInstanceLocation().toString(), String.valueOf(error.getMessage()), HINT));
                }
            }
        } catch (ValidationLimitExceededException e) {
            return List.of(new Violation(
                    "",
                    "cannot be checked: the schema takes too many steps, max=" + STEPS_MAX + " depth-max=" + DEPTH_MAX,
                    HINT));
        } catch (JsonNodeException e) {
            return List.of(new Violation("", "cannot be checked: a number is beyond all bounds", HINT));
        } catch (BoundedRegex.TooCostly e) {
            return List.of(new Violation("", "cannot be checked: a " + e.getMessage(), HINT));
        }
        return List.copyOf(violations);
    }
}
