package dev.cloche.host.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is harmful stays so whatever it is dressed up as.
class CommandDisguiseTest {
    private static final int ROUNDS = 6;

    /// @param dress makes of a text for a shell another one that does the same
    record Disguise(String name, UnaryOperator<String> dress) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Disguise> disguises() {
        return List.of(
                new Disguise("sh -c", text -> "sh -c " + quoted(text)),
                new Disguise("bash -lc", text -> "bash -lc " + quoted(text)),
                new Disguise("double quotes", text -> "sh -c " + doubleQuoted(text)),
                new Disguise("ansi quotes", text -> "bash -c " + ansiQuoted(text)),
                new Disguise("env", text -> "env A=1 -u B sh -c " + quoted(text)),
                new Disguise("env before", text -> "env A=1 bash -ec " + quoted(text)),
                new Disguise("eval", text -> "eval " + quoted(text)),
                new Disguise("variable", text -> "DRESS=" + quoted(text) + "; eval \"$DRESS\""),
                new Disguise("argument", text -> "set -- " + quoted(text) + "; D=$1; set --; eval \"$D\""),
                new Disguise("function", text -> "f() {\n" + text + "\n}; f"),
                new Disguise("subshell", text -> "(\n" + text + "\n)"),
                new Disguise("group", text -> "{\n" + text + "\n}"),
                new Disguise("substitution", text -> ": $(\n" + text + "\n)"),
                new Disguise("if", text -> "if true; then\n" + text + "\nfi"),
                new Disguise("else", text -> "if false; then :; else\n" + text + "\nfi"),
                new Disguise("loop", text -> "for i in 1; do\n" + text + "\ndone"),
                new Disguise("case", text -> "case x in\ny) :;;\n*)\n" + text + "\n;;\nesac"),
                new Disguise("after", text -> "echo hello && cd . ;\n" + text),
                new Disguise("before", text -> text + "\necho done"),
                new Disguise("piped", text -> "printf '%s\\n' " + quoted(text) + " | sh"),
                new Disguise("here-string", text -> "bash <<< " + quoted(text)),
                new Disguise("here-document", text -> "sh <<'END_OF_IT'\n" + text + "\nEND_OF_IT"),
                new Disguise("process file", text -> "bash <(printf %s " + quoted(text) + ")"),
                new Disguise("script", text -> "printf %s " + quoted(text) + " > run.sh; chmod +x run.sh; ./run.sh"),
                new Disguise("base64", text -> "echo " + base64(text) + " | base64 -d | bash"),
                new Disguise("base64 in sh -c", text -> "sh -c \"$(echo " + base64(text) + " | base64 --decode)\""),
                new Disguise("hexadecimal", text -> "echo " + hexadecimal(text) + " | xxd -r -p | sh"),
                new Disguise("printf escapes", text -> "printf " + quoted(escaped(text)) + " | sh"),
                new Disguise("nohup timeout", text -> "nohup timeout -k 1 5 nice -n 3 sh -c " + quoted(text) + " &"),
                new Disguise("busybox", text -> "busybox sh -c " + quoted(text)),
                new Disguise("exec", text -> "exec bash -c " + quoted(text)),
                new Disguise("command", text -> "command sh -c " + quoted(text)),
                new Disguise("xargs", text -> "echo 1 | xargs sh -c " + quoted(text)),
                new Disguise("find", text -> "find x -exec sh -c " + quoted(text) + " \\;"),
                new Disguise("python", text -> "python3 -c " + quoted("import os; os.system(" + jsonLike(text) + ")")),
                new Disguise("trap", text -> "trap " + quoted(text) + " EXIT"),
                new Disguise("ssh", text -> "ssh host " + quoted(text)));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String doubleQuoted(String text) {
        return '"' + text.replaceAll("[\\\\$`\"]", "\\\\$0") + '"';
    }

    private static String ansiQuoted(String text) {
        return "$'" + escaped(text) + "'";
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(String.format("\\x%02x", b));
        }
        return escaped.toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hexadecimal(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String jsonLike(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /// Rows that read no input, are no mistake and mean the same within others.
    private static List<CommandCase> rows() {
        return CommandCase.harmful().stream()
                .filter(row -> !row.kinds().contains(CommandClass.UNPARSEABLE))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void everyHarmfulCommandIsFoundInIt(Disguise disguise) {
        for (CommandCase row : rows()) {
            String dressed = disguise.dress.apply(row.command());
            assertThat(CommandClassifier.classifyShell(dressed).kinds())
                    .as(row + ": " + dressed)
                    .containsAll(row.kinds());
        }
    }

    @Test
    void severalOnTopOfEachOtherHideNothing() {
        List<Disguise> disguises = disguises();
        List<CommandCase> rows = rows();
        for (long seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            CommandCase row = rows.get(random.nextInt(rows.size()));
            String dressed = row.command();
            List<String> worn = new ArrayList<>();
            int rounds = 1 + random.nextInt(ROUNDS);
            for (int i = 0; i < rounds && dressed.length() < 8_000; i++) {
                Disguise disguise = disguises.get(random.nextInt(disguises.size()));
                dressed = disguise.dress.apply(dressed);
                worn.add(disguise.name);
            }
            CommandReport report = CommandClassifier.classifyShell(dressed);
            assertThat(report.worst().atLeast(worst(row)))
                    .as("seed=" + seed + " row=" + row + " worn=" + worn + " found=" + report.findings())
                    .isTrue();
        }
    }

    private static CommandLevel worst(CommandCase row) {
        return row.kinds().stream()
                .map(CommandClass::level)
                .max(Enum::compareTo)
                .orElseThrow();
    }

    @Test
    void aProgramsNameIsFoundHoweverItIsWritten() {
        List<String> names = List.of(
                "rm",
                "/bin/rm",
                "/usr/bin/rm",
                "./rm",
                "\\rm",
                "r\\m",
                "'rm'",
                "\"rm\"",
                "r''m",
                "r\"\"m",
                "''rm",
                "$'rm'",
                "$'\\x72m'",
                "$'\\162m'",
                "${x}rm",
                "r$1m",
                "$(echo rm)",
                "`echo rm`",
                "$(printf '\\162m')",
                "$(echo mr | rev)",
                "$(echo RM | tr A-Z a-z)",
                "$(echo cm0= | base64 -d)",
                "{rm,}",
                "command rm",
                "exec rm",
                "nice rm",
                "env rm",
                "time rm",
                "busybox rm",
                "/???/rm",
                "/bin/r[m]",
                "${y:-rm}",
                "${y-rm}",
                "$(cat <<< rm)",
                "$(echo r)$(echo m)",
                "A=1 rm",
                "! rm",
                "/bin//rm",
                "~/../../bin/rm",
                "coproc rm");
        for (String name : names) {
            for (String options : List.of("-rf", "-fr", "-r -f", "--recursive --force", "-vrfd", "{-r,-f}", "$'-rf'")) {
                String text = name + " " + options + " /";
                assertThat(CommandClassifier.classifyShell(text).kinds())
                        .as(text)
                        .contains(CommandClass.RECURSIVE_DELETE);
            }
        }
    }

    @Test
    void argumentsInputAndEnvironmentAreLookedAtToo() {
        assertThat(kinds(List.of("rm", "-rf", "/"), Map.of(), "")).containsExactly(CommandClass.RECURSIVE_DELETE);
        assertThat(kinds(List.of("/bin/sh"), Map.of(), "rm -rf /")).containsExactly(CommandClass.RECURSIVE_DELETE);
        assertThat(kinds(List.of("sh", "-c", "$A"), Map.of("A", "rm -rf /"), ""))
                .containsExactly(CommandClass.RECURSIVE_DELETE);
        assertThat(kinds(List.of("xargs", "rm", "-rf"), Map.of(), "/")).containsExactly(CommandClass.RECURSIVE_DELETE);
        assertThat(kinds(List.of("python3"), Map.of(), "import shutil\nshutil.rmtree('/')"))
                .containsExactly(CommandClass.RECURSIVE_DELETE);
        assertThat(kinds(List.of("tee", "/dev/sda"), Map.of(), "x")).containsExactly(CommandClass.DEVICE_WRITE);
        assertThat(kinds(List.of("echo", "rm -rf /; reboot"), Map.of(), "rm -rf /"))
                .isEmpty();
        assertThat(kinds(List.of("cat"), Map.of("A", "rm -rf /"), "rm -rf /")).isEmpty();
        assertThat(kinds(List.of(), Map.of(), "")).isEmpty();
    }

    private static java.util.Set<CommandClass> kinds(List<String> command, Map<String, String> env, String input) {
        return CommandClassifier.classify(command, env, input).kinds();
    }
}
