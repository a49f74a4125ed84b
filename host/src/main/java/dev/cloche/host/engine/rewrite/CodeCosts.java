package dev.cloche.host.engine.rewrite;

/// What the engine's compiled code needs where its ways of compiling differ, in bytes.
///
/// @param globalAccess reading or writing a global
/// @param interruptCheck before each call and on each way back in a loop
/// @param comparison a comparison whose result a branch takes at once
public record CodeCosts(int globalAccess, int interruptCheck, int comparison) {
    private static final int BYTES_MAX = 100;

    /// The engine's own compiler.
    public static final CodeCosts ENGINE = new CodeCosts(8, 3, 3);

    /// Its classes after the ways to memory and globals have been shortened.
    public static final CodeCosts SHORTENED = new CodeCosts(5, 3, 0);

    public CodeCosts {
        check("globalAccess", globalAccess);
        check("interruptCheck", interruptCheck);
        check("comparison", comparison);
    }

    private static void check(String name, int bytes) {
        if (bytes < 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a cost must be between 0 and " + BYTES_MAX + " bytes, " + name + "=" + bytes);
        }
    }
}
