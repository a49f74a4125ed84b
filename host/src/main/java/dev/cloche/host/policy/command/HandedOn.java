package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What programs hand to a shell that are no shells themselves: values of options, and lines that ask for one.
final class HandedOn {
    /// How short a long option may be cut. Programs take less where it is clear what is meant.
    private static final int OPTION_CHARS_MIN = 4;

    private static final Set<String> TAR = Set.of(
            "-I",
            "-F",
            "--to-command",
            "--use-compress-program",
            "--rsh-command",
            "--info-script",
            "--new-volume-script",
            "--rmt-command");

    private static final String TAR_LETTERS_WITH_VALUE = "bCfFgHIKLNTVX";

    /// For each program, the options that have a text for a shell behind them.
    private static final Map<String, Set<String>> OPTIONS = Map.ofEntries(
            Map.entry("tar", TAR),
            Map.entry("gtar", TAR),
            Map.entry("bsdtar", TAR),
            Map.entry("rsync", Set.of("-e", "--rsh", "--rsync-path")),
            Map.entry("sort", Set.of("--compress-program")),
            Map.entry("split", Set.of("--filter")),
            Map.entry("zip", Set.of("-TT", "--unzip-command")),
            Map.entry("man", Set.of("-P", "--pager")),
            Map.entry("entr", Set.of("-s")),
            Map.entry("tcpdump", Set.of("-z")),
            Map.entry("wget", Set.of("--use-askpass")),
            Map.entry("xterm", Set.of("-e")),
            Map.entry("gdb", Set.of("-ex", "-iex")));

    // Possessive where they can be: what is looked at is as long and as odd as a guest wants.
    private static final Pattern EDITOR =
            Pattern.compile("(?m)^[+: \t]*+[%.,$0-9']*+[ \t]*+(?:(?:sil|exe)\\w*+|r|w|read|write)?[ \t]*+!(.+)$");
    private static final Pattern DEBUGGER = Pattern.compile("(?m)^[ \t]*+(?:!|(?:platform )?shell\\s)(.+)$");
    private static final Pattern SQLITE = Pattern.compile("(?m)^[ \t]*+\\.(?:shell|system)\\s(.+)$");
    private static final Pattern POSTGRES = Pattern.compile("(?m)\\\\!(.+)$");
    private static final Pattern MYSQL = Pattern.compile("(?m)\\\\!(.+)$|^[ \t]*+system\\s(.+)$");
    private static final Pattern TCL = Pattern.compile("(?m)(?:^|[\\s;\\[{])(?:exec|spawn|system)[ \t]++([^\\]\n]++)");

    /// In SQL, before a text in quotes.
    private static final Pattern PROGRAM = Pattern.compile("(?i)\\bprogram\\s++'");

    /// For each program, what in its arguments and in what it reads is for a shell.
    private static final Map<String, Pattern> ESCAPES = Map.ofEntries(
            Map.entry("vi", EDITOR),
            Map.entry("vim", EDITOR),
            Map.entry("nvim", EDITOR),
            Map.entry("view", EDITOR),
            Map.entry("ex", EDITOR),
            Map.entry("ed", EDITOR),
            Map.entry("less", EDITOR),
            Map.entry("gdb", DEBUGGER),
            Map.entry("lldb", DEBUGGER),
            Map.entry("sqlite3", SQLITE),
            Map.entry("psql", POSTGRES),
            Map.entry("mysql", MYSQL),
            Map.entry("mariadb", MYSQL),
            Map.entry("tclsh", TCL),
            Map.entry("wish", TCL),
            Map.entry("expect", TCL));

    /// For each program, variables that are a text for a shell.
    private static final Map<String, List<String>> VARIABLES = Map.of(
            "rsync", List.of("RSYNC_RSH"),
            "man", List.of("MANPAGER", "PAGER"),
            "less", List.of("LESSOPEN", "LESSCLOSE"),
            "systemctl", List.of("SYSTEMD_PAGER", "SYSTEMD_EDITOR", "PAGER", "EDITOR"),
            "journalctl", List.of("SYSTEMD_PAGER", "PAGER"),
            "crontab", List.of("VISUAL", "EDITOR"),
            "psql", List.of("PSQL_PAGER", "PAGER", "EDITOR"),
            "svn", List.of("SVN_SSH", "SVN_EDITOR", "EDITOR"),
            "hg", List.of("HGEDITOR", "EDITOR"));

    /// For each program, a variable with options for it.
    private static final Map<String, String> OPTION_VARIABLES =
            Map.of("tar", "TAR_OPTIONS", "gtar", "TAR_OPTIONS", "less", "LESS", "zip", "ZIPOPT", "make", "MAKEFLAGS");

    private static final Set<String> SEDS = Set.of("sed", "gsed");
    private static final Set<String> MAKES = Set.of("make", "gmake");
    private static final Set<String> SECURE_SHELLS = Set.of("ssh", "scp", "sftp", "mosh", "autossh");
    private static final Set<String> EDITORS_WITH_CODE = Set.of("vi", "vim", "nvim", "ex", "view");
    private static final Pattern SECURE_SHELL_OPTION =
            Pattern.compile("(?is)\\s*+(?:proxy|local|remote|knownhosts)command[=\\s]++(.+)");
    private static final String ACTION = "exec=";
    private static final List<String> MARKS = List.of("=!", ":!");

    private HandedOn() {}

    /// Whether what a program reads is looked at as well.
    static boolean reads(Invocation invocation) {
        String name = invocation.name().toLowerCase(Locale.ROOT);
        return ESCAPES.containsKey(name) || MAKES.contains(name) || SEDS.contains(name);
    }

    /// What a program hands on, beside what it is there to run.
    static List<Nested> by(Invocation called) {
        String name = called.name().toLowerCase(Locale.ROOT);
        Invocation invocation = withVariable(called, OPTION_VARIABLES.get(name));
        List<String> arguments = isTar(name) ? tarOptions(invocation.arguments()) : invocation.arguments();
        List<Nested> found = new ArrayList<>();
        for (String variable : VARIABLES.getOrDefault(name, List.of())) {
            // One that is the program itself would be looked at without end.
            variable(invocation, variable)
                    .map(text -> text.startsWith("|") ? text.substring(1) : text)
                    .filter(text -> !text.startsWith(name))
                    .ifPresent(text -> found.add(Nested.Script.of(text)));
        }
        values(arguments, OPTIONS.getOrDefault(name, Set.of())).forEach(text -> found.add(Nested.Script.of(text)));
        marked(name, arguments).forEach(text -> found.add(Nested.Script.of(text)));
        escaped(ESCAPES.get(name), invocation).forEach(text -> found.add(Nested.Script.of(text)));
        if (MAKES.contains(name)) {
            Makefiles.recipes(invocation).forEach(text -> found.add(Nested.Script.of(text)));
        } else if (SECURE_SHELLS.contains(name)) {
            values(arguments, Set.of("-o"))
                    .forEach(option ->
                            first(SECURE_SHELL_OPTION, option).ifPresent(text -> found.add(Nested.Script.of(text))));
        } else if (name.equals("git")) {
            found.addAll(GitTexts.of(invocation));
        } else if (SEDS.contains(name)) {
            found.addAll(SedScripts.executed(invocation));
        } else if (EDITORS_WITH_CODE.contains(name)) {
            values(arguments, Set.of("-c", "--cmd")).forEach(text -> found.add(new Nested.Code(Flow.of(text))));
        }
        return found;
    }

    static boolean isTar(String program) {
        return TAR.equals(OPTIONS.get(program));
    }

    /// The arguments of tar with a dash before each of the letters that it takes without one, `cf FILE`.
    static List<String> tarOptions(List<String> arguments) {
        if (arguments.isEmpty() || arguments.getFirst().startsWith("-")) {
            return arguments;
        }
        List<String> options = new ArrayList<>();
        int next = 1;
        for (char letter : arguments.getFirst().toCharArray()) {
            options.add("-" + letter);
            if (TAR_LETTERS_WITH_VALUE.indexOf(letter) >= 0 && next < arguments.size()) {
                options.add(arguments.get(next++));
            }
        }
        options.addAll(arguments.subList(next, arguments.size()));
        return options;
    }

    private static Optional<String> variable(Invocation invocation, String name) {
        return invocation.scope().value(name, 0).map(words -> String.join(" ", words));
    }

    /// With the options that a variable has, after its own.
    private static Invocation withVariable(Invocation invocation, @Nullable String variable) {
        Optional<String> options = variable == null ? Optional.empty() : variable(invocation, variable);
        if (options.isEmpty()) {
            return invocation;
        }
        List<String> fields = new ArrayList<>(invocation.fields());
        fields.add(options.get());
        fields.addAll(List.of(options.get().strip().split("\\s+", -1)));
        return invocation.with(fields, invocation.scope());
    }

    /// Everything that options are given, behind them or in the argument after them, also in a group of letters and
    /// where the name of the option is shortened.
    static List<String> values(List<String> arguments, Set<String> options) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            for (String option : options) {
                value(arguments.get(i), next, option).ifPresent(values::add);
            }
        }
        return values;
    }

    private static Optional<String> value(String argument, String next, String option) {
        if (argument.equals(option)) {
            return Optional.of(next);
        }
        if (option.startsWith("--")) {
            int equals = argument.indexOf('=');
            String written = equals < 0 ? argument : argument.substring(0, equals);
            boolean meant = written.length() >= OPTION_CHARS_MIN && option.startsWith(written);
            return meant ? Optional.of(equals < 0 ? next : argument.substring(equals + 1)) : Optional.empty();
        }
        boolean letters = Invocation.isOption(argument) && !argument.startsWith("--") && option.length() == 2;
        int at = letters ? argument.indexOf(option.charAt(1)) : -1;
        return at < 1 ? Optional.empty() : Optional.of(at + 1 < argument.length() ? argument.substring(at + 1) : next);
    }

    private static List<String> marked(String program, List<String> arguments) {
        List<String> found = new ArrayList<>();
        for (String argument : arguments) {
            for (String mark : MARKS) {
                int at = argument.indexOf(mark);
                boolean named =
                        at > 0 && mark.equals("=!") && argument.substring(0, at).indexOf(' ') < 0;
                if (at == 0 || named) {
                    found.add(argument.substring(at + mark.length()));
                }
            }
        }
        if (isTar(program)) {
            values(arguments, Set.of("--checkpoint-action")).stream()
                    .filter(action -> action.startsWith(ACTION))
                    .forEach(action -> found.add(action.substring(ACTION.length())));
        }
        return found;
    }

    private static List<String> escaped(@Nullable Pattern escape, Invocation invocation) {
        List<String> found = new ArrayList<>();
        if (escape != null) {
            invocation.arguments().forEach(argument -> all(escape, argument, found));
            read(invocation).ifPresent(input -> all(escape, input, found));
        }
        if (invocation.name().equals("psql")) {
            invocation.arguments().forEach(argument -> programs(argument, found));
            read(invocation).ifPresent(input -> programs(input, found));
        }
        return found;
    }

    /// `COPY ... PROGRAM 'TEXT'`, in which a quote is written twice.
    private static void programs(String sql, List<String> found) {
        Matcher program = PROGRAM.matcher(sql);
        while (program.find()) {
            StringBuilder text = new StringBuilder();
            int i = program.end();
            while (i < sql.length() && (sql.charAt(i) != '\'' || sql.startsWith("''", i))) {
                text.append(sql.charAt(i));
                i += sql.charAt(i) == '\'' ? 2 : 1;
            }
            found.add(text.toString());
        }
    }

    private static Optional<String> read(Invocation invocation) {
        return invocation.fromFile()
                ? Optional.empty()
                : Optional.of(invocation.input().text());
    }

    private static void all(Pattern pattern, String text, List<String> found) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String handed = matcher.group(group);
                if (handed != null) {
                    found.add(handed);
                }
            }
        }
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
