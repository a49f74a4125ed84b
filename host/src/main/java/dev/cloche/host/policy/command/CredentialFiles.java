package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Files with keys, passwords and tokens, by their usual names.
///
/// Programs that look at a file's name and not into it may name one, and so may those whose very purpose a key is.
final class CredentialFiles {
    private static final Set<String> NAMES = Set.of(
            ".netrc",
            "_netrc",
            ".git-credentials",
            ".pgpass",
            ".my.cnf",
            ".npmrc",
            ".pypirc",
            ".vault-token",
            ".dockercfg",
            ".s3cfg",
            ".boto",
            "key4.db",
            "logins.json",
            "secrets.json",
            "krb5.keytab");
    private static final List<String> ENDINGS = List.of(
            ".aws/credentials",
            ".config/git/credentials",
            ".kube/config",
            ".docker/config.json",
            ".config/gh/hosts.yml",
            ".config/gcloud/credentials.db",
            ".config/gcloud/access_tokens.db",
            ".config/gcloud/application_default_credentials.json",
            ".azure/accessTokens.json",
            ".azure/msal_token_cache.json",
            ".terraform.d/credentials.tfrc.json",
            ".cargo/credentials",
            ".cargo/credentials.toml",
            ".gem/credentials",
            ".config/rclone/rclone.conf",
            ".m2/settings.xml");
    private static final List<String> FOLDERS =
            List.of(".ssh", ".gnupg", ".aws", ".password-store", ".config/gcloud", "run/secrets", ".azure");
    private static final Set<String> ABSOLUTE = Set.of(
            "/etc/shadow",
            "/etc/shadow-",
            "/etc/gshadow",
            "/etc/gshadow-",
            "/etc/master.passwd",
            "/etc/security/opasswd",
            "/etc/kubernetes/admin.conf");
    private static final List<String> PUBLIC_IN_SSH = List.of("config", "known_hosts", "authorized_keys");

    /// What patterns are held against.
    private static final List<String> SAMPLES = List.of(
            "/etc/shadow",
            "/etc/gshadow",
            "~/.ssh/id_rsa",
            "~/.ssh/id_ed25519",
            "~/.ssh/id_ecdsa",
            "~/.aws/credentials",
            "~/.netrc",
            "~/.git-credentials",
            "~/.kube/config",
            "~/.docker/config.json",
            "/proc/1/environ",
            "/proc/self/environ",
            "/etc/sudoers");

    private static final Set<String> NAME_ONLY = Set.of(
            "ls",
            "test",
            "[",
            "stat",
            "mkdir",
            "rmdir",
            "chmod",
            "chown",
            "chgrp",
            "cd",
            "echo",
            "printf",
            "touch",
            "file",
            "du",
            "which",
            "man",
            "type",
            "basename",
            "dirname",
            "realpath",
            "readlink",
            "ssh",
            "ssh-add",
            "ssh-keygen",
            "ssh-keyscan",
            "ssh-copy-id",
            "rm",
            "unlink",
            "export",
            "shred");
    private static final Set<String> PATTERN_FIRST =
            Set.of("grep", "egrep", "fgrep", "rg", "ag", "sed", "gsed", "awk", "gawk", "mawk", "jq", "git");

    private static final int PATH_CHARS_MAX = 4_096;
    private static final Pattern SEPARATORS = Pattern.compile("[@=:,;]+");

    private CredentialFiles() {}

    /// Whether one of the arguments makes an invocation read such a file.
    static boolean readBy(Invocation invocation) {
        String name = invocation.name();
        if (NAME_ONLY.contains(name)) {
            return false;
        }
        List<String> arguments = new ArrayList<>(invocation.arguments());
        if (PATTERN_FIRST.contains(name) && !invocation.flag('f')) {
            boolean given = invocation.has("-e", "--expression", "--regexp");
            invocation.operands().stream().limit(given ? 0 : 1).forEach(arguments::remove);
        }
        if (name.equals("find") && arguments.stream().noneMatch(argument -> argument.startsWith("-exec"))) {
            arguments.removeIf(argument -> !argument.startsWith("/") && !argument.startsWith("~"));
        }
        if (name.equals("scp") || name.equals("sftp")) {
            invocation.valueOf("-i").ifPresent(arguments::remove);
        }
        return arguments.stream().anyMatch(argument -> names(invocation, argument));
    }

    /// The argument itself, and the parts of it between `@`, `=`, `:`, `,` and `;`.
    private static boolean names(Invocation invocation, String argument) {
        if (holds(invocation.resolved(argument))) {
            return true;
        }
        return SEPARATORS.matcher(argument).find()
                && SEPARATORS.splitAsStream(argument).anyMatch(part -> holds(invocation.resolved(part)));
    }

    /// Whether a file, or everything in a folder, holds credentials.
    static boolean holds(String path) {
        if (path.isEmpty() || path.length() > PATH_CHARS_MAX || path.chars().anyMatch(Character::isWhitespace)) {
            return false;
        }
        if (Globs.isPattern(path) || !Marks.known(path)) {
            return SAMPLES.stream().anyMatch(sample -> Globs.matchesPath(path, sample)) || byName(path);
        }
        return byName(path);
    }

    private static boolean byName(String path) {
        String name = Paths.name(path);
        return NAMES.contains(name)
                || ABSOLUTE.contains(path)
                || ENDINGS.stream().anyMatch(ending -> isOrEndsWith(path, ending))
                || isPrivateKey(path, name)
                || isSettings(name)
                || inFolder(path)
                || (path.startsWith("/proc/") && (name.equals("environ") || name.equals("mem")));
    }

    private static boolean isOrEndsWith(String path, String ending) {
        return path.equals(ending) || path.endsWith("/" + ending);
    }

    private static boolean isPrivateKey(String path, String name) {
        boolean user = name.startsWith("id_rsa")
                || name.startsWith("id_dsa")
                || name.startsWith("id_ecdsa")
                || name.startsWith("id_ed25519");
        boolean host = path.startsWith("/etc/ssh/") && name.endsWith("_key");
        return (user && !name.endsWith(".pub")) || host;
    }

    /// `.env` and its variants, but not the examples that come with a program.
    private static boolean isSettings(String name) {
        return name.equals(".env")
                || (name.startsWith(".env.") && !name.matches("\\.env\\.(example|sample|template|dist|schema)"));
    }

    private static boolean inFolder(String path) {
        for (String folder : FOLDERS) {
            int at = ("/" + path + "/").indexOf("/" + folder + "/");
            if (at >= 0) {
                String rest = path.substring(Math.min(path.length(), at + folder.length()));
                String inside = rest.startsWith("/") ? rest.substring(1) : rest;
                return !folder.equals(".ssh") || !(PUBLIC_IN_SSH.contains(inside) || inside.endsWith(".pub"));
            }
        }
        return false;
    }
}
