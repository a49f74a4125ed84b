package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.cli.FakeMachine.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the launcher starts the benchmarks.
final class LauncherBenchTest {
    @SuppressWarnings("NullAway.Init") // set up before each test
    private FakeMachine machine;

    @BeforeEach
    void setUp(@TempDir Path folder) throws IOException {
        machine = new FakeMachine(Files.createDirectories(folder.toRealPath().resolve("a machine")));
        machine.with("JAVA_HOME", machine.jdk("jdk", "25.0.3"));
        machine.buildTools("3.8.7", "");
    }

    private void checkout() throws IOException {
        Files.createDirectories(machine.path("tree/bench/src"));
        Files.writeString(machine.path("tree/bench/pom.xml"), "");
    }

    @Test
    void theFirstUseBuildsTheBenchmarksAndNotTheCommand() throws Exception {
        checkout();
        Run first = machine.run("bench", "engine", "--quick");
        assertThat(first.err()).isEqualTo("cloche: building (first use, about a minute) ... done\n");
        assertThat(machine.traces("builds")).hasSize(1).first().asString().contains("-pl bench -am", "package");
        assertThat(machine.traces("trainings")).isEmpty();
        Run second = machine.run("bench", "engine", "--quick");
        assertThat(second.err()).isEmpty();
        assertThat(machine.traces("builds")).hasSize(1);
        assertThat(second.args())
                .contains(
                        "-Dcloche.checkout=" + machine.path("tree"), machine.path("tree/bench/target/dist/lib") + "/*")
                .endsWith("dev.cloche.bench.command.BenchCommand", "engine", "--quick")
                .noneMatch(argument -> argument.startsWith("-XX:"));
    }

    @Test
    void attacksComeFromTheSameBuild() throws Exception {
        checkout();
        machine.run("bench", "engine");
        Run run = machine.run("attack", "--quick");
        assertThat(run.err()).isEmpty();
        assertThat(machine.traces("builds")).hasSize(1);
        assertThat(run.args()).endsWith("dev.cloche.bench.attack.AttackCommand", "--quick");
    }

    @Test
    void changedSourcesAreBuiltAgain() throws Exception {
        checkout();
        machine.run("bench", "engine");
        machine.changeSource();
        assertThat(machine.run("bench", "engine").err())
                .isEqualTo("cloche: building (the sources have changed) ... done\n");
        assertThat(machine.traces("builds")).hasSize(2);
    }

    @Test
    void withoutASourceCheckoutItSaysWhatIsNeeded() throws Exception {
        Run run = machine.run("bench", "engine");
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("cloche: benchmarks need Cloche's source checkout, and this is none, path="
                        + machine.path("tree") + "\n");
        assertThat(machine.traces("builds")).isEmpty();
    }

    @Test
    void attacksNeedASourceCheckoutToo() throws Exception {
        Run run = machine.run("attack", "--quick");
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.err()).startsWith("cloche: attacks need Cloche's source checkout, and this is none, path=");
        Session session = Session.interactive();
        assertThat(session.run("attack", "--quick")).isEqualTo(6);
        assertThat(session.err())
                .isEqualTo("cloche: attacks need Cloche's source checkout, and are started there by ./cloche attack,"
                        + " arguments=--quick\n");
    }

    @Test
    void whoComesWithoutTheLauncherIsToldOfIt() {
        Session session = Session.interactive();
        assertThat(session.run("bench", "engine", "--quick")).isEqualTo(6);
        assertThat(session.err())
                .isEqualTo("cloche: benchmarks need Cloche's source checkout, and are started there by ./cloche bench,"
                        + " arguments=engine --quick\n");
    }

    @Test
    void whateverElseHasTheWordIsTheCommands() throws Exception {
        checkout();
        machine.built();
        Run run = machine.run("run", "bench");
        assertThat(run.args()).endsWith("run", "bench");
        assertThat(machine.traces("builds")).isEmpty();
    }
}
