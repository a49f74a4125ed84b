package dev.cloche.host.bundle;

import java.util.List;
import java.util.stream.Collectors;

/// A bundle that cannot be used, with everything that is wrong with it.
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /// @param source the bundle's path or name, for the message
    public BundleException(String source, List<Violation> violations) {
        super(source + ":"
                + violations.stream().map(Violation::toString).collect(Collectors.joining("\n  ", "\n  ", "")));
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
