package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a guest asks to be run.
///
/// @param command the program and its arguments
/// @param input what the program is given to read
/// @param environment variables, besides those that the host sets
record ExecRequest(List<String> command, String input, Map<String, String> environment, Duration timeout) {
    static final String OP = "exec.run";

    /// How large a request may be.
    static final int REQUEST_BYTES_MAX = 4 << 20;

    /// How many arguments there may be, the program among them, and how long each may be.
    static final int ARGUMENTS_MAX = 1_024;

    static final int ARGUMENT_BYTES_MAX = 64 * 1024;

    /// How large the input may be.
    static final int INPUT_BYTES_MAX = 1 << 20;

    /// How many variables there may be, and how long the value of each.
    static final int VARIABLES_MAX = 64;

    static final int VARIABLE_BYTES_MAX = 8 * 1024;

    static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
    static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);

    private static final List<String> FIELDS = List.of("command", "stdin", "timeoutMs", "env");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private static final int TIMEOUT_MILLIS_MAX = Math.toIntExact(TIMEOUT_MAX.toMillis());
    private static final int TIMEOUT_MILLIS_DEFAULT = Math.toIntExact(TIMEOUT_DEFAULT.toMillis());

    /// @throws InvalidRequestException if it is not what the operation takes
    static ExecRequest of(Payload payload) {
        JsonRequest json = JsonRequest.read(OP, payload, REQUEST_BYTES_MAX, FIELDS);
        return of(
                new ExecJson("command", json.json("command", REQUEST_BYTES_MAX)).strings(),
                json.string("stdin", INPUT_BYTES_MAX, ""),
                json.has("env") ? new ExecJson("env", json.json("env", REQUEST_BYTES_MAX)).members() : Map.of(),
                json.integer("timeoutMs", 1, TIMEOUT_MILLIS_MAX, TIMEOUT_MILLIS_DEFAULT));
    }

    /// Reads a request by the compat lane's own means.
    static ExecRequest ofCompat(Payload payload) {
        CompatRequest json = CompatRequest.read(OP, payload, REQUEST_BYTES_MAX, FIELDS);
        return of(
                ExecCompat.strings("command", json.json("command", REQUEST_BYTES_MAX)),
                json.has("stdin") ? json.string("stdin", 0, INPUT_BYTES_MAX) : "",
                json.has("env") ? ExecCompat.members("env", json.json("env", REQUEST_BYTES_MAX)) : Map.of(),
                json.integer("timeoutMs", 1, TIMEOUT_MILLIS_MAX, TIMEOUT_MILLIS_DEFAULT));
    }

    private static ExecRequest of(List<String> command, String input, Map<String, String> environment, int millis) {
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw new InvalidRequestException(
                    "exec.run: the field must be a program and its arguments, field=command found=no program");
        }
        bounded("command", command, ARGUMENTS_MAX, ARGUMENT_BYTES_MAX);
        bounded("env", environment.values(), VARIABLES_MAX, VARIABLE_BYTES_MAX);
        for (String name : environment.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new InvalidRequestException(
                        "exec.run: a variable's name must be letters, digits and _ and at most 128 characters,"
                                + " field=env name=" + JsonRequest.shown(name));
            }
        }
        return new ExecRequest(command, input, environment, Duration.ofMillis(millis));
    }

    // An operating system cannot be handed U+0000, nor halves of surrogate pairs.
    private static void bounded(String field, Collection<String> strings, int countMax, int bytesMax) {
        if (strings.size() > countMax) {
            throw new InvalidRequestException(
                    "exec.run: the field must have at most " + countMax + " strings, field=" + field);
        }
        for (String string : strings) {
            if (string.indexOf('\0') >= 0
                    || !StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
                throw new InvalidRequestException(
                        "exec.run: a string must be well-formed Unicode without U+0000, field=" + field);
            }
            if (string.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
                throw new InvalidRequestException(
                        "exec.run: a string must have at most " + bytesMax + " bytes in UTF-8, field=" + field);
            }
        }
    }

    String program() {
        return command.getFirst();
    }
}
