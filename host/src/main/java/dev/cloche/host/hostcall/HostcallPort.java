package dev.cloche.host.hostcall;

import java.util.function.Consumer;

/// The one way out of an isolate. A port belongs to one extension from its making: whose hostcall it is never depends
/// on anything the guest says. Safe for use by many threads.
public interface HostcallPort {

    /// Carries the hostcall out on the calling thread and answers its outcome. Never throws for anything the guest did.
    Outcome call(Hostcall hostcall);

    /// Admits the hostcall and returns; the outcome goes to `completion` exactly once, either on the calling thread
    /// before this method returns (refused, or an operation that cannot block) or on another thread later.
    void submit(Hostcall hostcall, Consumer<Outcome> completion);
}
