package dev.cloche.bench.worker;

/// Work that a process of its own is started for. An implementation is public and has a public constructor that takes
/// the list of its arguments. Used by one thread.
public interface Workload extends AutoCloseable {
    /// Carries an operation out so many times and measures each.
    ///
    /// @throws Exception if it cannot be carried out; the benchmark ends with it
    Answer measure(String operation, int count) throws Exception;

    @Override
    default void close() {}

    /// An operation that the workload does not have.
    static IllegalArgumentException unknown(String operation) {
        return new IllegalArgumentException("the workload has no such operation, operation=" + operation);
    }
}
