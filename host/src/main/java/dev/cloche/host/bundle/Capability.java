package dev.cloche.host.bundle;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// A named right with parameters, as a manifest asks for it and an operator grants it, for example `http.fetch` with
/// `hosts` and `methods`.
///
/// @param parameters parameter name to its values; a parameter written as a single value is a list of one
public record Capability(String name, Map<String, List<String>> parameters) {
    public Capability {
        Objects.requireNonNull(name, "name");
        // The lists as well: one that is emptied later would stand for everything.
        parameters = parameters.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
    }

    /// The values of a parameter, empty where the manifest does not say.
    public List<String> values(String parameter) {
        return parameters.getOrDefault(parameter, List.of());
    }

    /// Everything that is wrong with this as a grant; empty if it can be granted. Name, parameters and values are held
    /// against the table that manifests are held against. A grant may leave a parameter out, which leaves it to the
    /// manifest.
    public List<Violation> grantViolations() {
        return GrantChecks.violations(this);
    }
}
