package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Shells and other interpreters: which text they are given to run.
final class Interpreters {
    private static final Set<String> SHELLS = Set.of(
            "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "mksh", "lksh", "yash", "fish", "csh", "tcsh", "posh",
            "hush");

    /// For each language, the letters of options with code behind them.
    private static final Map<String, String> LANGUAGES = Map.ofEntries(
            Map.entry("python", "c"),
            Map.entry("pypy", "c"),
            Map.entry("perl", "eE"),
            Map.entry("ruby", "e"),
            Map.entry("node", "ep"),
            Map.entry("nodejs", "ep"),
            Map.entry("bun", "ep"),
            Map.entry("php", "rBRE"),
            Map.entry("lua", "e"),
            Map.entry("luajit", "e"),
            Map.entry("julia", "eE"),
            Map.entry("groovy", "e"),
            Map.entry("tclsh", "c"),
            Map.entry("osascript", "e"),
            Map.entry("Rscript", "e"),
            Map.entry("R", "e"),
            Map.entry("pwsh", "c"),
            Map.entry("xonsh", "c"),
            Map.entry("nu", "c"),
            Map.entry("elvish", "c"),
            Map.entry("ipython", "c"),
            Map.entry("deno", ""),
            Map.entry("jshell", ""),
            Map.entry("guile", "c"),
            Map.entry("ghc", "e"),
            Map.entry("erl", ""),
            Map.entry("elixir", "e"),
            Map.entry("ocaml", "e"),
            Map.entry("scala", "e"),
            Map.entry("raku", "e"),
            Map.entry("emacs", ""),
            Map.entry("expect", "c"),
            Map.entry("awk", ""),
            Map.entry("gawk", ""),
            Map.entry("mawk", ""),
            Map.entry("nawk", ""));
    private static final Set<String> LONG_OPTIONS = Set.of(
            "--eval", "-eval", "--execute", "--print", "--run", "--code", "-Command", "-command", "-EncodedCommand");
    /// Shells with a language of their own, in which most commands look as in any other.
    private static final Set<String> OTHER_SHELLS = Set.of("pwsh", "xonsh", "nu", "elvish");

    private static final Set<String> AWKS = Set.of("awk", "gawk", "mawk", "nawk");
    private static final Set<String> WITH_VALUE = Set.of("-W", "-X", "-m", "-I", "-M", "-r", "-d", "-v", "-F", "-f");
    private static final Set<String> SHELL_WITH_VALUE =
            Set.of("-o", "-O", "+o", "+O", "--rcfile", "--init-file", "--rcs", "--emulate");
    private static final Set<String> INPUTS = Set.of("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0");

    private Interpreters() {}

    static boolean isShell(String name) {
        return SHELLS.contains(name) || SHELLS.contains(unversioned(name));
    }

    static boolean isLanguage(String name) {
        return LANGUAGES.containsKey(unversioned(name));
    }

    /// Whether a path means what a program reads anyway.
    static boolean isInput(String path) {
        return INPUTS.contains(path);
    }

    private static String unversioned(String name) {
        int end = name.length();
        while (end > 0 && "0123456789.-".indexOf(name.charAt(end - 1)) >= 0) {
            end--;
        }
        return name.substring(0, end);
    }

    /// What a shell is given: the text behind `-c`, a script written before, or what it reads.
    static List<Nested> shell(Invocation invocation, ShellWalk walk) {
        List<String> arguments = invocation.arguments();
        if (invocation.asksForHelp()) {
            return List.of();
        }
        List<Nested> found = new ArrayList<>(startup(invocation));
        boolean command = false;
        boolean reads = false;
        int i = 0;
        while (i < arguments.size()
                && (Invocation.isOption(arguments.get(i)) || arguments.get(i).startsWith("+"))) {
            String option = arguments.get(i++);
            if (option.equals("--")) {
                break;
            }
            boolean letters = option.startsWith("-") && !option.startsWith("--");
            command |= (letters && option.indexOf('c') > 0) || option.equals("--command");
            reads |= letters && (option.indexOf('s') > 0 || option.indexOf('i') > 0);
            if (SHELL_WITH_VALUE.contains(option)) {
                found.addAll(option.startsWith("--") ? file(invocation, invocation.from(i)) : List.of());
                i++;
            }
        }
        List<String> rest = invocation.from(i);
        if (command) {
            rest.stream().limit(1).forEach(text -> found.add(script(Flow.of(text), shellArguments(rest))));
        } else if (!rest.isEmpty() && !INPUTS.contains(rest.getFirst()) && !reads) {
            found.addAll(file(invocation, rest));
        } else {
            walk.role(ShellWalk.Role.SHELL);
            input(invocation).ifPresent(text -> found.add(script(text, rest)));
        }
        return found;
    }

    /// What variables have a shell run before anything else.
    private static List<Nested> startup(Invocation invocation) {
        List<Nested> found = new ArrayList<>();
        Scope scope = invocation.scope();
        scope.value("PROMPT_COMMAND", 0).ifPresent(text -> found.add(Nested.Script.of(String.join(" ", text))));
        for (String name : List.of("BASH_ENV", "ENV")) {
            scope.value(name, 0)
                    .map(path -> String.join(" ", path))
                    .flatMap(path -> isInput(path) ? input(invocation) : scope.file(path))
                    .ifPresent(text -> found.add(script(text, List.of())));
        }
        return found;
    }

    private static Nested script(Flow text, List<String> arguments) {
        return new Nested.Script(text, arguments.isEmpty() ? List.of("sh") : arguments, false);
    }

    private static List<String> shellArguments(List<String> rest) {
        return rest.size() > 1 ? rest.subList(1, rest.size()) : List.of("sh");
    }

    private static List<Nested> file(Invocation invocation, List<String> rest) {
        return rest.stream()
                .limit(1)
                .flatMap(path -> invocation.scope().file(path).stream())
                .map(text -> script(text, rest))
                .toList();
    }

    /// What is read, unless it is a file of which nothing is known: that is like the file's name as an argument.
    private static Optional<Flow> input(Invocation invocation) {
        return invocation.fromFile() || invocation.input().text().isEmpty()
                ? Optional.empty()
                : Optional.of(invocation.input());
    }

    /// What another interpreter is given.
    static List<Nested> code(Invocation invocation) {
        String language = unversioned(invocation.name());
        if (AWKS.contains(language)) {
            return awk(invocation);
        }
        List<Nested> found = inLanguage(invocation, language);
        if (OTHER_SHELLS.contains(language)) {
            List<Nested> both = new ArrayList<>(found);
            for (Nested each : found) {
                if (each instanceof Nested.Code(Flow text)
                        && ShellParser.parse(text.text()).problem().isEmpty()) {
                    both.add(script(text, List.of()));
                }
            }
            return both;
        }
        return found;
    }

    private static List<Nested> inLanguage(Invocation invocation, String language) {
        List<Nested> found = new ArrayList<>();
        List<String> arguments = invocation.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!Invocation.isOption(argument)) {
                return found.isEmpty() ? scriptFile(invocation, argument) : found;
            }
            Optional<String> behind = codeBehind(argument, language);
            behind.filter(text -> !text.isEmpty()).ifPresent(text -> found.add(new Nested.Code(Flow.of(text))));
            if (behind.isPresent() && i + 1 < arguments.size()) {
                found.add(new Nested.Code(Flow.of(arguments.get(i + 1))));
            }
            boolean option = i + 1 < arguments.size() && Invocation.isOption(arguments.get(i + 1));
            i += (behind.isPresent() || WITH_VALUE.contains(argument)) && !option ? 1 : 0;
        }
        return !found.isEmpty() || invocation.has("-m", "--version", "-V", "-v", "-h", "--help")
                ? found
                : input(invocation)
                        .map(text -> List.<Nested>of(new Nested.Code(text)))
                        .orElse(List.of());
    }

    /// Code that an option has right behind it, empty text if it is in the next argument; empty if it takes none.
    /// Letters may stand for options of their own as well as for code, so that both places are looked at.
    private static Optional<String> codeBehind(String argument, String language) {
        int equals = argument.indexOf('=');
        String option = equals > 0 ? argument.substring(0, equals) : argument;
        if (LONG_OPTIONS.contains(option)) {
            return Optional.of(equals > 0 ? argument.substring(equals + 1) : "");
        }
        if (argument.startsWith("--")) {
            return Optional.empty();
        }
        String letters = LANGUAGES.getOrDefault(language, "");
        String modules = language.startsWith("py") ? "WXm" : language.equals("ruby") ? "ICr" : "MI";
        for (int i = 1; i < argument.length(); i++) {
            char c = argument.charAt(i);
            if (letters.indexOf(c) >= 0) {
                return Optional.of(argument.substring(i + 1));
            }
            if (!Character.isLetterOrDigit(c) || modules.indexOf(c) >= 0) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static List<Nested> scriptFile(Invocation invocation, String argument) {
        if (argument.equals("eval") && invocation.arguments().size() > 1) {
            return List.of(new Nested.Code(Flow.of(invocation.arguments().get(1))));
        }
        return (INPUTS.contains(argument)
                        ? input(invocation)
                        : invocation.scope().file(argument))
                .map(text -> List.<Nested>of(new Nested.Code(text)))
                .orElse(List.of());
    }

    private static List<Nested> awk(Invocation invocation) {
        List<Nested> found = new ArrayList<>();
        List<String> arguments = invocation.arguments();
        for (String program : HandedOn.values(arguments, Set.of("-e", "--source"))) {
            found.add(new Nested.Code(Flow.of(program)));
        }
        List<String> files = HandedOn.values(arguments, Set.of("-f", "--file"));
        for (String file : files) {
            (isInput(file) ? input(invocation) : invocation.scope().file(file))
                    .ifPresent(text -> found.add(new Nested.Code(text)));
        }
        for (int i = 0; i < arguments.size() && files.isEmpty(); i++) {
            if (!Invocation.isOption(arguments.get(i))) {
                found.add(new Nested.Code(Flow.of(arguments.get(i))));
                return found;
            }
            i += WITH_VALUE.contains(arguments.get(i)) ? 1 : 0;
        }
        return found;
    }
}
