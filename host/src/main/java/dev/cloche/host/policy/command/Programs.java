package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Function;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at each program that is called: what it does itself, what it runs in turn, and what it writes.
final class Programs {
    /// Programs that a pattern in a name's place is held against.
    private static final List<String> NAMED_BY_PATTERN = List.of(
            "rm",
            "dd",
            "sh",
            "bash",
            "dash",
            "zsh",
            "nc",
            "ncat",
            "netcat",
            "socat",
            "sudo",
            "su",
            "doas",
            "shutdown",
            "reboot",
            "halt",
            "poweroff",
            "init",
            "kill",
            "killall",
            "pkill",
            "shred",
            "wipefs",
            "mkfs",
            "mkfs.ext4",
            "fdisk",
            "chmod",
            "chown",
            "cat",
            "tee",
            "find",
            "curl",
            "wget",
            "python",
            "python3",
            "perl",
            "ruby",
            "node",
            "php",
            "env",
            "xargs",
            "busybox");

    private final ShellWalk walk;
    private final Findings findings;
    private final CodeRules code;
    private final Set<Function> running = Collections.newSetFromMap(new IdentityHashMap<>());

    Programs(ShellWalk walk, Findings findings) {
        this.walk = walk;
        this.findings = findings;
        this.code = new CodeRules(walk, findings);
    }

    /// Looks at a call and answers what it would write.
    Flow call(Invocation invocation) {
        String name = invocation.name();
        if (!Marks.known(name)) {
            findings.addFirst(CommandClass.PIPE_TO_SHELL, invocation.source());
            return Flow.UNKNOWN;
        }
        if (Globs.isPattern(name) && name.length() > 1) {
            return byPattern(invocation, name);
        }
        // A function may not have been defined after all, so that the program of its name is looked at as well.
        Optional<Flow> called = invocation
                .scope()
                .function(invocation.fields().getFirst())
                .map(function -> function(function, invocation));
        Flow output = program(invocation, name);
        return called.orElse(output);
    }

    private Flow program(Invocation invocation, String name) {
        rules(invocation);
        if (Builtins.evaluates(invocation)) {
            Builtins.subscripts(invocation.arguments(), invocation.scope(), walk);
        }
        Optional<Flow> built = Builtins.run(invocation, walk);
        if (built.isPresent()) {
            return built.get();
        }
        // Beside what it does anyway: what it writes is not what they write.
        if (!HandedOn.reads(invocation) || walk.steps(invocation.input().text().length())) {
            HandedOn.by(invocation).forEach(each -> run(each, invocation));
        }
        List<Nested> nested = nested(invocation, name);
        if (nested.isEmpty()) {
            return TextTools.output(invocation);
        }
        Flow output = Flow.EMPTY;
        for (Nested each : nested) {
            output = run(each, invocation);
        }
        return nested.size() == 1 ? output : Flow.UNKNOWN;
    }

    private Flow byPattern(Invocation invocation, String name) {
        for (String candidate : NAMED_BY_PATTERN) {
            if (Globs.matches(name, candidate)) {
                List<String> fields = new ArrayList<>(invocation.fields());
                fields.set(0, candidate);
                walk.command(invocation.with(fields, walk.copied(invocation.scope())));
            }
        }
        return Flow.UNKNOWN;
    }

    private Flow function(Function function, Invocation invocation) {
        Scope scope = invocation.scope();
        if (!running.add(function)) {
            return Flow.UNKNOWN;
        }
        List<String> outer = scope.arguments();
        List<String> arguments = new ArrayList<>(List.of(outer.isEmpty() ? "sh" : outer.getFirst()));
        arguments.addAll(invocation.arguments());
        scope.arguments(arguments);
        Flow output = walk.run(function.body(), scope, invocation.input());
        scope.arguments(outer);
        running.remove(function);
        return output;
    }

    private void rules(Invocation invocation) {
        if (invocation.asksForHelp()) {
            return;
        }
        DeletionRules.check(invocation, findings);
        DiskRules.check(invocation, findings);
        SystemRules.check(invocation, findings);
        NetworkRules.check(invocation, findings, walk);
        FileRules.check(invocation, findings);
    }

    private List<Nested> nested(Invocation invocation, String name) {
        Optional<Flow> own = invocation.fields().getFirst().contains("/")
                ? invocation.scope().file(invocation.fields().getFirst())
                : Optional.empty();
        if (own.isPresent()) {
            return List.of(new Nested.Script(own.get(), invocation.fields(), false));
        }
        if (Interpreters.isShell(name)) {
            return Interpreters.shell(invocation, walk);
        }
        return Interpreters.isLanguage(name) ? Interpreters.code(invocation) : Wrappers.nested(invocation);
    }

    private Flow run(Nested nested, Invocation invocation) {
        return switch (nested) {
            case Nested.Program program ->
                program.fields().isEmpty()
                        ? Flow.EMPTY
                        : walk.command(invocation.with(program.fields(), invocation.scope()));
            case Nested.Script script -> {
                Scope scope = script.sameShell() ? invocation.scope() : walk.copied(invocation.scope());
                if (!script.sameShell()) {
                    scope.arguments(script.arguments());
                }
                // What a script reads that is itself read is what comes behind it, at a place that is not known.
                boolean itself = script.text().equals(invocation.input()) && !script.sameShell();
                Flow input = itself ? Flow.UNKNOWN : invocation.input();
                yield walk.script(script.text(), scope, input, invocation.source());
            }
            case Nested.Code text -> {
                code.check(text.text(), invocation);
                yield Flow.UNKNOWN;
            }
        };
    }
}
