package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Files that are written and should not be: devices, and what says who may do what. And files that are read and hold
/// credentials. Paths are resolved ones.
final class FileRules {
    /// Devices that hold nothing.
    private static final Set<String> HARMLESS_DEVICES = Set.of(
            "null", "zero", "full", "stdin", "stdout", "stderr", "tty", "console", "random", "urandom", "ptmx", "fd",
            "pts", "shm", "log", "tcp", "udp");
    private static final List<String> RIGHTS = List.of(
            "/etc/sudoers",
            "/etc/sudoers.d",
            "/etc/passwd",
            "/etc/group",
            "/etc/shadow",
            "/etc/gshadow",
            "/etc/doas.conf",
            "/etc/pam.d",
            "/etc/pam.conf",
            "/etc/polkit-1",
            "/etc/security",
            "/etc/ld.so.preload",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d",
            "/etc/crontab",
            "/etc/cron.d",
            "/etc/cron.daily",
            "/etc/cron.hourly",
            "/etc/profile",
            "/etc/profile.d",
            "/etc/ssh",
            "/var/spool/cron");
    private static final Set<String> WRITES_OPERANDS = Set.of(
            "tee",
            "sponge",
            "truncate",
            "vi",
            "vim",
            "nvim",
            "view",
            "nano",
            "pico",
            "emacs",
            "ed",
            "ex",
            "patch",
            "fallocate");
    /// For each program, options with a file behind them that it writes.
    private static final Map<String, Set<String>> WRITTEN = Map.of(
            "curl", Set.of("-o", "--output"),
            "wget", Set.of("-O", "--output-document"),
            "sort", Set.of("-o", "--output"),
            "find", Set.of("-fprint", "-fprint0", "-fprintf", "-fls"),
            "gfind", Set.of("-fprint", "-fprint0", "-fprintf", "-fls"),
            "openssl", Set.of("-out"));
    private static final Set<String> WRITES_LAST =
            Set.of("cp", "mv", "install", "rsync", "ln", "scp", "gcp", "gmv", "pv", "ddrescue");

    private FileRules() {}

    /// What an invocation reads and writes by its arguments.
    static void check(Invocation invocation, Findings findings) {
        for (String path : writtenBy(invocation)) {
            written(invocation.resolved(path), invocation.source(), findings);
        }
        if (CredentialFiles.readBy(invocation)) {
            findings.add(CommandClass.CREDENTIAL_FILE, invocation.source());
        }
    }

    private static List<String> writtenBy(Invocation invocation) {
        List<String> operands = invocation.operands();
        String name = invocation.name();
        if (WRITES_OPERANDS.contains(name)) {
            return operands;
        }
        if (WRITES_LAST.contains(name)) {
            List<String> targets = new ArrayList<>(operands.isEmpty() ? List.of() : List.of(operands.getLast()));
            invocation.valueOf("-t", "--target-directory").ifPresent(targets::add);
            return targets;
        }
        return switch (name) {
            case "dd", "dcfldd", "gdd" ->
                operands.stream()
                        .filter(operand -> operand.startsWith("of="))
                        .map(operand -> operand.substring(3))
                        .toList();
            case "sed", "gsed", "perl", "ruby" ->
                invocation.flag('i') || invocation.option("--in-place") ? operands : List.of();
            case "tar", "gtar", "bsdtar" -> archive(invocation);
            case String other -> HandedOn.values(invocation.arguments(), WRITTEN.getOrDefault(other, Set.of()));
        };
    }

    private static List<String> archive(Invocation invocation) {
        List<String> options = HandedOn.tarOptions(invocation.arguments());
        boolean writes = options.stream()
                .anyMatch(option -> option.equals("--create") || option.matches("-[A-Za-z]*[cru][A-Za-z]*"));
        return writes ? HandedOn.values(options, Set.of("-f", "--file")) : List.of();
    }

    /// Looks at a path that is written.
    static void written(String path, String source, Findings findings) {
        if (path.startsWith("/dev/tcp/") || path.startsWith("/dev/udp/")) {
            findings.add(CommandClass.REVERSE_SHELL, source);
        } else if (isDevice(path)) {
            findings.add(CommandClass.DEVICE_WRITE, source);
        } else if (path.startsWith("/proc/sysrq")
                || path.equals("/proc/sys/kernel/sysrq")
                || path.startsWith("/sys/power/")) {
            findings.add(CommandClass.SHUTDOWN, source);
        } else if (RIGHTS.stream().anyMatch(rights -> path.equals(rights) || path.startsWith(rights + "/"))
                || path.endsWith(".ssh/authorized_keys")) {
            findings.add(CommandClass.PRIVILEGE_CHANGE, source);
        }
    }

    /// Looks at a path that is read.
    static void read(String path, String source, Findings findings) {
        if (path.startsWith("/dev/tcp/") || path.startsWith("/dev/udp/")) {
            findings.add(CommandClass.REVERSE_SHELL, source);
        } else if (CredentialFiles.holds(path)) {
            findings.add(CommandClass.CREDENTIAL_FILE, source);
        }
    }

    /// Whether a path may be a device whose bytes matter. Whatever is in `/dev` and not known to be harmless counts.
    static boolean isDevice(String path) {
        if (!path.startsWith("/dev/") || path.length() == "/dev/".length()) {
            return false;
        }
        String first = path.substring("/dev/".length()).split("/", 2)[0];
        return !HARMLESS_DEVICES.contains(first) && !first.startsWith("tty");
    }
}
