package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What git hands to a shell: settings, options and remotes that are commands, and what its subcommands run.
final class GitTexts {
    /// Settings that are commands.
    private static final Pattern COMMAND_KEY = Pattern.compile(
            "core\\.(pager|editor|sshcommand|fsmonitor|askpass|gitproxy|alternaterefscommand)|pager\\..+"
                    + "|sequence\\.editor|interactive\\.difffilter|diff\\.external|uploadpack\\.packobjectshook"
                    + "|(.+\\.)?(command|textconv|driver|cmd|clean|smudge|process|program|helper|uploadpack"
                    + "|receivepack|ssh|sendmailcmd|tocmd|cccmd)");

    /// For each subcommand, options with a command behind them.
    private static final Map<String, Set<String>> OPTIONS = Map.ofEntries(
            Map.entry("rebase", Set.of("-x", "--exec")),
            Map.entry("difftool", Set.of("-x", "--extcmd")),
            Map.entry("clone", Set.of("-u", "--upload-pack")),
            Map.entry("fetch", Set.of("--upload-pack")),
            Map.entry("fetch-pack", Set.of("--upload-pack", "--exec")),
            Map.entry("ls-remote", Set.of("--upload-pack", "--exec")),
            Map.entry("push", Set.of("--receive-pack", "--exec")),
            Map.entry("send-pack", Set.of("--receive-pack", "--exec")),
            Map.entry("archive", Set.of("--exec")),
            Map.entry("grep", Set.of("-O", "--open-files-in-pager")),
            Map.entry(
                    "filter-branch",
                    Set.of(
                            "--setup",
                            "--env-filter",
                            "--tree-filter",
                            "--index-filter",
                            "--parent-filter",
                            "--msg-filter",
                            "--commit-filter",
                            "--tag-name-filter")));

    private static final List<String> VARIABLES = List.of(
            "GIT_PAGER",
            "GIT_EDITOR",
            "GIT_SEQUENCE_EDITOR",
            "GIT_SSH_COMMAND",
            "GIT_SSH",
            "GIT_EXTERNAL_DIFF",
            "GIT_ASKPASS",
            "GIT_PROXY_COMMAND",
            "PAGER",
            "EDITOR",
            "VISUAL");
    private static final String REMOTE = "ext::";
    private static final String FROM_VARIABLE = "--config-env";

    private GitTexts() {}

    static List<Nested> of(Invocation invocation) {
        List<Nested> found = new ArrayList<>();
        texts(invocation).forEach(text -> found.add(Nested.Script.of(text)));
        List<String> arguments = invocation.arguments();
        arguments.stream()
                .filter(argument -> argument.startsWith(REMOTE))
                .forEach(argument -> found.add(remote(argument.substring(REMOTE.length()))));
        int bisect = arguments.indexOf("bisect");
        if (bisect >= 0
                && bisect + 1 < arguments.size()
                && arguments.get(bisect + 1).equals("run")) {
            found.add(new Nested.Program(invocation.from(bisect + 2)));
        }
        return found;
    }

    /// A program and its arguments, in which `% ` is a blank that does not end one.
    private static Nested remote(String command) {
        List<String> fields = new ArrayList<>();
        for (String field : command.split("(?<!%) +", -1)) {
            fields.add(field.replace("% ", " ").replace("%%", "%"));
        }
        return new Nested.Program(fields);
    }

    private static List<String> texts(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            setting(argument, next).ifPresent(found::add);
            if (argument.startsWith("!")) {
                found.add(argument.substring(1));
            }
            if (argument.equals("foreach")) {
                found.add(String.join(" ", behindOptions(invocation.from(i + 1))));
            }
            found.addAll(HandedOn.values(invocation.from(i + 1), OPTIONS.getOrDefault(argument, Set.of())));
        }
        variables(invocation, found);
        return found;
    }

    /// `KEY=TEXT` behind `-c`, and `KEY TEXT` behind `config`.
    private static Optional<String> setting(String argument, String next) {
        int equals = argument.indexOf('=');
        if (equals > 0 && isCommand(argument.substring(0, equals))) {
            return Optional.of(withoutMark(argument.substring(equals + 1)));
        }
        return isCommand(argument) ? Optional.of(withoutMark(next)) : Optional.empty();
    }

    private static boolean isCommand(String key) {
        String plain = key.startsWith("-c") ? key.substring(2) : key;
        return plain.indexOf('.') > 0
                && COMMAND_KEY.matcher(plain.toLowerCase(Locale.ROOT)).matches();
    }

    private static String withoutMark(String text) {
        return text.startsWith("!") ? text.substring(1) : text;
    }

    private static List<String> behindOptions(List<String> arguments) {
        int i = 0;
        while (i < arguments.size() && Invocation.isOption(arguments.get(i))) {
            i++;
        }
        return arguments.subList(i, arguments.size());
    }

    private static void variables(Invocation invocation, List<String> found) {
        for (String name : VARIABLES) {
            text(invocation, name).ifPresent(found::add);
        }
        for (String setting : HandedOn.values(invocation.arguments(), Set.of(FROM_VARIABLE))) {
            int equals = setting.indexOf('=');
            if (equals > 0 && isCommand(setting.substring(0, equals))) {
                text(invocation, setting.substring(equals + 1)).ifPresent(found::add);
            }
        }
    }

    /// Of a command that is itself git only the variables would be looked at again, without end.
    private static Optional<String> text(Invocation invocation, String variable) {
        return invocation
                .scope()
                .value(variable, 0)
                .map(words -> String.join(" ", words))
                .filter(text -> !text.startsWith("git"));
    }
}
