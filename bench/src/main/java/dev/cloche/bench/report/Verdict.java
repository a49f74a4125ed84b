package dev.cloche.bench.report;

/// What a row came to.
public enum Verdict {
    /// The bar is reached.
    MET("met"),
    /// The bar is not reached.
    MISSED("MISSED"),
    /// There is no bar: the row is for comparison.
    OPEN("-"),
    /// It could not be measured.
    FAILED("FAILED");

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
