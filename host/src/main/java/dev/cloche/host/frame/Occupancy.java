package dev.cloche.host.frame;

/// The place that a call takes up in its extension's pool, which it leaves while all it does is wait for other calls:
/// those may need a place themselves. Safe for use by many threads.
public interface Occupancy {
    /// Of a call that takes up no place.
    Occupancy NONE = new Occupancy() {
        @Override
        public void suspend() {}

        @Override
        public void resume() {}
    };

    /// Leaves the place. To be called by the thread that runs the guest, before the call it makes begins, and to be
    /// matched by one [#resume]. May be nested.
    void suspend();

    /// Takes the place again if there is room; never waits for it. On any thread, also after the call is over.
    void resume();
}
