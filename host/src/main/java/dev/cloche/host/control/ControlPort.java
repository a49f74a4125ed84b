package dev.cloche.host.control;

/// Where a host is asked for what its operator wants: the host itself, or the socket of a live one.
/// `docs/operations.md` has the operations.
@FunctionalInterface
public interface ControlPort {
    /// Carries out an operation.
    ///
    /// @param op its name, for example `lane.force`
    /// @param params a JSON object
    /// @return a JSON object
    /// @throws ControlException if it is refused, or cannot be carried out
    /// @throws dev.cloche.host.bundle.BundleException if it is about a bundle, and that cannot be used
    String ask(String op, String params);
}
