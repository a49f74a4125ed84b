package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Programs that run other programs, and what they run.
final class Wrappers {
    private static final int CONTAINER_ARGUMENTS_MAX = 32;
    private static final int INPUT_WORDS_MAX = 256;
    private static final int TIME_FIELDS = 5;

    /// @param withValue options that take the argument after them
    /// @param operands how many arguments come before the program
    private record Form(Set<String> withValue, int operands) {}

    private static final Form PLAIN = new Form(Set.of(), 0);

    private static final Map<String, Form> FORMS = Map.ofEntries(
            Map.entry("nohup", PLAIN),
            Map.entry("setsid", PLAIN),
            Map.entry("unbuffer", PLAIN),
            Map.entry("busybox", PLAIN),
            Map.entry("toybox", PLAIN),
            Map.entry("fakeroot", PLAIN),
            Map.entry("catchsegv", PLAIN),
            Map.entry("coproc", PLAIN),
            Map.entry("pkexec", form(0, "--user")),
            Map.entry("dbus-run-session", PLAIN),
            Map.entry("xvfb-run", form(0, "-s", "-n", "-e", "-f")),
            Map.entry("nice", form(0, "-n", "--adjustment")),
            Map.entry("ionice", form(0, "-c", "-n", "-p", "--class", "--classdata")),
            Map.entry("timeout", form(1, "-s", "-k", "--signal", "--kill-after")),
            Map.entry("gtimeout", form(1, "-s", "-k", "--signal", "--kill-after")),
            Map.entry("time", form(0, "-o", "-f", "--output", "--format")),
            Map.entry("stdbuf", form(0, "-i", "-o", "-e", "--input", "--output", "--error")),
            Map.entry("sudo", form(0, "-u", "-g", "-h", "-p", "-C", "-T", "-r", "-t", "-D", "-R", "-U", "--user")),
            Map.entry("doas", form(0, "-u", "-C")),
            Map.entry("gosu", form(1)),
            Map.entry("su-exec", form(1)),
            Map.entry("setpriv", form(0, "--reuid", "--regid", "--groups")),
            Map.entry("chroot", form(1)),
            Map.entry("strace", form(0, "-e", "-o", "-p", "-s", "-u", "-a", "-E", "-O", "-S", "-P")),
            Map.entry("ltrace", form(0, "-e", "-o", "-p", "-s", "-u", "-a", "-n", "-l", "-x")),
            Map.entry("taskset", form(1)),
            Map.entry("chrt", form(1, "-T", "-P", "-D")),
            Map.entry("numactl", form(0, "-N", "-m", "-C", "-p")),
            Map.entry("prlimit", form(0, "-p", "-o")),
            Map.entry("unshare", form(0, "-R", "-w", "-S", "-G")),
            Map.entry("nsenter", form(0, "-t", "-S", "-G")),
            Map.entry("systemd-run", form(0, "-u", "-p", "-E", "--unit", "--property", "--slice", "--uid")),
            Map.entry("systemd-inhibit", PLAIN),
            Map.entry("firejail", PLAIN),
            Map.entry("torsocks", PLAIN),
            Map.entry("proxychains", form(0, "-f")),
            Map.entry("proxychains4", form(0, "-f")),
            Map.entry("rlwrap", PLAIN),
            Map.entry("tini", PLAIN),
            Map.entry("dumb-init", PLAIN),
            Map.entry("faketime", form(1)),
            Map.entry("linux64", PLAIN),
            Map.entry("linux32", PLAIN),
            Map.entry("i386", PLAIN),
            Map.entry("x86_64", PLAIN),
            Map.entry("valgrind", PLAIN),
            Map.entry("eatmydata", PLAIN),
            Map.entry("chronic", PLAIN),
            Map.entry("ifne", PLAIN),
            Map.entry("entr", PLAIN),
            Map.entry("choom", form(0, "-n", "-p", "--adjust")),
            Map.entry("cpulimit", form(0, "-l", "-e", "-p", "-P", "--limit")),
            Map.entry("sshpass", form(0, "-p", "-f", "-d", "-P")),
            Map.entry("ld.so", form(0, "--library-path", "--preload", "--argv0", "--audit")),
            Map.entry("npx", PLAIN),
            Map.entry("env", form(0, "-u", "-C", "--unset", "--chdir")));

    private static final Set<String> SSH_WITH_VALUE = Set.of(
            "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R", "-S",
            "-W", "-w");
    private static final Set<String> XARGS_WITH_VALUE = Set.of(
            "-I",
            "-n",
            "-P",
            "-L",
            "-d",
            "-E",
            "-s",
            "-a",
            "--max-args",
            "--max-procs",
            "--max-lines",
            "--delimiter",
            "--arg-file");
    private static final Set<String> PARALLEL_WITH_VALUE = Set.of("-j", "-N", "-n", "-I", "-a", "--jobs", "-S");
    private static final Set<String> CONTAINERS = Set.of("docker", "podman", "nerdctl", "lxc", "kubectl", "oc");

    /// Programs of which it is not followed where their own arguments end.
    private static final Set<String> ANYWHERE = Set.of("setarch", "runcon", "proot", "bwrap", "perf", "gdb", "uftrace");

    /// Programs that only show or look for what they are given.
    private static final Set<String> ONLY_TEXT = Set.of(
            "echo", "printf", "grep", "egrep", "fgrep", "rg", "man", "which", "whereis", "type", "apropos", "whatis",
            "ls", "git", "sed");

    private Wrappers() {}

    private static Form form(int operands, String... withValue) {
        return new Form(Set.of(withValue), operands);
    }

    static List<Nested> nested(Invocation invocation) {
        String name = invocation.name();
        Form form = FORMS.get(name);
        if (form != null) {
            return form(invocation, form);
        }
        if (name.startsWith("ld-linux") || name.startsWith("ld-musl")) {
            return form(invocation, FORMS.getOrDefault("ld.so", PLAIN));
        }
        if (CONTAINERS.contains(name)) {
            return container(invocation);
        }
        if (ANYWHERE.contains(name)) {
            return anywhere(invocation, 0);
        }
        return switch (name) {
            case "xargs", "gxargs" -> xargs(invocation);
            case "parallel" -> parallel(invocation);
            case "find", "gfind", "fd", "fdfind" -> find(invocation);
            case "su", "runuser", "sg", "script", "flock" -> behindOption(invocation);
            case "watch" -> joined(invocation, Set.of("-n", "-d", "--interval"), 0);
            case "ssh", "mosh" -> ssh(invocation);
            case "start-stop-daemon" -> daemon(invocation);
            case "tmux", "screen" -> terminal(invocation);
            case "crontab" -> timetable(invocation);
            case "at", "batch" -> List.of(new Nested.Script(invocation.input(), List.of("sh"), false));
            default -> other(invocation);
        };
    }

    private static int start(Invocation invocation, Set<String> withValue) {
        List<String> arguments = invocation.arguments();
        int i = 0;
        while (i < arguments.size() && Invocation.isOption(arguments.get(i))) {
            String option = arguments.get(i++);
            if (option.equals("--")) {
                break;
            }
            i += takesNext(option, withValue) ? 1 : 0;
        }
        return i;
    }

    private static boolean takesNext(String option, Set<String> withValue) {
        if (withValue.contains(option) || option.startsWith("--")) {
            return withValue.contains(option);
        }
        for (int i = 1; i < option.length(); i++) {
            if (withValue.contains("-" + option.charAt(i))) {
                return i == option.length() - 1;
            }
        }
        return false;
    }

    private static List<Nested> form(Invocation invocation, Form form) {
        if (invocation.name().equals("env")) {
            Optional<Nested> split = splitString(invocation);
            if (split.isPresent()) {
                return List.of(split.get());
            }
        }
        int i = start(invocation, form.withValue);
        List<String> arguments = invocation.arguments();
        List<Nested> found = new ArrayList<>();
        while (i < arguments.size() && arguments.get(i).startsWith("BASH_FUNC_")) {
            String body = arguments.get(i++).replaceFirst("^[^=]*=", "");
            found.add(Nested.Script.of("exported" + body + "; exported"));
        }
        while (i < arguments.size() && isAssignment(arguments.get(i))) {
            String[] parts = arguments.get(i++).split("=", 2);
            invocation.scope().assign(parts[0], List.of(parts[1]));
        }
        if (i < arguments.size() && arguments.get(i).equals("-")) {
            i++;
        }
        found.add(new Nested.Program(invocation.from(i + form.operands)));
        return found;
    }

    private static boolean isAssignment(String argument) {
        int equals = argument.indexOf('=');
        return equals > 0
                && WordParser.isNameStart(argument.charAt(0))
                && argument.substring(0, equals).chars().allMatch(c -> WordParser.isNamePart((char) c));
    }

    /// `env -S 'PROGRAM ARGUMENT...'`, also in a group of letters, also without a blank behind it.
    private static Optional<Nested> splitString(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        for (int i = 0; i < arguments.size() && Invocation.isOption(arguments.get(i)); i++) {
            String option = arguments.get(i);
            int letter = option.startsWith("--") ? -1 : option.indexOf('S');
            boolean whole = option.startsWith("--s");
            if (letter > 0 || whole) {
                String behind = whole ? option.substring(option.indexOf('=') + 1) : option.substring(letter + 1);
                boolean next = whole ? option.indexOf('=') < 0 : behind.isEmpty();
                List<String> text = new ArrayList<>(next ? List.of() : List.of(behind));
                text.addAll(invocation.from(i + 1));
                return Optional.of(Nested.Script.of(String.join(" ", text)));
            }
        }
        return Optional.empty();
    }

    private static List<Nested> xargs(Invocation invocation) {
        List<String> program = invocation.from(start(invocation, XARGS_WITH_VALUE));
        List<String> words = words(invocation.input());
        if (program.isEmpty()) {
            return List.of();
        }
        Optional<String> placeholder = invocation.letterValue('I').or(() -> invocation.valueOf("--replace"));
        if (placeholder.isEmpty() && invocation.has("-i")) {
            placeholder = Optional.of("{}");
        }
        List<String> fields = new ArrayList<>(program);
        if (placeholder.isPresent()) {
            String wanted = placeholder.get();
            String line = invocation.input().text().strip();
            fields.replaceAll(field -> wanted.isEmpty() ? field : field.replace(wanted, line));
        } else {
            fields.addAll(words);
        }
        return List.of(new Nested.Program(fields));
    }

    private static List<String> words(Flow input) {
        if (input.text().isBlank()) {
            return List.of(Marks.UNKNOWN_TEXT);
        }
        String[] words = input.text().strip().replace('\0', ' ').split("\\s+", INPUT_WORDS_MAX);
        return List.of(words);
    }

    private static List<Nested> parallel(Invocation invocation) {
        List<String> rest = invocation.from(start(invocation, PARALLEL_WITH_VALUE));
        List<String> words = new ArrayList<>();
        for (String argument : rest) {
            if (!argument.startsWith(":::")) {
                words.add(argument);
            }
        }
        // Without a program it runs the lines that it reads.
        return List.of(
                words.isEmpty() && !invocation.input().text().isEmpty()
                        ? new Nested.Script(invocation.input(), List.of("sh"), false)
                        : Nested.Script.of(String.join(" ", words)));
    }

    private static List<Nested> find(Invocation invocation) {
        List<Nested> found = new ArrayList<>();
        List<String> arguments = invocation.arguments();
        Set<String> openers = Set.of("-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch");
        for (int i = 0; i < arguments.size(); i++) {
            if (openers.contains(arguments.get(i))) {
                List<String> fields = new ArrayList<>();
                while (++i < arguments.size()
                        && !arguments.get(i).equals(";")
                        && !arguments.get(i).equals("+")) {
                    fields.add(arguments.get(i).replace("{}", Marks.UNKNOWN_TEXT));
                }
                found.add(new Nested.Program(fields));
            }
        }
        return found;
    }

    /// `su user -c TEXT` and the like; `flock file PROGRAM` too.
    private static List<Nested> behindOption(Invocation invocation) {
        Optional<String> text =
                invocation.letterValue('c').or(() -> invocation.valueOf("--command", "--session-command"));
        if (text.isPresent()) {
            return List.of(Nested.Script.of(text.get()));
        }
        List<String> operands = invocation.operands();
        boolean program = invocation.name().equals("flock") || invocation.name().equals("runuser");
        return program && operands.size() > 1
                ? List.of(new Nested.Program(
                        invocation.from(invocation.arguments().indexOf(operands.get(1)))))
                : List.of();
    }

    private static List<Nested> joined(Invocation invocation, Set<String> withValue, int operands) {
        List<String> rest = invocation.from(start(invocation, withValue) + operands);
        return rest.isEmpty() ? List.of() : List.of(Nested.Script.of(String.join(" ", rest)));
    }

    private static List<Nested> ssh(Invocation invocation) {
        List<Nested> found = new ArrayList<>(joined(invocation, SSH_WITH_VALUE, 1));
        found.addAll(other(invocation));
        return found;
    }

    /// What runs in a container: where its name ends is not known, so every argument may be the program.
    private static List<Nested> container(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        int start = Math.max(arguments.indexOf("exec"), arguments.indexOf("run")) + 1;
        return start == 0 ? List.of() : anywhere(invocation, start);
    }

    private static List<Nested> anywhere(Invocation invocation, int start) {
        List<String> arguments = invocation.arguments();
        List<Nested> found = new ArrayList<>();
        for (int i = start; i < Math.min(arguments.size(), start + CONTAINER_ARGUMENTS_MAX); i++) {
            if (!Invocation.isOption(arguments.get(i))) {
                found.add(new Nested.Program(invocation.from(i)));
            }
        }
        return found;
    }

    /// `--exec PROGRAM -- ARGUMENT...`
    private static List<Nested> daemon(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        int end = arguments.indexOf("--");
        List<Nested> found = new ArrayList<>();
        for (String program : HandedOn.values(arguments, Set.of("-x", "-a", "--exec", "--startas"))) {
            List<String> fields = new ArrayList<>(List.of(program));
            fields.addAll(end < 0 ? List.of() : invocation.from(end + 1));
            found.add(new Nested.Program(fields));
        }
        return found;
    }

    private static List<Nested> terminal(Invocation invocation) {
        List<Nested> found = new ArrayList<>();
        List<String> arguments = invocation.arguments();
        for (int i = 0; i < Math.min(arguments.size(), CONTAINER_ARGUMENTS_MAX); i++) {
            String argument = arguments.get(i);
            if (argument.contains(" ")) {
                found.add(Nested.Script.of(argument));
            } else if (!Invocation.isOption(argument)) {
                found.add(new Nested.Program(invocation.from(i)));
            }
        }
        return found;
    }

    /// Lines of times and commands, read as one script.
    private static List<Nested> timetable(Invocation invocation) {
        if (!invocation.operands().contains("-")) {
            return List.of();
        }
        StringBuilder script = new StringBuilder();
        invocation.input().text().lines().forEach(line -> {
            String[] fields = line.strip().split("\\s+", line.strip().startsWith("@") ? 2 : TIME_FIELDS + 1);
            script.append(fields[fields.length - 1]).append('\n');
        });
        return List.of(Nested.Script.of(script.toString()));
    }

    /// A shell that stands among a program's arguments with options of its own.
    private static List<Nested> other(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        for (int i = 0; i + 1 < arguments.size(); i++) {
            boolean shell =
                    Interpreters.isShell(Paths.name(arguments.get(i))) && !ONLY_TEXT.contains(invocation.name());
            if (shell && arguments.get(i + 1).startsWith("-")) {
                return List.of(new Nested.Program(invocation.from(i)));
            }
        }
        return List.of();
    }
}
