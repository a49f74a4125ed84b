package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a shell knows while it runs: variables, functions, arguments, its folder, and what was written to files.
///
/// A variable that is assigned where it is not certain that the assignment runs keeps what it may have been before as
/// well, up to a bound.
final class Scope {
    /// How many values a variable may have that are all possible.
    static final int ALTERNATIVES_MAX = 4;

    /// How many variables, functions and files are followed, each; past it everything is unknown.
    static final int NAMES_MAX = 256;

    /// How long a value may be; what is longer is unknown.
    static final int VALUE_CHARS_MAX = 16 * 1024;

    private static final List<String> UNKNOWN = List.of(Marks.UNKNOWN_TEXT);

    // What shells set by themselves, or the host does, in a form that rules understand.
    private static final Map<String, String> GIVEN = Map.ofEntries(
            Map.entry("HOME", "~"),
            Map.entry("PWD", "."),
            Map.entry("PATH", "/usr/local/bin:/usr/bin:/bin"),
            Map.entry("SHELL", "/bin/sh"),
            Map.entry("BASH", "/bin/bash"),
            Map.entry("IFS", " \t\n"),
            Map.entry("PPID", Invocation.PARENT),
            Map.entry("LANG", "C.UTF-8"));
    private static final List<String> GENERATED = List.of(
            "OLDPWD",
            "UID",
            "EUID",
            "USER",
            "LOGNAME",
            "HOSTNAME",
            "HOSTTYPE",
            "OSTYPE",
            "MACHTYPE",
            "RANDOM",
            "SECONDS",
            "LINENO",
            "OPTIND",
            "OPTARG",
            "REPLY",
            "SHLVL",
            "SHELLOPTS",
            "BASHOPTS",
            "BASH_VERSION",
            "BASHPID",
            "TMPDIR",
            "TERM");

    private final Map<String, List<List<String>>> variables = new HashMap<>();
    private final Map<String, Function> functions = new HashMap<>();
    private final Map<String, Flow> files;
    private List<String> arguments = List.of("sh");
    private String folder = "";
    private boolean uncertain;
    private boolean opaque;

    Scope() {
        this(new HashMap<>());
    }

    private Scope(Map<String, Flow> files) {
        this.files = files;
    }

    /// The same knowledge for a shell of its own; files stay common to both.
    Scope copy() {
        Scope copy = new Scope(files);
        copy.variables.putAll(variables);
        copy.functions.putAll(functions);
        copy.arguments = arguments;
        copy.folder = folder;
        copy.uncertain = uncertain;
        copy.opaque = opaque;
        return copy;
    }

    /// How much a copy costs.
    int size() {
        return variables.size() + functions.size();
    }

    /// Says whether what is run next may not run at all; answers what was said before.
    boolean uncertain(boolean now) {
        boolean before = uncertain;
        uncertain = now;
        return before;
    }

    boolean uncertain() {
        return uncertain;
    }

    /// From now on any variable may have any value.
    void forget() {
        opaque = true;
    }

    void assign(String name, List<String> value) {
        List<String> bounded = value.stream().mapToInt(String::length).sum() > VALUE_CHARS_MAX ? UNKNOWN : value;
        if (!variables.containsKey(name) && variables.size() >= NAMES_MAX) {
            opaque = true;
            return;
        }
        List<List<String>> before = uncertain ? variables.getOrDefault(name, List.of()) : List.of();
        List<List<String>> after = new ArrayList<>(before);
        after.remove(bounded);
        if (after.size() >= ALTERNATIVES_MAX) {
            after.set(0, UNKNOWN);
            after.removeLast();
        }
        after.add(bounded);
        variables.put(name, List.copyOf(after));
    }

    /// Everything a variable may be, the latest last.
    List<List<String>> possible(String name) {
        return variables.getOrDefault(name, List.of());
    }

    /// Says that a variable may also be what it may have been before.
    void maybe(String name, List<List<String>> before) {
        boolean certain = !uncertain;
        List<List<String>> now = possible(name);
        uncertain = true;
        variables.remove(name);
        before.forEach(value -> assign(name, value));
        now.forEach(value -> assign(name, value));
        uncertain = !certain;
    }

    void unset(String name) {
        if (!uncertain) {
            variables.remove(name);
            functions.remove(name);
        }
    }

    /// A variable's value in one of the worlds that are possible, the latest one in world 0; empty if it has none.
    Optional<List<String>> value(String name, int world) {
        List<List<String>> possible = variables.get(name);
        if (possible != null) {
            return Optional.of(possible.get(Math.max(0, possible.size() - 1 - world)));
        }
        String given = GIVEN.get(name);
        if (given != null) {
            return Optional.of(List.of(given));
        }
        return opaque || GENERATED.contains(name) ? Optional.of(UNKNOWN) : Optional.empty();
    }

    int alternatives(String name) {
        return variables.getOrDefault(name, List.of()).size();
    }

    /// The program's name and its arguments.
    List<String> arguments() {
        return arguments;
    }

    void arguments(List<String> now) {
        arguments = List.copyOf(now);
    }

    void define(Function function) {
        if (functions.size() < NAMES_MAX) {
            functions.put(function.name(), function);
        } else {
            opaque = true;
        }
    }

    Optional<Function> function(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    /// What was written to a file, if it was written here.
    Optional<Flow> file(String path) {
        return Optional.ofNullable(files.get(Paths.resolved(folder, path)));
    }

    void write(String path, Flow content, boolean append) {
        String resolved = Paths.resolved(folder, path);
        Flow before = files.getOrDefault(resolved, Flow.EMPTY);
        if (files.containsKey(resolved) || files.size() < NAMES_MAX) {
            files.put(resolved, append || uncertain ? before.then(content) : content);
        }
    }

    /// Makes a file of its own and answers its path.
    String pipeFile(Flow content) {
        String path = "/dev/fd/" + (NAMES_MAX + files.size());
        write(path, content, false);
        return path;
    }

    /// The folder that relative paths begin in; empty for the one a command is started in.
    String folder() {
        return folder;
    }

    void enter(String path) {
        folder = Paths.resolved(folder, path);
    }
}
