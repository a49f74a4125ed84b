package dev.cloche.host.extension;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.cloche.host.bundle.Contributions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The arguments a tool takes: its JSON Schema, ready to hold calls against. Safe for use by many threads.
final class ToolArguments {
    private static final int VIOLATIONS_SHOWN_MAX = 10;

    private final String tool;
    private final Schema schema;

    ToolArguments(Contributions.Tool tool) {
        this.tool = tool.name();
        this.schema = Registry.INSTANCE.getSchema(tool.parameters(), InputFormat.JSON);
    }

    /// The library costs a tenth of a second to load, which extensions without tools are spared.
    private static final class Registry {
        static final SchemaRegistry INSTANCE = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaCacheEnabled(false)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false)));
    }

    /// What is wrong with these arguments, if anything.
    ///
    /// @param json well-formed JSON
    Optional<String> refusal(String json) {
        List<Error> errors = schema.validate(json, InputFormat.JSON);
        if (errors.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("the arguments do not fit the schema of tool '" + tool + "': "
                + errors.stream()
                        .limit(VIOLATIONS_SHOWN_MAX)
                        .map(e -> "'" + e.getInstanceLocation() + "' " + e.getMessage())
                        .collect(Collectors.joining("; ")));
    }
}
