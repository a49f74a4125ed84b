package dev.cloche.host.policy.command;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Programs that join the network and a program's input and output.
final class NetworkRules {
    private static final Set<String> NETCATS = Set.of("nc", "ncat", "netcat", "nc.traditional", "nc.openbsd", "nc6");

    private NetworkRules() {}

    static void check(Invocation invocation, Findings findings, ShellWalk walk) {
        String name = invocation.name();
        List<String> arguments = invocation.arguments();
        boolean executes = false;
        if (NETCATS.contains(name)) {
            walk.role(ShellWalk.Role.NETWORK);
            executes = invocation.flag('e')
                    || invocation.flag('c')
                    || invocation.option("--exec")
                    || invocation.option("--sh-exec")
                    || invocation.option("--lua-exec");
        } else if (name.equals("socat")) {
            walk.role(ShellWalk.Role.NETWORK);
            executes = arguments.stream().anyMatch(NetworkRules::runs);
        } else if (name.equals("telnet") || (name.equals("openssl") && arguments.contains("s_client"))) {
            walk.role(ShellWalk.Role.NETWORK);
        } else if (name.equals("mkfifo") || (name.equals("mknod") && arguments.contains("p"))) {
            walk.role(ShellWalk.Role.PIPE_FILE);
        } else if (name.equals("xterm")) {
            executes = invocation
                    .valueOf("-display")
                    .filter(d -> d.matches(".+:\\d.*"))
                    .isPresent();
        }
        if (executes) {
            findings.add(CommandClass.REVERSE_SHELL, invocation.source());
        }
    }

    private static boolean runs(String address) {
        String kind = address.toLowerCase(Locale.ROOT);
        return kind.startsWith("exec:") || kind.startsWith("system:") || kind.startsWith("shell:");
    }
}
