package dev.cloche.host.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a command is made of, an answer comes, in a bounded number of steps. Every text can be had again from its
/// seed.
@Timeout(120)
class CommandFuzzTest {
    private static final int TEXTS = 1_500;
    private static final int PIECES_MAX = 40;

    private static final List<String> PIECES = List.of(
            "rm",
            " -rf ",
            "/",
            " ",
            "\n",
            ";",
            "&",
            "&&",
            "|",
            "||",
            "|&",
            "(",
            ")",
            "{",
            "}",
            "{ ",
            " }",
            "[",
            "]",
            "[[",
            "]]",
            "((",
            "))",
            "$(",
            "$((",
            "${",
            "$",
            "`",
            "'",
            "\"",
            "$'",
            "\\",
            "#",
            "<",
            ">",
            "<<",
            "<<<",
            "<<-",
            "<(",
            ">(",
            "<&",
            ">&",
            "&>",
            "EOF",
            "EOF\n",
            "if ",
            "then ",
            "else ",
            "fi",
            "while ",
            "do ",
            "done",
            "for ",
            "in ",
            "case ",
            "esac",
            ";;",
            "function ",
            "f()",
            "x=",
            "$x",
            "${x:-",
            "${x#",
            "@",
            "*",
            "!",
            "~",
            "echo ",
            "eval ",
            "sh -c ",
            "base64 -d",
            "xargs ",
            "env -S ",
            "printf ",
            "tr a-z b-y",
            "read x",
            "python3 -c ",
            "set -- ",
            "$@",
            "{a,b}",
            "{1..9}",
            "\t",
            "\0",
            "\uFDD0",
            "\uFDD1",
            "\uFDD2",
            "\uFDD2\u0001",
            "\uFDD3",
            "\uD800",
            "ü",
            "=",
            ",",
            "..",
            "/dev/sda",
            "/etc/shadow",
            "0",
            "2>&1",
            "time ",
            "coproc ",
            "-");

    static final List<String> REPEATED = List.of(
            "(",
            "{ ",
            "$(",
            "${x:-",
            "`",
            "\"$(",
            "<(",
            "@(",
            "if ",
            "while ",
            "case x in a) ",
            "f() ",
            "! ",
            "$((",
            "((",
            "[[ ",
            "[",
            "a=(",
            "function f ",
            "time ",
            "coproc ",
            "until ",
            "for x in a; do ",
            "eval ",
            "exec ",
            "sh -c ",
            "env ",
            "sudo ",
            "xargs ",
            "command ",
            "nohup ",
            "{a,",
            "${x",
            "'",
            "\"",
            "$'",
            "<<E\n",
            "<<E ",
            "|",
            "&",
            ";",
            "\n",
            "\\",
            "#",
            "<",
            ">",
            "=",
            "*",
            "$x",
            "$@",
            "a=$a$a;",
            "a=b ",
            "x|",
            "x&&",
            "x;",
            "-e ",
            "echo $(",
            "python3 -c ",
            "{1..9}",
            "{a,b}",
            "{,}",
            "find -exec ",
            "\0",
            "\uFDD2",
            "$'\\");

    private static String text(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        int pieces = 1 + random.nextInt(PIECES_MAX);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private static CommandReport answered(String what, List<String> command, Map<String, String> env, String input) {
        try {
            CommandReport report = CommandClassifier.classify(command, env, input);
            assertThat(report.steps()).as(what).isLessThanOrEqualTo(CommandClassifier.STEPS_MAX);
            assertThat(report.findings().size())
                    .as(what)
                    .isLessThanOrEqualTo(CommandClass.values().length * Findings.OF_A_KIND_MAX);
            assertThat(report.findings()).as(what).allSatisfy(finding -> {
                assertThat(finding.part().length()).isLessThanOrEqualTo(CommandFinding.PART_CHARS_MAX);
                assertThat(finding.part().chars().noneMatch(Character::isISOControl))
                        .isTrue();
            });
            return report;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + " threw", e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyTextIsAnswered(long block) {
        for (long seed = block * TEXTS; seed < (block + 1) * TEXTS; seed++) {
            String text = text(seed);
            answered("seed=" + seed, List.of("sh", "-c", text), Map.of(), "");
        }
    }

    @Test
    void anyArgumentsEnvironmentAndInputAreAnswered() {
        for (long seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            List<String> command = new ArrayList<>();
            int count = random.nextInt(6);
            for (int i = 0; i < count; i++) {
                command.add(PIECES.get(random.nextInt(PIECES.size())).strip());
            }
            command.addFirst(
                    List.of("sh", "env", "xargs", "find", "python3", "perl", "awk", "printf", "tr", "su", "kill")
                            .get(random.nextInt(11)));
            Map<String, String> env = new HashMap<>();
            env.put("x", text(seed + 1));
            answered("seed=" + seed, command, env, text(seed + 2));
        }
    }

    @Test
    void theSameTextGetsTheSameAnswer() {
        for (long seed = 0; seed < 500; seed++) {
            assertThat(CommandClassifier.classifyShell(text(seed)))
                    .as("seed=" + seed)
                    .isEqualTo(CommandClassifier.classifyShell(text(seed)));
        }
    }

    /// A table's row with characters taken out or put in.
    @ParameterizedTest
    @MethodSource("rows")
    void damagedCommandsAreAnswered(CommandCase row) {
        Random random = new Random(row.name().hashCode());
        for (int i = 0; i < 15 && !row.command().isEmpty(); i++) {
            StringBuilder damaged = new StringBuilder(row.command());
            int at = random.nextInt(damaged.length());
            if (random.nextBoolean()) {
                damaged.deleteCharAt(at);
            } else {
                damaged.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
            answered(damaged.toString(), List.of("bash", "-c", damaged.toString()), Map.of(), "");
        }
    }

    static List<CommandCase> rows() {
        return CommandCase.all();
    }

    @ParameterizedTest
    @FieldSource("REPEATED")
    void anythingManyTimesIsAnswered(String piece) {
        for (int times : new int[] {10, 100, 5_000}) {
            answered("times=" + times, List.of("sh", "-c", piece.repeat(times)), Map.of(), "");
            answered("then harm, times=" + times, List.of("sh", "-c", piece.repeat(times) + "rm -rf /"), Map.of(), "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "{ ", "$(", "${x:-", "\"$(", "<(", "if ", "sh -c \"$("})
    void whatIsNestedTooDeepIsNeverSilentlySafe(String piece) {
        CommandReport report = CommandClassifier.classifyShell(piece.repeat(1_000) + "rm -rf /");
        assertThat(report.worst()).isEqualTo(CommandLevel.CRITICAL);
    }

    @Test
    void harmDeepInsideIsFoundOrTheWholeIsUnparseable() {
        for (int depth = 1; depth < 200; depth++) {
            String text = "$(".repeat(depth) + "rm -rf /" + ")".repeat(depth);
            assertThat(CommandClassifier.classifyShell(text).worst())
                    .as("depth=" + depth)
                    .isEqualTo(CommandLevel.CRITICAL);
        }
    }

    @Test
    void textThatIsTooLongIsNeverSilentlySafe() {
        String padding = "echo 0123456789\n".repeat(ShellParser.TEXT_CHARS_MAX / 8);
        assertThat(CommandClassifier.classifyShell(padding).kinds()).containsExactly(CommandClass.UNPARSEABLE);
        assertThat(CommandClassifier.classify(List.of("sh"), Map.of(), padding).kinds())
                .containsExactly(CommandClass.UNPARSEABLE);
        assertThat(CommandClassifier.classify(List.of("python3", "-c", padding)).kinds())
                .containsExactly(CommandClass.UNPARSEABLE);
        assertThat(CommandClassifier.classify(List.of("cat"), Map.of(), padding).kinds())
                .isEmpty();
    }

    @Test
    void aLongPlainScriptIsRead() {
        String script = "echo 0123456789 > /dev/null\n".repeat(2_000);
        assertThat(CommandClassifier.classifyShell(script).findings()).isEmpty();
        assertThat(CommandClassifier.classifyShell(script + "rm -rf /").kinds())
                .containsExactly(CommandClass.RECURSIVE_DELETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=x; a=$a$a; a=$a$a; a=$a$a; a=$a$a; for i in 1 2 3 4 5 6 7 8 9; do a=$a$a; done; echo $a",
                "for a in {1..9}; do for b in {1..9}; do for c in {1..9}; do for d in {1..9}; do for e in {1..9}; do "
                        + "for f in {1..9}; do echo; done; done; done; done; done; done",
                "while :; do while :; do while :; do while :; do while :; do while :; do while :; do while :; do "
                        + "while :; do while :; do while :; do while :; do while :; do while :; do while :; do "
                        + "while :; do while :; do while :; do while :; do while :; do while :; do while :; do echo a; "
                        + "done; done; done; done; done; done; done; done; done; done; done; done; done; done; done; "
                        + "done; done; done; done; done; done; done",
                "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
                "f() { f; f; }; f",
                "f() { g; }; g() { f; }; f",
                "eval 'eval \"eval \\\"eval x\\\"\"'"
            })
    void whatGrowsIsBounded(String text) {
        answered(text, List.of("sh", "-c", text), Map.of(), "");
    }

    static List<String> repeated() {
        return List.of(
                " ",
                "\n",
                "\t",
                "'",
                "''",
                "\"",
                "!",
                ";",
                "\\",
                "\\!",
                "e",
                "s/a/b/e;",
                "exec ",
                "$(shell ",
                "${X}",
                "\n\t$(X)",
                "X=$(X)$(X)\n\t$(X)",
                "program '",
                "% ",
                "fork for ",
                "a[$(b)]",
                ",[\"a\"",
                ".shell ",
                "system\n",
                "=!",
                "{1,");
    }

    /// What looks for texts that are handed on must not take its time over one that was made to have it do so.
    @ParameterizedTest
    @MethodSource("repeated")
    void aLongRunOfOnePieceIsGoneThroughInNoTime(String piece) {
        String text = piece.repeat(20_000 / piece.length());
        for (String program : List.of(
                "vim", "less", "gdb", "sqlite3", "psql", "mysql", "tclsh", "make", "sed", "awk", "git", "ssh")) {
            List<String> command = List.of(program, "-f", "-", "-c", text, "-e", text, "-o", text);
            CommandReport report = CommandClassifier.classify(command, Map.of(), text);
            assertThat(report.steps()).isLessThanOrEqualTo(CommandClassifier.STEPS_MAX);
        }
    }
}
