package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Code of other languages. It is not parsed: words that give away what it does are looked for, and its strings are
/// read as what they may be handed to a shell as.
final class CodeRules {
    /// How long code may be.
    static final int CODE_CHARS_MAX = 64 * 1024;

    /// How many of its strings are looked at.
    static final int STRINGS_MAX = 128;

    private static final int DEPTH_MAX = 4;

    private static final Pattern RUNS = Pattern.compile(
            "system|popen|subprocess|exec|spawn|passthru|proc_open|child_process|os\\.execute|Process\\b"
                    + "|Open3|\\bpty\\b"
                    + "|Runtime|`|\\bqx\\b|%x|__import__|getattr|\\bsh\\b|fork"
                    + "|os:cmd|System\\.cmd|Deno\\.Command|shell-command|do shell script|\\.!|Sys\\.command");
    private static final Pattern CONNECTS = Pattern.compile(
            "socket|TCPSocket|fsockopen|IO::Socket|net\\.connect|net\\.Socket|createConnection|/inet/(tcp|udp)"
                    + "|require\\(['\"](net|tls|dgram)['\"]\\)|pfsockopen|TcpClient|Net\\.Sockets",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern DELETES_TREE = Pattern.compile(
            "rmtree|rm_rf|rm_r\\b|remove_dir|remove_entry|remove_tree|rimraf|Remove-Item[^;|]{0,200}-Recurse"
                    + "|(rmSync|rmdirSync|fs\\.rm|rmdir|promises\\.rm)\\s*\\([^;]{0,200}recursive|removeSync"
                    + "|emptyDirSync"
                    + "|delete_tree|deleteDir|unlink_recursive",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern MULTIPLIES = Pattern.compile(
            "(while|loop|for\\s*\\(\\s*;|for\\s*\\(;;|until)[^;]{0,80}\\bfork\\b|\\bfork\\b[^;]{0,40}\\bwhile\\b"
                    + "|\\bfork\\b[^;]{0,40}\\bfor\\b[^;]{0,60}\\b(iter|count|repeat|cycle)\\b");
    private static final Pattern STOPS = Pattern.compile(
            "\\b(kill|killpg)\\s*\\(\\s*-?[01]\\s*[,)]|\\bkill\\s*\\(?\\s*['\"]?\\w+['\"]?\\s*,\\s*-?1\\b");
    private static final Pattern RAISES = Pattern.compile("\\b(setuid|seteuid|setgid|setresuid)\\s*\\(|POSIX::setuid");
    private static final Pattern EVALUATES =
            Pattern.compile("\\b(exec|eval|compile|instance_eval|Function|assert)\\s*\\(?");
    private static final Pattern FETCHES = Pattern.compile(
            "urlopen|urlretrieve|requests\\.|urllib|http\\.get|https\\.get|fetch\\(|open-uri|URI\\.open|LWP|Net::HTTP"
                    + "|file_get_contents\\s*\\(\\s*['\"]https?:|DownloadString|Invoke-WebRequest|\\bIEX\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern DECODES = Pattern.compile(
            "b64|base64|atob|decode64|fromhex|unhexlify|Buffer\\.from|\\bunpack\\b|\\bpack\\b|zlib|marshal|fromCharCode"
                    + "|\\bchr\\b|EncodedCommand",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/=]{8,}");
    private static final Pattern WRITES =
            Pattern.compile("['\"](w|wb|r\\+|r\\+b|rb\\+|a|ab)['\"]|write|'>|\">|\\.open\\(");

    private final ShellWalk walk;
    private final Findings findings;
    private int depth;

    CodeRules(ShellWalk walk, Findings findings) {
        this.walk = walk;
        this.findings = findings;
    }

    /// Looks at code that an invocation has an interpreter run.
    void check(Flow code, Invocation invocation) {
        String text = code.text();
        String source = invocation.source();
        if (code.decoded() || text.strip().startsWith(Marks.UNKNOWN_TEXT)) {
            findings.add(CommandClass.PIPE_TO_SHELL, source);
        }
        if (text.length() > CODE_CHARS_MAX) {
            findings.add(CommandClass.UNPARSEABLE, "the code is too long: " + source);
            return;
        }
        if (depth >= DEPTH_MAX || !walk.steps(1 + text.length())) {
            return;
        }
        depth++;
        words(text, source);
        strings(text, invocation);
        depth--;
    }

    private void words(String text, String source) {
        boolean runs = RUNS.matcher(text).find();
        boolean evaluates = EVALUATES.matcher(text).find();
        if (CONNECTS.matcher(text).find() && (runs || text.contains("dup2") || text.contains("getline"))) {
            findings.add(CommandClass.REVERSE_SHELL, source);
        }
        if (DELETES_TREE.matcher(text).find()) {
            findings.add(CommandClass.RECURSIVE_DELETE, source);
        }
        if (MULTIPLIES.matcher(text).find()) {
            findings.add(CommandClass.FORK_BOMB, source);
        }
        if (STOPS.matcher(text).find()) {
            findings.add(CommandClass.PROCESS_KILL, source);
        }
        if (RAISES.matcher(text).find()) {
            findings.add(CommandClass.PRIVILEGE_CHANGE, source);
        }
        if ((evaluates || runs)
                && (FETCHES.matcher(text).find()
                        || (evaluates && DECODES.matcher(text).find()))) {
            findings.add(CommandClass.PIPE_TO_SHELL, source);
        }
    }

    private void strings(String text, Invocation invocation) {
        boolean runs = RUNS.matcher(text).find() || text.contains("|");
        boolean decodes = DECODES.matcher(text).find();
        boolean writes = WRITES.matcher(text).find();
        List<CodeStrings.Group> groups = CodeStrings.of(text, STRINGS_MAX);
        for (CodeStrings.Group group : groups) {
            for (String string : group.strings()) {
                file(string, writes, invocation);
                if (decodes) {
                    encoded(string, invocation);
                }
                if (runs) {
                    asCommand(string, invocation);
                }
                if (EVALUATES.matcher(text).find() && !string.equals(text)) {
                    check(Flow.of(string), invocation);
                }
            }
            if (runs && group.strings().size() > 1) {
                run(new ArrayList<>(group.strings()), invocation);
            }
        }
    }

    private void file(String string, boolean writes, Invocation invocation) {
        FileRules.read(Paths.resolved("", string), invocation.source(), findings);
        if (writes && (string.startsWith("/dev/") || string.startsWith("/etc/") || string.startsWith("/proc/"))) {
            FileRules.written(Paths.resolved("", string), invocation.source(), findings);
        }
    }

    private void encoded(String string, Invocation invocation) {
        if (!ENCODED.matcher(string).matches()) {
            return;
        }
        for (Optional<String> text : List.of(TextTools.base64(string), TextTools.hexadecimal(string))) {
            text.filter(CodeRules::readable).ifPresent(found -> {
                check(Flow.of(found), invocation);
                asCommand(found, invocation);
            });
        }
    }

    private static boolean readable(String text) {
        return !text.isBlank() && text.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t');
    }

    /// A string that a shell may be handed. One that is none for sure, because it cannot be parsed, says nothing.
    private void asCommand(String string, Invocation invocation) {
        ShellParser.Parsed parsed = ShellParser.parse(string);
        if (parsed.problem().isEmpty()) {
            walk.run(parsed.node(), walk.copied(invocation.scope()), Flow.EMPTY);
        }
    }

    private void run(List<String> fields, Invocation invocation) {
        walk.command(new Invocation(fields, walk.copied(invocation.scope()), Flow.EMPTY, false, invocation.source()));
    }
}
