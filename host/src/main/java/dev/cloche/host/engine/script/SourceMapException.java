package dev.cloche.host.engine.script;

/// A source map breaks the format or a limit. It does not leave [SourceMap].
final class SourceMapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    SourceMapException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
