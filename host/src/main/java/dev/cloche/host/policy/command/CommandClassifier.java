package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Tells from a command line what it would do. Pure: nothing is run and nothing is looked at on disk. Never throws,
/// and takes a bounded number of steps, whatever it is given.
///
/// What it cannot see: scripts and programs that are on disk already, what a program does because of its own settings,
/// and arguments that a program takes from elsewhere. It is one wall of several, not the only one: what may be run at
/// all is up to grants.
public final class CommandClassifier {
    /// How much is done before a command counts as one that cannot be read.
    public static final int STEPS_MAX = 1_000_000;

    private CommandClassifier() {}

    /// Tells what a program would do that is started with nothing in its environment and nothing to read.
    public static CommandReport classify(List<String> command) {
        return classify(command, Map.of(), "");
    }

    /// Tells what a program would do.
    ///
    /// @param command the program and its arguments
    /// @param environment variables that shells among them would see
    /// @param input what the program is given to read
    public static CommandReport classify(List<String> command, Map<String, String> environment, String input) {
        if (command.isEmpty()) {
            return new CommandReport(List.of(), 0);
        }
        Steps steps = new Steps(STEPS_MAX);
        Findings findings = new Findings();
        List<String> fields = new ArrayList<>();
        command.forEach(field -> fields.add(Marks.cleaned(field)));
        Scope scope = new Scope();
        environment.forEach((name, value) -> scope.assign(name, List.of(Marks.cleaned(value))));
        String source = String.join(" ", fields);
        ShellWalk walk = new ShellWalk(steps, findings);
        walk.command(new Invocation(fields, scope, Flow.of(Marks.cleaned(input)), false, source));
        walk.end(source);
        return new CommandReport(findings.all(), steps.used());
    }

    /// Tells what a shell would do with a text.
    public static CommandReport classifyShell(String text) {
        return classify(List.of("sh", "-c", text));
    }
}
