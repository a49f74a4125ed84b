package dev.cloche.host.engine.compile;

/// A module that could not be compiled within what there is for it; it may be valid all the same.
public final class CompileFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param problem what happened, ends in its `name=value`
    public CompileFailedException(String problem) {
        super(problem);
    }
}
