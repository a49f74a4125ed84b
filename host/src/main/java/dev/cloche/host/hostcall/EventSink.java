package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;

/// Where events come in during one call of a guest that has an event loop.
public interface EventSink {
    /// What became of an event.
    enum Delivery {
        /// The guest is told it at a later turn.
        TAKEN,

        /// As many wait as may; it was dropped.
        FULL,

        /// The call is over; nothing is taken any more.
        ENDED
    }

    /// Brings an event. Any thread may call this, and never waits.
    ///
    /// @param topic what it is about
    /// @param source who sent it: an extension's id, or the host's own name
    /// @param data what it says, JSON in UTF-8
    Delivery deliver(String topic, String source, Payload data);

    /// The guest waits for events from now on. To be called by the thread that made the hostcall, while it does.
    ///
    /// @param end is run once when the call is over, on any thread
    void listen(Runnable end);
}
