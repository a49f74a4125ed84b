package dev.cloche.host.hostcall;

/// A hostcall that has been let in and has no outcome yet.
public non-sealed interface Waiting extends Progress {

    /// Whether it is the calling thread that has to carry it out, with [#await]; nobody else will. Otherwise it is
    /// under way already.
    boolean onCaller();

    /// Waits for the outcome. To be called once, by the thread that began the hostcall, and only where [#onCaller] says
    /// so or where nobody else is told the outcome. An interrupt ends the wait, as `cancelled`; the flag stays up.
    Outcome await();

    /// Ends the hostcall: it is answered `cancelled` if it was not answered before. May be called by any thread.
    void cancel();

    /// Whoever takes the answer in parts has taken one. May be called by any thread.
    default void delivered() {}
}
