package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a shell does itself and what changes what it knows.
final class Builtins {
    private static final Set<String> QUERIES = Set.of("-v", "-V", "-p");

    /// How many of the lines that may be read are followed.
    private static final int LINES_MAX = 3;

    /// Builtins that take names of variables, whose subscripts are expanded whatever was quoted.
    private static final Set<String> NAMING = Set.of(
            "let",
            "test",
            "[",
            "unset",
            "read",
            "mapfile",
            "readarray",
            "declare",
            "typeset",
            "local",
            "export",
            "readonly",
            "wait");

    private Builtins() {}

    static boolean evaluates(Invocation invocation) {
        return NAMING.contains(invocation.name()) || (invocation.name().equals("printf") && invocation.has("-v"));
    }

    /// Runs what substitutions within brackets would run.
    static void subscripts(List<String> fields, Scope scope, ShellWalk walk) {
        for (String field : fields) {
            int start = field.indexOf('[');
            String behind = start < 0 ? "" : field.substring(start + 1);
            if (start > 0 && (behind.contains("$(") || behind.contains("`"))) {
                String text = ": \"" + field.replace("\"", "\\\"") + "\"";
                walk.script(Flow.of(text), walk.copied(scope), Flow.EMPTY, field);
            }
        }
    }

    /// Carries a builtin out, as far as it can be followed; empty if it is none.
    static Optional<Flow> run(Invocation invocation, ShellWalk walk) {
        return switch (invocation.name()) {
            case "eval" -> Optional.of(eval(invocation, walk));
            case "command", "builtin", "exec" -> Optional.of(passedOn(invocation, walk));
            case "source", "." -> Optional.of(sourced(invocation, walk));
            case "trap", "alias" -> Optional.of(text(invocation, walk));
            case "export", "declare", "typeset", "local", "readonly" -> Optional.of(declared(invocation));
            case "set" -> Optional.of(arguments(invocation));
            case "shift" -> Optional.of(shifted(invocation));
            case "read", "mapfile", "readarray", "getopts" -> Optional.of(read(invocation));
            case "unset" -> Optional.of(unset(invocation));
            case "cd", "pushd" -> Optional.of(entered(invocation));
            case "pwd" ->
                Optional.of(Flow.of(
                        invocation.scope().folder().isEmpty()
                                ? "."
                                : invocation.scope().folder()));
            case ":", "true", "false", "test", "[", "wait", "exit", "return", "break", "continue", "popd" ->
                Optional.of(Flow.EMPTY);
            default -> Optional.empty();
        };
    }

    private static Flow eval(Invocation invocation, ShellWalk walk) {
        Flow text = Flow.of(String.join(" ", invocation.arguments()));
        return walk.script(text, invocation.scope(), invocation.input(), invocation.source());
    }

    private static Flow passedOn(Invocation invocation, ShellWalk walk) {
        int i = 0;
        while (i < invocation.arguments().size()
                && Invocation.isOption(invocation.arguments().get(i))) {
            String option = invocation.arguments().get(i);
            if (QUERIES.contains(option) && invocation.name().equals("command") && !option.equals("-p")) {
                return Flow.of(String.join("\n", invocation.from(i + 1)));
            }
            i += option.equals("-a") && invocation.name().equals("exec") ? 2 : 1;
        }
        List<String> rest = invocation.from(i);
        return rest.isEmpty() ? Flow.EMPTY : walk.command(invocation.with(rest, invocation.scope()));
    }

    private static Flow sourced(Invocation invocation, ShellWalk walk) {
        List<String> arguments = invocation.arguments();
        if (arguments.isEmpty()) {
            return Flow.EMPTY;
        }
        String path = arguments.getFirst();
        boolean input = path.equals("/dev/stdin") || path.equals("/dev/fd/0") || path.equals("/proc/self/fd/0");
        Optional<Flow> text = input && !invocation.fromFile()
                ? Optional.of(invocation.input())
                : invocation.scope().file(path);
        if (text.isEmpty()) {
            invocation.scope().forget();
            return Flow.UNKNOWN;
        }
        return walk.script(text.get(), invocation.scope(), invocation.input(), invocation.source());
    }

    /// `trap TEXT SIGNAL...`, `alias NAME=TEXT...`
    private static Flow text(Invocation invocation, ShellWalk walk) {
        boolean trap = invocation.name().equals("trap");
        for (String operand :
                invocation.operands().stream().limit(trap ? 1 : Long.MAX_VALUE).toList()) {
            int equals = operand.indexOf('=');
            String text = trap ? operand : operand.substring(equals + 1);
            if (trap || equals > 0) {
                Scope scope = walk.copied(invocation.scope());
                walk.script(Flow.of(text), scope, Flow.EMPTY, invocation.source());
            }
        }
        return Flow.EMPTY;
    }

    private static Flow declared(Invocation invocation) {
        for (String operand : invocation.operands()) {
            int equals = operand.indexOf('=');
            if (equals > 0) {
                invocation.scope().assign(operand.substring(0, equals), List.of(operand.substring(equals + 1)));
            }
        }
        return Flow.EMPTY;
    }

    private static Flow arguments(Invocation invocation) {
        List<String> given = invocation.arguments();
        int i = 0;
        while (i < given.size()
                && (Invocation.isOption(given.get(i)) || given.get(i).startsWith("+"))) {
            if (given.get(i++).equals("--")) {
                break;
            }
        }
        if (i < given.size() || given.contains("--")) {
            List<String> arguments = new ArrayList<>(List.of("sh"));
            arguments.addAll(invocation.from(i));
            invocation.scope().arguments(arguments);
        }
        return Flow.EMPTY;
    }

    private static Flow shifted(Invocation invocation) {
        List<String> arguments = new ArrayList<>(invocation.scope().arguments());
        if (arguments.size() > 1) {
            arguments.remove(1);
        }
        invocation.scope().arguments(arguments);
        return Flow.EMPTY;
    }

    private static Flow read(Invocation invocation) {
        boolean known = invocation.name().equals("read") && invocation.input().known();
        List<String> lines = known
                ? invocation.input().text().strip().lines().limit(LINES_MAX).toList()
                : List.of();
        if (lines.size() == 1) {
            assign(invocation, lines.getFirst());
        } else {
            // Which line it is depends on how often it is run.
            boolean before = invocation.scope().uncertain();
            invocation.operands().forEach(name -> invocation.scope().assign(name, List.of(Marks.UNKNOWN_TEXT)));
            invocation.scope().uncertain(true);
            lines.forEach(line -> assign(invocation, line));
            invocation.scope().uncertain(before);
        }
        return Flow.EMPTY;
    }

    private static void assign(Invocation invocation, String line) {
        List<String> names = invocation.operands();
        String[] words = line.strip().split("\\s+", Math.max(1, names.size()));
        for (int i = 0; i < names.size(); i++) {
            List<String> all = List.of(line.strip().split("\\s+"));
            List<String> one = List.of(i < words.length ? words[i] : "");
            invocation.scope().assign(names.get(i), invocation.flag('a') ? all : one);
        }
    }

    private static Flow unset(Invocation invocation) {
        invocation.operands().forEach(invocation.scope()::unset);
        return Flow.EMPTY;
    }

    private static Flow entered(Invocation invocation) {
        List<String> operands = invocation.operands();
        String path = operands.isEmpty() ? "~" : operands.getFirst();
        invocation.scope().enter(path.equals("-") ? Marks.UNKNOWN_TEXT : path);
        return Flow.EMPTY;
    }
}
