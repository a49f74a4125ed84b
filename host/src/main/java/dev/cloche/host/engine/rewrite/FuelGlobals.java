package dev.cloche.host.engine.rewrite;

/// The globals that [FuelPass] adds, by their indices.
///
/// @param fuel what is left of the running slice, an `i64`; below zero it is used up
/// @param slice written to where a slice is found to be used up: the host does what is to be done between two slices
///     then, and sets `fuel` anew
public record FuelGlobals(int fuel, int slice) {
    /// No fuel is counted.
    public static final FuelGlobals NONE = new FuelGlobals(-1, -1);

    private static final String SEPARATOR = " ";

    public boolean counted() {
        return fuel >= 0;
    }

    /// Reads what [#toString] gives.
    public static FuelGlobals parse(String text) {
        String[] parts = text.split(SEPARATOR, 2);
        return new FuelGlobals(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
        return fuel + SEPARATOR + slice;
    }
}
