package dev.cloche.host.scheduler;

/// How a scheduler reaches whoever carries a hostcall out. Called on the thread that steps the isolate, in the middle
/// of its work: an implementation returns at once and throws nothing.
@FunctionalInterface
public interface HostcallControl {
    /// Reaches nobody.
    HostcallControl NONE = () -> {};

    /// Nobody waits for the outcome any more: the service may be interrupted. Called at most once, and not after the
    /// last outcome has been taken.
    void cancel();

    /// The script has been given a chunk: there is room for another one. A service that sends no faster than this says
    /// never meets [Arrival#FULL].
    ///
    /// @param chunk its number within the hostcall, from zero
    default void delivered(long chunk) {}
}
