package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.Scopes;
import dev.cloche.host.policy.command.CommandClassifier;
import dev.cloche.host.policy.command.CommandFinding;
import dev.cloche.host.policy.command.CommandPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What may be run. The program must be named by the manifest and by a grant, just as it is called: a bare name is
/// looked for on the host's `PATH`, a path is that very file. Then its variables must be harmless, and what it would do
/// must not be as bad as the policy blocks.
final class ExecRules {
    static final String CAPABILITY = "exec";
    static final String RULE_ENVIRONMENT = "exec.environment";

    /// What decides which code a program loads or where it looks for it, so that the program granted would not be the
    /// program run.
    private static final Set<String> VARIABLES = Set.of(
            "PATH",
            "HOME",
            "IFS",
            "ENV",
            "BASH_ENV",
            "SHELLOPTS",
            "BASHOPTS",
            "PS0",
            "PS1",
            "PS2",
            "PS4",
            "PROMPT_COMMAND",
            "CDPATH",
            "GLOBIGNORE",
            "FPATH",
            "ZDOTDIR",
            "EDITOR",
            "VISUAL",
            "PAGER",
            "MANPAGER",
            "BROWSER",
            "SHELL",
            "LESSOPEN",
            "LESSCLOSE",
            "NODE_OPTIONS",
            "NODE_PATH",
            "CLASSPATH",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "GCONV_PATH",
            "LOCPATH",
            "NLSPATH",
            "HOSTALIASES",
            "RES_OPTIONS",
            "GLIBC_TUNABLES",
            "TERMINFO",
            "TERMINFO_DIRS",
            "MAKEFLAGS",
            "GNUMAKEFLAGS",
            "MAKEFILES",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUSTDOC",
            "RUSTFLAGS",
            "CC",
            "CXX",
            "LESS",
            "LESSKEY",
            "MORE",
            "MANOPT",
            "SYSTEMD_PAGER",
            "SYSTEMD_EDITOR",
            "TAR_OPTIONS",
            "GZIP",
            "ZIPOPT",
            "RSYNC_RSH",
            "CVS_RSH",
            "SVN_SSH",
            "HGRCPATH",
            "HGEDITOR",
            "SSH_ASKPASS",
            "SUDO_ASKPASS",
            "VIMINIT",
            "EXINIT",
            "EMACSLOADPATH",
            "INPUTRC",
            "CURL_HOME",
            "WGETRC",
            "PSQLRC",
            "PSQL_PAGER",
            "GOFLAGS",
            "GOROOT",
            "JAVA_HOME",
            "JAVA_OPTS",
            "MAVEN_OPTS",
            "MAVEN_ARGS",
            "GRADLE_OPTS",
            "ANT_OPTS",
            "SBT_OPTS",
            "AWKPATH",
            "AWKLIBPATH",
            "TCLLIBPATH",
            "GTK_MODULES",
            "GTK_PATH",
            "QT_PLUGIN_PATH");
    private static final List<String> PREFIXES = List.of(
            "LD_",
            "DYLD_",
            "BASH_FUNC_",
            "PYTHON",
            "PERL",
            "RUBY",
            "GEM_",
            "BUNDLE_",
            "LUA_",
            "PHP",
            "GIT_",
            "XDG_",
            "OPENSSL_",
            "CARGO_",
            "PIP_",
            "ERL_",
            "ELIXIR_",
            "JULIA_",
            "R_",
            "GIO_",
            "NPM_",
            "npm_",
            "DOTNET_",
            "MALLOC_",
            "CLOCHE_");

    private ExecRules() {}

    /// Why a request is not carried out; empty if it may be.
    static Optional<Denied> refusal(Admitted hostcall, ExecRequest request, CommandPolicy policy) {
        return named(hostcall, request.program()).or(() -> environment(request)).or(() -> harmful(request, policy));
    }

    private static Optional<Denied> named(Admitted hostcall, String program) {
        // A manifest names its programs; a grant may leave that to the manifest.
        boolean asked = hostcall.allowed().requested().values("commands").contains(program);
        Predicate<Capability> names = side ->
                side.values("commands").isEmpty() || side.values("commands").contains(program);
        if (asked && hostcall.allowed().permits(names)) {
            return Optional.empty();
        }
        String rule = asked ? hostcall.allowed().refusal(names) : Decision.BEYOND_MANIFEST;
        String shown = JsonRequest.shown(program);
        return Optional.of(denied(
                rule, "exec.run: " + Scopes.why(rule, CAPABILITY) + ", program=" + shown, Map.of("program", shown)));
    }

    private static Optional<Denied> environment(ExecRequest request) {
        return request.environment().keySet().stream()
                .filter(ExecRules::decidesWhatIsRun)
                .findFirst()
                .map(name -> denied(
                        RULE_ENVIRONMENT,
                        "exec.run: the variable may decide what is run; leave it out, variable=" + name,
                        Map.of("variable", name)));
    }

    private static boolean decidesWhatIsRun(String name) {
        return VARIABLES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static Optional<Denied> harmful(ExecRequest request, CommandPolicy policy) {
        return policy.blocking(CommandClassifier.classify(request.command(), request.environment(), request.input()))
                .map(ExecRules::blocked);
    }

    private static Denied blocked(CommandFinding finding) {
        String rule = "exec." + finding.kind().label();
        return denied(
                rule,
                "exec.run: policy does not let the command run, rule=" + rule + " level="
                        + finding.level().label() + " part=" + finding.part(),
                Map.of("level", finding.level().label(), "part", finding.part()));
    }

    private static Denied denied(String rule, String message, Map<String, String> facts) {
        Map<String, String> details = new HashMap<>(facts);
        details.put("capability", CAPABILITY);
        details.put("rule", rule);
        return new Denied(DeniedCode.POLICY, message, details);
    }
}
