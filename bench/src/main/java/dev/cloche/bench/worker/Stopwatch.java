package dev.cloche.bench.worker;

/// The clock that everything is measured with.
public final class Stopwatch {
    private final long begin = System.nanoTime();

    private Stopwatch() {}

    public static Stopwatch start() {
        return new Stopwatch();
    }

    /// The nanoseconds since the start.
    public double nanos() {
        return (double) (System.nanoTime() - begin);
    }

    public double seconds() {
        return nanos() / 1e9;
    }
}
