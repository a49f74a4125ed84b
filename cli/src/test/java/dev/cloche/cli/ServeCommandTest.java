package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A host that serves, in a process of its own.
@Timeout(120)
final class ServeCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path home;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path garden;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void setUp() throws IOException {
        home = folder.resolve("home");
        garden = TestBundles.garden(folder.resolve("garden"));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    /// A process that has said that it listens.
    private Process serve(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "serve",
                "--home",
                home.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("serve.err").toFile())
                .start();
        started.add(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine())
                .as(Files.readString(folder.resolve("serve.err")))
                .isEqualTo("listening on " + home.resolve("host.sock"));
        return process;
    }

    private Session run(int status, Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.add("--home");
        all.add(home);
        Session session = Session.interactive();
        assertThat(session.run(all.toArray())).as(session.err()).isEqualTo(status);
        return session;
    }

    @Test
    void commandsOfOtherProcessesReachItAndASignalEndsItCleanly() throws Exception {
        run(0, "install", garden);
        Process process = serve();
        assertThat(run(0, "call", "garden", "shout", "--input", "grow").out()).isEqualTo("GROW");
        assertThat(run(0, "run", garden, "--input", "grow").out()).isEqualTo("GROW");
        Session forced = run(0, "lane", "force", "garden", "--reason", "drill");
        assertThat(forced.out()).startsWith("forced garden reason=drill row=2 head=");
        run(0, "call", "garden", "count");
        assertThat(run(0, "doctor", "--only", "hostcall").out())
                .containsPattern("hostcall\\.lane +extension=garden lane=compat reason=drill by=user .* compat=[1-9]");
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(0);
        assertThat(home.resolve("host.sock")).doesNotExist();
        assertThat(run(0, "lane").out()).containsPattern("garden +compat +drill +user");
    }

    @Test
    void aSecondOneIsRefused() throws Exception {
        Process process = serve();
        assertThat(run(6, "serve").err())
                .startsWith("cloche: another host uses this home; stop it or choose another home, socket=")
                .endsWith(" pid=" + process.pid() + "\n");
    }

    @Test
    void afterOneThatWasKilledCommandsOpenTheHomeAndTheNextOneListens() throws Exception {
        run(0, "install", garden);
        serve().destroyForcibly().waitFor();
        assertThat(home.resolve("host.sock")).exists();
        assertThat(run(0, "call", "garden", "shout", "--input", "grow").out()).isEqualTo("GROW");
        serve();
        assertThat(run(0, "call", "garden", "shout", "--input", "grow").out()).isEqualTo("GROW");
    }

    @Test
    void optionsOfTheStartHold() throws Exception {
        run(0, "install", garden);
        serve("--ext-compat-lane", "garden", "--policy", "safe");
        assertThat(run(0, "lane").out()).containsPattern("garden +compat +option\\.extension +user");
        assertThat(run(0, "policy", "ls").out()).startsWith("profile safe\n");
    }

    @Test
    void optionsThatCannotBeUsedStartNothing() {
        assertThat(run(2, "serve", "--policy", "bold").err()).contains("profile=bold");
        assertThat(home).doesNotExist();
    }

    @Test
    void aHomeWhosePathIsTooLongForASocketIsAnErrorThatSaysSo() {
        home = folder.resolve("x".repeat(100));
        assertThat(run(6, "serve").err()).contains("the path is too long for a socket", "bytes-max=107");
    }
}
