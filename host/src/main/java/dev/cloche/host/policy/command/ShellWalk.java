package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Assignment;
import dev.cloche.host.policy.command.ShellNode.Branches;
import dev.cloche.host.policy.command.ShellNode.Each;
import dev.cloche.host.policy.command.ShellNode.Function;
import dev.cloche.host.policy.command.ShellNode.Group;
import dev.cloche.host.policy.command.ShellNode.Loop;
import dev.cloche.host.policy.command.ShellNode.Pipeline;
import dev.cloche.host.policy.command.ShellNode.Redirect;
import dev.cloche.host.policy.command.ShellNode.Sequence;
import dev.cloche.host.policy.command.ShellNode.Simple;
import dev.cloche.host.policy.command.ShellNode.Step;
import dev.cloche.host.policy.command.ShellNode.Test;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Goes through a command as a shell would, without running anything: every branch is taken, variables are followed,
/// and so is the text that flows from one command to the next. Used once, by one thread.
///
/// Whatever is not known is marked as unknown and goes on as such; it is a finding only where it would be run.
final class ShellWalk {
    /// How many values of a `for` are tried; the rest counts as one unknown value.
    static final int VALUES_MAX = 16;

    /// How many commands there may be within each other: scripts in scripts, functions in functions.
    static final int DEPTH_MAX = 64;

    // What a round leaves in variables, the next one sees.
    private static final int ROUNDS = 2;

    private final Steps steps;
    private final Findings findings;
    private final Programs programs;
    private final Set<Role> all = EnumSet.noneOf(Role.class);
    private Set<Role> roles = EnumSet.noneOf(Role.class);
    private int depth;

    ShellWalk(Steps steps, Findings findings) {
        this.steps = steps;
        this.findings = findings;
        this.programs = new Programs(this, findings);
    }

    /// What a command can be to its neighbours in a pipeline.
    enum Role {
        /// Runs what it reads.
        SHELL,
        /// Carries what it reads to the network, and what comes from there on.
        NETWORK,
        /// Makes a pipe that has a name.
        PIPE_FILE
    }

    void role(Role role) {
        roles.add(role);
        all.add(role);
    }

    /// To be called when everything has been walked: a named pipe can join what no pipeline does.
    void end(String source) {
        if (all.size() == Role.values().length) {
            findings.addFirst(CommandClass.REVERSE_SHELL, source);
        }
    }

    /// Takes steps; false if there are none left.
    boolean steps(int count) {
        if (!steps.take(count)) {
            tooMuch("too much to look at");
            return false;
        }
        return true;
    }

    void tooMuch(String what) {
        findings.addFirst(CommandClass.UNPARSEABLE, what);
    }

    Scope copied(Scope scope) {
        steps(1 + scope.size());
        return scope.copy();
    }

    private boolean enter() {
        if (depth >= DEPTH_MAX) {
            tooMuch("too much within each other");
            return false;
        }
        return steps(1);
    }

    /// Walks a part and answers what it would write.
    Flow run(ShellNode node, Scope scope, Flow input) {
        return run(node, scope, input, false);
    }

    private Flow run(ShellNode node, Scope scope, Flow input, boolean fromFile) {
        if (!enter()) {
            return Flow.UNKNOWN;
        }
        depth++;
        Flow output = switch (node) {
            case Simple simple -> simple(simple, scope, input, fromFile);
            case Pipeline pipeline -> pipeline(pipeline, scope, input, fromFile);
            case Sequence sequence -> sequence(sequence, scope, input, fromFile);
            case Group group -> {
                Scope inner = group.subshell() ? copied(scope) : scope;
                yield within(
                        group.redirects(), inner, input, fromFile, (in, file) -> run(group.body(), inner, in, file));
            }
            case Branches branches ->
                within(branches.redirects(), scope, input, fromFile, (in, file) -> branches(branches, scope, in, file));
            case Each each ->
                within(each.redirects(), scope, input, fromFile, (in, file) -> each(each, scope, in, file));
            case Loop loop ->
                within(loop.redirects(), scope, input, fromFile, (in, file) -> loop(loop, scope, in, file));
            case Function function -> define(function, scope);
            case Test test -> {
                List<String> fields = new Expander(this, scope, 0).fields(test.words());
                Builtins.subscripts(fields, scope, this);
                yield Flow.EMPTY;
            }
        };
        depth--;
        return output;
    }

    private interface Body {
        Flow run(Flow input, boolean fromFile);
    }

    private Flow within(List<Redirect> redirects, Scope scope, Flow input, boolean fromFile, Body body) {
        Redirections applied = Redirections.apply(redirects, new Expander(this, scope, 0), scope, findings);
        Flow output =
                body.run(applied.input().orElse(input), applied.input().isPresent() ? applied.fromFile() : fromFile);
        return applied.stored(output, scope);
    }

    private Flow sequence(Sequence sequence, Scope scope, Flow input, boolean fromFile) {
        StringBuilder output = new StringBuilder();
        boolean decoded = false;
        for (Step step : sequence.steps()) {
            boolean before = scope.uncertain(scope.uncertain() || step.conditional());
            Flow written = run(step.node(), scope, input, fromFile);
            scope.uncertain(before);
            decoded |= written.decoded();
            if (output.length() < Flow.CHARS_MAX) {
                output.append(written.text());
            }
        }
        return new Flow(output.toString(), decoded);
    }

    private Flow pipeline(Pipeline pipeline, Scope scope, Flow input, boolean fromFile) {
        Set<Role> outer = roles;
        Set<Role> inner = EnumSet.noneOf(Role.class);
        Flow flow = input;
        boolean file = fromFile;
        for (ShellNode stage : pipeline.stages()) {
            roles = EnumSet.noneOf(Role.class);
            flow = run(stage, copied(scope), flow, file);
            file = false;
            inner.addAll(roles);
        }
        if (inner.contains(Role.SHELL) && inner.contains(Role.NETWORK)) {
            findings.add(CommandClass.REVERSE_SHELL, pipeline.source());
        }
        roles = outer;
        roles.addAll(inner);
        return flow;
    }

    private Flow branches(Branches branches, Scope scope, Flow input, boolean fromFile) {
        new Expander(this, scope, 0).fields(branches.words());
        boolean before = scope.uncertain(true);
        Flow output = Flow.EMPTY;
        for (ShellNode part : branches.parts()) {
            output = output.then(run(part, scope, input, fromFile));
        }
        scope.uncertain(before);
        return output;
    }

    private Flow each(Each each, Scope scope, Flow input, boolean fromFile) {
        List<String> values = new Expander(this, scope, 0).fields(each.values());
        boolean all = values.size() <= VALUES_MAX && !values.isEmpty();
        List<List<String>> before = scope.possible(each.variable());
        Flow output = Flow.EMPTY;
        for (String value : values.subList(0, Math.min(values.size(), VALUES_MAX))) {
            output = output.then(round(each, value, scope, input, fromFile));
        }
        output = all ? output : output.then(round(each, Marks.UNKNOWN_TEXT, scope, input, fromFile));
        scope.maybe(each.variable(), before);
        return output;
    }

    private Flow round(Each each, String value, Scope scope, Flow input, boolean fromFile) {
        boolean before = scope.uncertain(false);
        scope.assign(each.variable(), List.of(value));
        scope.uncertain(true);
        Flow output = run(each.body(), scope, input, fromFile);
        scope.uncertain(before);
        return output;
    }

    private Flow loop(Loop loop, Scope scope, Flow input, boolean fromFile) {
        if (ForkBombs.floods(loop)) {
            findings.add(CommandClass.FORK_BOMB, loop.source());
        }
        boolean before = scope.uncertain(true);
        Flow output = Flow.EMPTY;
        for (int i = 0; i < ROUNDS; i++) {
            output = output.then(run(loop.condition(), scope, input, fromFile))
                    .then(run(loop.body(), scope, input, fromFile));
        }
        scope.uncertain(before);
        return output.text().isEmpty() ? Flow.EMPTY : output.then(Flow.UNKNOWN);
    }

    private Flow define(Function function, Scope scope) {
        if (ForkBombs.startsItself(function, scope)) {
            findings.add(CommandClass.FORK_BOMB, function.source());
        }
        scope.define(function);
        return Flow.EMPTY;
    }

    private Flow simple(Simple simple, Scope scope, Flow input, boolean fromFile) {
        Expander latest = new Expander(this, scope, 0);
        Flow output = simple(simple, scope, input, fromFile, latest);
        for (int world = 1; world < latest.worlds(); world++) {
            Scope other = copied(scope);
            Flow possible = simple(simple, other, input, fromFile, new Expander(this, other, world));
            output = output.text().endsWith("\n") ? output : output.then(Flow.of("\n"));
            output = output.then(possible);
        }
        return output;
    }

    private Flow simple(Simple simple, Scope scope, Flow input, boolean fromFile, Expander expander) {
        for (Assignment assignment : simple.assignments()) {
            assign(assignment, scope, expander);
        }
        List<String> fields = expander.fields(simple.words());
        Redirections applied = Redirections.apply(simple.redirects(), expander, scope, findings);
        Flow in = applied.input().orElse(input);
        boolean file = applied.input().isPresent() ? applied.fromFile() : fromFile;
        if (fields.isEmpty()) {
            return applied.input().isPresent() ? in : Flow.EMPTY;
        }
        return applied.stored(command(new Invocation(fields, scope, in, file, simple.source())), scope);
    }

    private static void assign(Assignment assignment, Scope scope, Expander expander) {
        List<Word> words = assignment.values();
        List<String> value = words.size() == 1 ? List.of(expander.text(words.getFirst())) : expander.fields(words);
        if (assignment.appends()) {
            List<String> before = scope.value(assignment.name(), 0).orElse(List.of());
            value = words.size() == 1 && before.size() == 1
                    ? List.of(before.getFirst() + value.getFirst())
                    : Stream.concat(before.stream(), value.stream()).toList();
        }
        scope.assign(assignment.name(), value);
    }

    /// Walks a program that is called and answers what it would write.
    Flow command(Invocation invocation) {
        if (!enter() || !steps(invocation.fields().size())) {
            return Flow.UNKNOWN;
        }
        depth++;
        Flow output = programs.call(invocation);
        depth--;
        return output;
    }

    /// Walks a text that a shell runs.
    ///
    /// @param source the command that has the text run
    Flow script(Flow text, Scope scope, Flow input, String source) {
        if (text.decoded() || text.text().strip().startsWith(Marks.UNKNOWN_TEXT)) {
            findings.add(CommandClass.PIPE_TO_SHELL, source);
        }
        if (!steps(text.text().length())) {
            return Flow.UNKNOWN;
        }
        ShellParser.Parsed parsed = ShellParser.parse(text.text());
        parsed.problem().ifPresent(problem -> findings.add(CommandClass.UNPARSEABLE, problem + ": " + source));
        if (ForkBombs.startsScriptAgain(parsed.node())) {
            findings.add(CommandClass.FORK_BOMB, text.text());
        }
        return run(parsed.node(), scope, input);
    }
}
