package dev.cloche.bench.engine;

import java.util.List;

/// The six tests of a JavaScript engine's speed.
final class SpeedTests {
    /// Where they are, below the checkout.
    static final String FILE = "bench/bundles/bench-tests/tests.js";

    static final List<String> NAMES = List.of("recursion", "json", "objects", "strings", "sort", "promises");

    private SpeedTests() {}
}
