package dev.cloche.bench.hostcall;

/// Macrotasks that do nothing.
final class Ticks {
    private Ticks() {}

    static double nanos() {
        return 0;
    }
}
