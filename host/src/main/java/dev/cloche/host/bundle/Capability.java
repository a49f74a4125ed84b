package dev.cloche.host.bundle;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A named right with parameters, as a manifest asks for it, for example `http.fetch` with `hosts` and `methods`.
///
/// @param parameters parameter name to its values; a parameter written as a single value is a list of one
public record Capability(String name, Map<String, List<String>> parameters) {
    public Capability {
        Objects.requireNonNull(name, "name");
        parameters = Map.copyOf(parameters);
    }

    /// The values of a parameter, empty where the manifest does not say.
    public List<String> values(String parameter) {
        return parameters.getOrDefault(parameter, List.of());
    }
}
