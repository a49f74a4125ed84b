package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ClocheTest {
    private final Session session = Session.interactive();

    static List<String> commands() {
        return List.copyOf(new Cloche()
                .commandLine(Session.interactive().terminal())
                .getSubcommands()
                .keySet());
    }

    @Test
    void theCommandsAreThese() {
        assertThat(commands())
                .containsExactly(
                        "run",
                        "call",
                        "serve",
                        "install",
                        "ls",
                        "remove",
                        "check",
                        "inspect",
                        "cache",
                        "ledger",
                        "policy",
                        "lane",
                        "limits",
                        "doctor",
                        "bench",
                        "attack",
                        "completion");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithExamplesAndExitCodes(String command) {
        assertThat(session.run(command, "--help")).isEqualTo(0);
        assertThat(session.out())
                .contains(
                        "Usage: cloche " + command,
                        "--verbose",
                        "Exit codes:",
                        "70",
                        "Examples:",
                        "  cloche " + command);
        assertThat(session.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(session.err()).isEmpty();
    }

    @Test
    void helpListsTheCommandsAndTheExitCodes() {
        assertThat(session.run("--help")).isEqualTo(0);
        assertThat(session.out())
                .contains(commands())
                .contains(
                        "  0     all went well",
                        "  1     the guest answered with an error, or a check found an error",
                        "  2     the command line is wrong",
                        "  3     policy denied the call",
                        "  4     the engine stopped the guest",
                        "  5     the guest ran out of time or of another budget",
                        "  6     the call was rejected, or what it needs is unavailable or unusable",
                        "  70    a bug in cloche itself",
                        "  141   the reader of the output went away");
    }

    @Test
    void theVersionNamesTheJdkAsWell() {
        assertThat(session.run("--version")).isEqualTo(0);
        assertThat(session.out()).startsWith("cloche ").contains("Java " + Runtime.version());
    }

    @Test
    void withoutACommandTheUsageIsWrong() {
        assertThat(session.run()).isEqualTo(2);
        assertThat(session.err()).isEqualTo("cloche: a command is missing; see `cloche --help`\n");
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        assertThat(session.run("run", "x", "--colour")).isEqualTo(2);
        assertThat(session.err()).isEqualTo("cloche: Unknown option: '--colour'; see `cloche run --help`\n");
        assertThat(session.out()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bundleCommands")
    void aBundleThatIsNotThereIsWrongUsage(List<String> commandLine) {
        assertThat(session.run(commandLine.toArray())).isEqualTo(2);
        assertThat(session.err()).isEqualTo("cloche: there is no such bundle, path=./no-such-bundle\n");
    }

    static List<List<String>> bundleCommands() {
        return List.of(
                List.of("run", "./no-such-bundle"),
                List.of("call", "./no-such-bundle", "render"),
                List.of("install", "./no-such-bundle"),
                List.of("check", "./no-such-bundle"),
                List.of("inspect", "./no-such-bundle"));
    }

    @Test
    void bashTakesTheCompletionScript(@TempDir Path folder) throws IOException, InterruptedException {
        assertThat(session.run("completion")).isEqualTo(0);
        Path script = Files.writeString(folder.resolve("completion"), session.out(), StandardCharsets.UTF_8);
        Process bash = new ProcessBuilder("bash", "-c", ". \"$1\" && complete -p cloche", "bash", script.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).isEqualTo(0);
        assertThat(said).contains("_complete_cloche");
    }
}
