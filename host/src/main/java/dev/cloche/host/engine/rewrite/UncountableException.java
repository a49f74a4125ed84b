package dev.cloche.host.engine.rewrite;

/// A module with instructions whose fuel cannot be counted; it may be valid all the same.
public final class UncountableException extends RewriteException {
    private static final long serialVersionUID = 1L;

    /// @param problem as another process has told it
    public UncountableException(String problem) {
        super(problem);
    }

    /// @param offset where in the module the function with them begins
    UncountableException(String problem, int offset) {
        super(problem, offset);
    }
}
