package dev.cloche.host.hostcall;

import java.util.function.Consumer;

/// The way out of one isolate, for the thread that runs it: one at a time.
public interface HostcallChannel extends AutoCloseable {

    /// Begins a hostcall whose isolate waits for it. Never throws for anything the guest did.
    ///
    /// @return the outcome if it was refused or could be had at once; otherwise what to wait on, with [Waiting#await]
    Progress begin(Hostcall hostcall);

    /// Begins a hostcall whose isolate goes on meanwhile.
    ///
    /// @param completion is told the outcome exactly once, on another thread, if and only if what is answered is a
    /// [Waiting] that is not for the calling thread to carry out; of a hostcall that is streamed it may be told parts
    /// before, in their order
    /// @return the outcome if it was refused or could be had at once
    Progress submit(Hostcall hostcall, Consumer<Outcome> completion);

    /// Carries a hostcall out and waits for it.
    default Outcome call(Hostcall hostcall) {
        return switch (begin(hostcall)) {
            case Outcome outcome -> outcome;
            case Waiting waiting -> waiting.await();
        };
    }

    /// The isolate is gone. What is under way comes to its end. Idempotent.
    @Override
    void close();
}
