package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Branches;
import dev.cloche.host.policy.command.ShellNode.Each;
import dev.cloche.host.policy.command.ShellNode.Expansion;
import dev.cloche.host.policy.command.ShellNode.Function;
import dev.cloche.host.policy.command.ShellNode.Group;
import dev.cloche.host.policy.command.ShellNode.Loop;
import dev.cloche.host.policy.command.ShellNode.Pipeline;
import dev.cloche.host.policy.command.ShellNode.Sequence;
import dev.cloche.host.policy.command.ShellNode.Simple;
import dev.cloche.host.policy.command.ShellNode.Step;
import dev.cloche.host.policy.command.ShellNode.Test;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Shapes of commands that multiply: functions that start themselves beside themselves, endless loops that start what
/// they do not wait for.
final class ForkBombs {
    /// How many functions are gone through that call each other.
    private static final int FUNCTIONS_MAX = 32;

    private static final Set<String> WAITS = Set.of("wait", "sleep", "read", "inotifywait", "timeout", "usleep");

    private static final Set<String> HOLD = Set.of(":", "true", "[ 1 ]", "test 1");
    private static final Set<String> FAIL = Set.of("false");

    private ForkBombs() {}

    /// Whether a function's body, or that of one that it calls, starts the function in a pipeline or in the background.
    static boolean startsItself(Function function, Scope scope) {
        return reaches(function.body(), function.name(), scope, false, new HashSet<>());
    }

    private static boolean reaches(ShellNode body, String wanted, Scope scope, boolean beside, Set<String> passed) {
        if (startsBeside(body, beside, wanted::equals)) {
            return true;
        }
        Set<String> called = new HashSet<>();
        boolean _ = any(body, name -> {
            scope.function(name).ifPresent(function -> called.add(function.name()));
            // So that all of it is gone through.
            return false;
        });
        for (String name : called) {
            boolean besides = startsBeside(body, beside, name::equals);
            Optional<Function> next = scope.function(name);
            if (next.isPresent()
                    && passed.size() < FUNCTIONS_MAX
                    && passed.add(besides + name)
                    && reaches(next.get().body(), wanted, scope, besides, passed)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a script starts itself in a pipeline or in the background.
    static boolean startsScriptAgain(ShellNode script) {
        return startsBeside(script, false, "$0"::equals);
    }

    private static boolean startsBeside(ShellNode node, boolean beside, Predicate<String> itself) {
        return switch (node) {
            case Simple simple -> beside && itself.test(program(simple));
            case Pipeline pipeline -> pipeline.stages().stream().anyMatch(stage -> startsBeside(stage, true, itself));
            case Sequence sequence ->
                sequence.steps().stream()
                        .anyMatch(step -> startsBeside(step.node(), beside || step.background(), itself));
            case Group group -> startsBeside(group.body(), beside, itself);
            case Branches branches -> branches.parts().stream().anyMatch(part -> startsBeside(part, beside, itself));
            case Each each -> startsBeside(each.body(), beside, itself);
            case Loop loop -> startsBeside(loop.body(), beside, itself);
            case Function _, Test _ -> false;
        };
    }

    private static String program(Simple simple) {
        if (simple.words().isEmpty()) {
            return "";
        }
        List<Expansion> expansions = simple.words().getFirst().expansions();
        if (expansions.size() == 1 && expansions.getFirst() instanceof ShellNode.Parameter parameter) {
            return "$" + parameter.name();
        }
        return simple.words().getFirst().plain();
    }

    /// Whether a loop never ends by itself, starts something in the background and waits for nothing.
    static boolean floods(Loop loop) {
        return loop.endless() && startsInBackground(loop.body()) && !any(loop.body(), WAITS::contains);
    }

    private static boolean startsInBackground(ShellNode node) {
        return node instanceof Sequence sequence
                && sequence.steps().stream().anyMatch(step -> step.background() || startsInBackground(step.node()));
    }

    private static boolean any(ShellNode node, Predicate<String> program) {
        return switch (node) {
            case Simple simple -> program.test(program(simple));
            case Pipeline pipeline -> pipeline.stages().stream().anyMatch(stage -> any(stage, program));
            case Sequence sequence -> sequence.steps().stream().anyMatch(step -> any(step.node(), program));
            case Group group -> any(group.body(), program);
            case Branches branches -> branches.parts().stream().anyMatch(part -> any(part, program));
            case Each each -> any(each.body(), program);
            case Loop loop -> any(loop.condition(), program) || any(loop.body(), program);
            case Function _, Test _ -> false;
        };
    }

    /// Whether a condition always holds, or never where the loop runs until it does.
    static boolean always(ShellNode condition, boolean whileHolds) {
        if (!(condition instanceof Sequence sequence) || sequence.steps().size() != 1) {
            return false;
        }
        Step step = sequence.steps().getFirst();
        if (step.node() instanceof Test test) {
            return whileHolds
                    && test.words().stream()
                            .allMatch(word -> word.plain().strip().equals("1"));
        }
        if (!(step.node() instanceof Simple simple)) {
            return false;
        }
        String words = simple.words().stream().map(ShellNode.Word::plain).collect(Collectors.joining(" "));
        return (whileHolds ? HOLD : FAIL).contains(words);
    }
}
