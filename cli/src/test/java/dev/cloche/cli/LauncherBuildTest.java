package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.cli.FakeMachine.Run;
import dev.cloche.cli.FakeMachine.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the launcher builds, what it says meanwhile, and how it starts the JVM.
final class LauncherBuildTest {
    private static final String AOT = "-XX:AOTCache=";

    @SuppressWarnings("NullAway.Init") // set up before each test
    private FakeMachine machine;

    @BeforeEach
    void setUp(@TempDir Path folder) throws IOException {
        machine = new FakeMachine(Files.createDirectories(folder.toRealPath().resolve("a machine")));
        machine.with("JAVA_HOME", machine.jdk("jdk", "25.0.3"));
    }

    @Test
    void theFirstUseBuildsAndTrainsWithOneLineAndTheSecondSaysNothing() throws Exception {
        machine.buildTools("3.8.7", "echo much; echo noise >&2");
        Run first = machine.run("ls");
        assertThat(first.err()).isEqualTo("cloche: building (first use, about a minute) ... done\n");
        assertThat(first.status()).isEqualTo(0);
        Run second = machine.run("ls");
        assertThat(second.err()).isEmpty();
        assertThat(machine.traces("builds")).hasSize(1).first().asString().contains("-pl cli -am", "package");
        assertThat(machine.traces("trainings")).hasSize(1);
        assertThat(second.args()).anyMatch(arg -> arg.startsWith(AOT)).contains("ls");
    }

    @Test
    void theBuildRunsOnTheJdkThatWasFound() throws Exception {
        machine.buildTools("4.0.0", "");
        machine.run("ls");
        assertThat(Files.readString(machine.path("tree/cli/target/build.log")))
                .isEqualTo("JAVA_HOME=" + machine.path("jdk") + "\n");
    }

    @Test
    void changedSourcesAreBuiltAgain() throws Exception {
        machine.built();
        machine.run("ls");
        machine.changeSource();
        machine.buildTools("3.9.9", "");
        assertThat(machine.run("ls").err()).isEqualTo("cloche: building (the sources have changed) ... done\n");
    }

    @Test
    void aFailedBuildShowsTheEndOfItsLogAndNothingIsRun() throws Exception {
        machine.buildTools("3.8.7", "echo '[ERROR] the reason'; exit 1");
        Run run = machine.run("ls");
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("cloche: building (first use, about a minute) ... failed\n")
                .contains("[ERROR] the reason\n")
                .endsWith("cloche: the build failed; all it said is in " + machine.path("tree/cli/target/build.log")
                        + "\n");
        assertThat(machine.path("tree/cli/target/building.lock")).doesNotExist();
    }

    @Test
    void whatTheBuildNeedsIsNamedIfItIsMissing() throws Exception {
        assertThat(machine.run("ls").err())
                .isEqualTo("cloche: Maven 3.8 or later is needed for the build; there is no mvn on the path\n");
        machine.buildTools("3.6.3", "");
        assertThat(machine.run("ls").err())
                .isEqualTo("cloche: Maven 3.8 or later is needed for the build, version=3.6.3\n");
        Files.delete(machine.path("bin/npm"));
        assertThat(machine.run("ls").err())
                .isEqualTo("cloche: npm is needed for the build; there is no npm on the path\n");
        Files.delete(machine.path("bin/node"));
        Run run = machine.run("ls");
        assertThat(run.err()).isEqualTo("cloche: Node is needed for the build; there is no node on the path\n");
        assertThat(run.status()).isEqualTo(6);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        machine.buildTools("3.8.7", "sleep 1");
        Started one = machine.start(machine.launcher().toString(), machine.path("."), "ls");
        Started two = machine.start(machine.launcher().toString(), machine.path("."), "ls");
        assertThat(one.end().status()).isEqualTo(0);
        assertThat(two.end().status()).isEqualTo(0);
        assertThat(machine.traces("builds")).hasSize(1);
        assertThat(machine.traces("trainings")).hasSize(1);
    }

    @Test
    void theLockOfADeadProcessIsBroken() throws Exception {
        machine.buildTools("3.8.7", "");
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path lock = Files.createDirectories(machine.path("tree/cli/target/building.lock"));
        Files.writeString(lock.resolve("owner"), dead.pid() + "\n");
        assertThat(machine.run("ls").status()).isEqualTo(0);
        assertThat(lock).doesNotExist();
    }

    @Test
    void aFailedTrainingIsNotTriedAgainAndSaidOnlyIfAskedFor() throws Exception {
        machine.built();
        Files.writeString(machine.path("no-aot"), "");
        assertThat(machine.run("ls").err()).isEqualTo("cloche: preparing a faster start (once) ... done\n");
        Run quiet = machine.run("ls");
        assertThat(quiet.err()).isEmpty();
        assertThat(quiet.args()).noneMatch(arg -> arg.startsWith(AOT));
        assertThat(machine.run("ls", "-v").err()).contains("without an ahead-of-time cache");
        assertThat(machine.traces("trainings")).hasSize(1);
    }

    @Test
    void anotherJdkGetsACacheOfItsOwn() throws Exception {
        machine.built();
        machine.run("ls");
        machine.with("JAVA_HOME", machine.jdk("jdk-26", "26"));
        machine.run("ls");
        assertThat(machine.traces("trainings")).hasSize(2);
    }

    @Test
    void argumentsAndOptionsReachTheCommandUnchanged() throws Exception {
        machine.built();
        machine.with("CLOCHE_JAVA_OPTS", "-Xmx1g -Dx=y");
        Run run = machine.run("run", "a b", "", "*", "$HOME", "--input", "'x'");
        assertThat(run.args())
                .contains("-Xmx1g", "-Dx=y", "--enable-native-access=ALL-UNNAMED", "-Dcloche.stdin.terminal=false")
                .endsWith(
                        "-jar",
                        machine.path("tree/cli/target/dist/lib/cloche-cli.jar").toString(),
                        "run",
                        "a b",
                        "",
                        "*",
                        "$HOME",
                        "--input",
                        "'x'");
    }

    @Test
    void itRunsFromAnyFolderAndThroughLinks() throws Exception {
        machine.built();
        Path folder = Files.createDirectories(machine.path("else/where"));
        Files.createSymbolicLink(machine.path("else/direct"), Path.of("../tree/cloche"));
        Files.createSymbolicLink(folder.resolve("cloche"), Path.of("../direct"));
        assertThat(machine.run("./cloche", folder, "ls").args()).endsWith("ls");
        assertThat(machine.run("/bin/sh", folder, "cloche", "ls").args()).endsWith("ls");
    }
}
