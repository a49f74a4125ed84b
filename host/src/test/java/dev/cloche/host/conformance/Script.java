package dev.cloche.host.conformance;

import dev.cloche.host.conformance.Command.Action;
import dev.cloche.host.conformance.Command.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A converted script: the commands of one file of the suite, in order.
///
/// @param name of the file, without its ending
/// @param folder where the modules lie that the commands name
record Script(String name, Path folder, List<Command> commands) {
    /// No module of the suite is near this size; one that is did not come from the suite.
    private static final long JSON_BYTES_MAX = 64L << 20;

    private static final String FILENAME = "filename";
    private static final String NAME = "name";
    private static final String TEXT = "text";
    private static final String VALUE = "value";

    Script {
        commands = List.copyOf(commands);
    }

    /// Reads what wast2json wrote.
    ///
    /// @param name under which its results are reported
    /// @throws ConformanceException if the file is none that wast2json wrote
    static Script read(Path json, String name) {
        try {
            long size = Files.size(json);
            if (size > JSON_BYTES_MAX) {
                throw new ConformanceException(
                        "the script is too large, file=" + json + ", bytes=" + size + ", max=" + JSON_BYTES_MAX);
            }
            JsonNode commands =
                    JsonMapper.shared().readTree(Files.readAllBytes(json)).path("commands");
            if (!commands.isArray()) {
                throw new ConformanceException("no converted script: it has no list of commands, file=" + json);
            }
            Path folder = Objects.requireNonNull(json.toAbsolutePath().getParent());
            return new Script(
                    name, folder, commands.valueStream().map(Script::command).toList());
        } catch (IOException | JacksonException e) {
            throw new ConformanceException("cannot read the script: " + e.getMessage() + ", file=" + json, e);
        }
    }

    private static Command command(JsonNode node) {
        int line = node.path("line").asInt();
        String type = node.path("type").asString();
        return switch (type) {
            case "module" -> new Command.Instantiate(line, optional(node, NAME), required(node, FILENAME));
            case "register" -> new Command.Register(line, optional(node, NAME), required(node, "as"));
            case "action" -> new Command.Perform(line, action(node));
            case "assert_return" -> new Command.AssertReturn(line, action(node), values(node.path("expected")));
            case "assert_trap", "assert_exhaustion" ->
                new Command.AssertTrap(line, type, action(node), required(node, TEXT));
            case "assert_malformed" -> refused(line, Refusal.MALFORMED, node);
            case "assert_invalid" -> refused(line, Refusal.INVALID, node);
            case "assert_unlinkable" -> refused(line, Refusal.UNLINKABLE, node);
            case "assert_uninstantiable" -> refused(line, Refusal.UNINSTANTIABLE, node);
            default -> new Command.Unknown(line, type);
        };
    }

    private static Command refused(int line, Refusal refusal, JsonNode node) {
        boolean textual = node.path("module_type").asString().equals(TEXT);
        return new Command.AssertRefused(line, refusal, required(node, FILENAME), required(node, TEXT), textual);
    }

    private static Action action(JsonNode node) {
        JsonNode action = node.path("action");
        boolean invoke = required(action, "type").equals("invoke");
        return new Action(invoke, optional(action, "module"), required(action, "field"), values(action.path("args")));
    }

    private static List<WasmValue> values(JsonNode nodes) {
        return nodes.valueStream().map(Script::value).toList();
    }

    private static WasmValue value(JsonNode node) {
        JsonNode value = node.path(VALUE);
        List<String> parts = value.isArray()
                ? value.valueStream().map(JsonNode::asString).toList()
                : value.isMissingNode() ? List.of() : List.of(value.asString());
        return new WasmValue(required(node, "type"), node.path("lane_type").asString(""), parts);
    }

    private static String required(JsonNode node, String key) {
        String value = optional(node, key);
        if (value == null) {
            throw new ConformanceException("a command of the script lacks a key, key=" + key + ", command=" + node);
        }
        return value;
    }

    private static @Nullable String optional(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isString() ? value.stringValue() : null;
    }
}
