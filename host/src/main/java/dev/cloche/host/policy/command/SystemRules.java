package dev.cloche.host.policy.command;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The machine stopped, rights changed, processes ended.
final class SystemRules {
    private static final Set<String> STOPS = Set.of("shutdown", "reboot", "halt", "poweroff", "kexec", "pm-suspend");
    private static final Set<String> STOP_VERBS = Set.of(
            "poweroff",
            "reboot",
            "halt",
            "kexec",
            "soft-reboot",
            "suspend",
            "hibernate",
            "hybrid-sleep",
            "rescue",
            "emergency",
            "exit",
            "poweroff.target",
            "reboot.target",
            "halt.target",
            "rescue.target");
    private static final Set<String> PRIVILEGED = Set.of(
            "sudo",
            "sudoedit",
            "su",
            "doas",
            "pkexec",
            "runuser",
            "setpriv",
            "gosu",
            "su-exec",
            "visudo",
            "vipw",
            "vigr",
            "passwd",
            "chpasswd",
            "useradd",
            "adduser",
            "usermod",
            "userdel",
            "groupadd",
            "groupmod",
            "gpasswd",
            "newgrp",
            "sg",
            "setcap",
            "capsh",
            "nsenter",
            "insmod",
            "modprobe",
            "kmod");
    private static final Set<String> KILLERS = Set.of("killall", "killall5", "pkill", "skill", "slay", "xkill");
    private static final Set<String> NAMES_OF_ROOT = Set.of("root", "0");

    private static final Pattern LOOKED_UP = Pattern.compile("\\b(pgrep|pidof|ps|xargs|lsof)\\b");

    private SystemRules() {}

    static void check(Invocation invocation, Findings findings) {
        if (stops(invocation)) {
            findings.add(CommandClass.SHUTDOWN, invocation.source());
        }
        if (changesRights(invocation)) {
            findings.add(CommandClass.PRIVILEGE_CHANGE, invocation.source());
        }
        if (kills(invocation)) {
            findings.add(CommandClass.PROCESS_KILL, invocation.source());
        }
    }

    private static boolean stops(Invocation invocation) {
        return switch (invocation.name()) {
            case "init", "telinit" -> invocation.has("0", "6", "1", "s", "S");
            case "systemctl", "loginctl" -> invocation.operands().stream().anyMatch(STOP_VERBS::contains);
            case "dbus-send", "gdbus", "busctl" ->
                invocation.arguments().stream().anyMatch(a -> a.matches(".*(PowerOff|Reboot|Halt|Suspend).*"));
            case "sysctl" -> invocation.arguments().stream().anyMatch(a -> a.startsWith("kernel.sysrq"));
            default -> STOPS.contains(invocation.name());
        };
    }

    private static boolean changesRights(Invocation invocation) {
        return switch (invocation.name()) {
            case "chmod" -> changesMode(invocation);
            case "chown" -> !invocation.operands().isEmpty() && givesToRoot(invocation);
            case "chgrp" ->
                !invocation.operands().isEmpty()
                        && NAMES_OF_ROOT.contains(invocation.operands().getFirst());
            case "install" ->
                invocation.valueOf("-m", "--mode").filter(SystemRules::raises).isPresent()
                        || invocation
                                .valueOf("-o", "--owner")
                                .filter(NAMES_OF_ROOT::contains)
                                .isPresent();
            case "mkdir", "mknod" ->
                invocation.valueOf("-m", "--mode").filter(SystemRules::raises).isPresent();
            default -> PRIVILEGED.contains(invocation.name());
        };
    }

    /// Set-user and set-group bits, and rights of the whole machine's files.
    private static boolean changesMode(Invocation invocation) {
        List<String> operands = invocation.operands();
        boolean raised = !operands.isEmpty() && raises(operands.getFirst());
        boolean all = (invocation.flag('R') || invocation.option("--recursive"))
                && operands.stream()
                        .skip(1)
                        .map(invocation::resolved)
                        .anyMatch(path -> path.equals("/") || path.equals("/*") || path.equals("~"));
        return raised || all;
    }

    static boolean raises(String mode) {
        if (mode.matches("0*[2-7][0-7]{3}")) {
            return mode.replaceFirst("^0+", "").charAt(0) != '1';
        }
        for (String clause : mode.split(",", -1)) {
            if (clause.matches("[ugoa]*[+=][rwxXt]*s[rwxXst]*")) {
                return true;
            }
        }
        return false;
    }

    private static boolean givesToRoot(Invocation invocation) {
        String[] owner = invocation.operands().getFirst().split("[:.]", 2);
        return NAMES_OF_ROOT.contains(owner[0]) || (owner.length > 1 && NAMES_OF_ROOT.contains(owner[1]));
    }

    private static boolean kills(Invocation invocation) {
        return switch (invocation.name()) {
            case "kill" -> killsOthers(invocation);
            case "fuser" -> invocation.flag('k') || invocation.option("--kill");
            case "systemctl" -> invocation.has("kill");
            case "tmux" -> invocation.has("kill-server");
            default -> KILLERS.contains(invocation.name()) && !invocation.has("-l", "--list");
        };
    }

    /// Process 1, whole groups, everything; whoever started the shell; and processes looked up by name.
    private static boolean killsOthers(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        boolean lookedUp = LOOKED_UP.matcher(invocation.source()).find();
        boolean signal = true;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("-0") || argument.equals("-l") || argument.equals("-L")) {
                return false;
            }
            if (signal && (argument.equals("-s") || argument.equals("-n"))) {
                i++;
                signal = false;
            } else if (argument.equals("--")) {
                signal = false;
            } else if (signal && argument.startsWith("-") && i + 1 < arguments.size()) {
                signal = false;
            } else if (isOther(argument, lookedUp)) {
                return true;
            } else {
                signal = false;
            }
        }
        return false;
    }

    private static boolean isOther(String target, boolean lookedUp) {
        return target.matches("0+|0*1|-\\d+") || target.equals(Invocation.PARENT) || (lookedUp && !Marks.known(target));
    }
}
