package dev.cloche.host.service;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Reply;
import dev.cloche.host.frame.Frame;

/// How a guest's call of another extension enters the host. Safe for use by many threads.
@FunctionalInterface
public interface NestedCalls {

    /// Carries a call out on the calling thread and answers its reply. Throws nothing.
    ///
    /// @param parent the context of the call that waits for it
    Reply call(Call call, Frame parent);
}
