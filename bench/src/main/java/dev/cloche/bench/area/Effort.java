package dev.cloche.bench.area;

/// How much time there is.
public enum Effort {
    /// Under two minutes for all quick lines of an area together.
    QUICK,
    /// As long as good figures take.
    FULL;

    /// The count that fits.
    public int of(int quick, int full) {
        return this == QUICK ? quick : full;
    }
}
