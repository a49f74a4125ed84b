package dev.cloche.host.hostcall;

/// Hears of every hostcall that policy or quota refused. Safe for use by many threads; never waits.
@FunctionalInterface
public interface DenialListener {
    /// @param extension whose hostcall it was
    /// @param op the operation asked for
    /// @param denied what it was told
    void denied(String extension, String op, Outcome.Denied denied);
}
