package dev.cloche.host.engine.rewrite;

/// A module that cannot be rewritten, because it is malformed or because it has what the model does not know.
public class RewriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param problem what is wrong, ends in its `name=value`
    public RewriteException(String problem) {
        super(problem);
    }

    /// @param offset where in the module it is wrong
    RewriteException(String problem, int offset) {
        super(problem + ", offset=" + offset);
    }
}
