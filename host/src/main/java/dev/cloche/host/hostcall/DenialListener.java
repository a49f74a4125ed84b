package dev.cloche.host.hostcall;

/// Hears of each hostcall that was denied.
public interface DenialListener {
    /// Called on the thread of the hostcall, which waits for it: must neither block nor throw.
    void denied(String extension, String op, Outcome.Denied denied);
}
