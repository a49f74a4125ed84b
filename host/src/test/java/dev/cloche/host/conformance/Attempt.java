package dev.cloche.host.conformance;

/// What an instantiation or a call gave, or how it ended without giving anything.
sealed interface Attempt<T> {
    record Returned<T>(T result) implements Attempt<T> {}

    record Ended<T>(Ending ending) implements Attempt<T> {}
}
