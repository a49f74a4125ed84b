package dev.cloche.cli;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a grant, written `name` or `name:parameter=value,value;parameter=value`. One that no manifest could ask for is
/// refused.
final class CapabilityConverter implements ITypeConverter<Capability> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    @Override
    public Capability convert(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (!NAME.matcher(name).matches()) {
            throw refused("a capability's name is lower-case words joined by dots", text);
        }
        Capability grant = new Capability(name, colon < 0 ? Map.of() : parameters(text.substring(colon + 1), text));
        List<Violation> violations = grant.grantViolations();
        if (!violations.isEmpty()) {
            throw new TypeConversionException(
                    violations.stream().map(Violation::toString).collect(Collectors.joining("; ")) + ", grant=" + text);
        }
        return grant;
    }

    private static Map<String, List<String>> parameters(String list, String text) {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String assignment : list.split(";", -1)) {
            int equals = assignment.indexOf('=');
            if (equals < 1 || equals == assignment.length() - 1) {
                throw refused("a parameter is written parameter=value,value", text);
            }
            List<String> values = List.of(assignment.substring(equals + 1).split(",", -1));
            if (values.contains("")) {
                throw refused("a value must not be empty", text);
            }
            if (parameters.put(assignment.substring(0, equals), values) != null) {
                throw refused("a parameter must be given once", text);
            }
        }
        return parameters;
    }

    private static TypeConversionException refused(String why, String text) {
        return new TypeConversionException(
                why + ", for example http.fetch:hosts=example.org;methods=GET,HEAD, grant=" + text);
    }
}
