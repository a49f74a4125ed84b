package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Redirect;
import java.util.List;
import java.util.Optional;

/// Where a command's input comes from and its output goes.
///
/// @param input what it reads, if that is said
/// @param fromFile whether that is a file of which nothing is known
/// @param output the file it writes, if that is said
record Redirections(Optional<Flow> input, boolean fromFile, Optional<String> output, boolean appends) {
    private static final Redirections NONE = new Redirections(Optional.empty(), false, Optional.empty(), false);

    /// Looks at every target, and says what becomes of standard input and output.
    static Redirections apply(List<Redirect> redirects, Expander expander, Scope scope, Findings findings) {
        Redirections applied = NONE;
        for (Redirect redirect : redirects) {
            applied = applied.with(redirect, expander, scope, findings);
        }
        return applied;
    }

    private Redirections with(Redirect redirect, Expander expander, Scope scope, Findings findings) {
        if (redirect.operator().equals("<<<")) {
            return reading(Flow.of(expander.text(redirect.target()) + "\n"), false);
        }
        if (redirect.isDocument()) {
            return reading(Flow.of(expander.text(redirect.document().body())), false);
        }
        String target = expander.text(redirect.target());
        boolean copies = redirect.operator().endsWith("&");
        if (target.isEmpty() || (copies && target.matches("\\d*-?"))) {
            boolean other = redirect.operator().equals("<&") && !target.isEmpty() && !target.equals("0");
            return other && isInput(redirect) ? reading(Flow.UNKNOWN, false) : this;
        }
        String source = redirect.descriptor() + redirect.operator() + " " + target;
        String path = Paths.resolved(scope.folder(), target);
        if (redirect.reads()) {
            FileRules.read(path, source, findings);
        }
        if (redirect.writes()) {
            FileRules.written(path, source, findings);
        }
        return followed(redirect, target, scope);
    }

    private Redirections followed(Redirect redirect, String target, Scope scope) {
        String descriptor = redirect.descriptor();
        if (redirect.operator().equals("<") && isInput(redirect)) {
            Optional<Flow> written = scope.file(target);
            return target.equals("/dev/stdin") ? this : reading(written.orElse(Flow.UNKNOWN), written.isEmpty());
        }
        boolean toOutput = redirect.operator().startsWith("&") || descriptor.isEmpty() || descriptor.equals("1");
        if (redirect.writes() && !redirect.reads() && toOutput) {
            return new Redirections(
                    input, fromFile, Optional.of(target), redirect.operator().contains(">>"));
        }
        return this;
    }

    private static boolean isInput(Redirect redirect) {
        return redirect.descriptor().isEmpty() || redirect.descriptor().equals("0");
    }

    private Redirections reading(Flow flow, boolean file) {
        return new Redirections(Optional.of(flow), file, output, appends);
    }

    /// Puts what a command writes where it goes, and answers what goes on to the next command.
    Flow stored(Flow written, Scope scope) {
        if (output.isEmpty() || output.get().equals("/dev/stdout")) {
            return written;
        }
        scope.write(output.get(), written, appends);
        return Flow.EMPTY;
    }
}
