package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.cli.FakeMachine.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which JDK the launcher takes, and what it says where there is none.
final class LauncherJdkTest {
    @SuppressWarnings("NullAway.Init") // set up before each test
    private FakeMachine machine;

    @BeforeEach
    void setUp(@TempDir Path folder) throws IOException {
        machine = new FakeMachine(folder.toRealPath());
        machine.built();
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        Path home = machine.jdk("chosen", "25.0.3");
        machine.jdk("bin/..", "25");
        machine.jdk("jdks/other", "26");
        assertThat(machine.with("JAVA_HOME", home).run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void anOldJavaHomeIsPassedOverForTheCommandOnThePath() throws Exception {
        Path old = machine.jdk("old", "17.0.15");
        Path home = machine.jdk("alternatives/jdk", "25");
        machine.jdk("jdks/other", "26");
        Path link = Files.createSymbolicLink(machine.path("alternatives/java"), Path.of("jdk/bin/java"));
        Files.createSymbolicLink(machine.path("bin/java"), link);
        assertThat(machine.with("JAVA_HOME", old).run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void anOldCommandOnThePathIsPassedOverForTheUsualFolders() throws Exception {
        Path old = machine.jdk("old", "21.0.1");
        Files.createSymbolicLink(machine.path("bin/java"), old.resolve("bin/java"));
        machine.jdk("jdks/a-8", "1.8.0_402");
        Path home = machine.jdk("jdks/b-25/Contents/Home", "25.0.1");
        machine.jdk("jdks/c-26", "26");
        assertThat(machine.run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void severalFoldersAreLookedAtInTheirOrder() throws Exception {
        machine.jdk("jdks/x", "25");
        Path home = machine.jdk("more jdks/y", "26-ea");
        machine.with("CLOCHE_JDK_FOLDERS", machine.path("more jdks") + ":" + machine.path("jdks"));
        assertThat(machine.run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void aJdkWithoutAReleaseFileIsAsked() throws Exception {
        machine.jdkWithoutRelease("jdks/a", "24.0.1");
        Path home = machine.jdkWithoutRelease("jdks/b", "25.0.1");
        assertThat(machine.run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void aStandInOnThePathIsAskedForItsHome() throws Exception {
        Path home = machine.jdk("managed/jdk", "25");
        FakeMachine.script(machine.path("bin/java"), "#!/bin/sh\nexec '" + home + "/bin/java' \"$@\"\n");
        assertThat(machine.run("ls").java()).isEqualTo(home + "/bin/java");
    }

    @Test
    void whereThereIsNoneItSaysWhereItLookedAndWhatItFound() throws Exception {
        Path old = machine.jdk("jdks/old", "17.0.15");
        Path runtime = machine.jdk("jdks/runtime", "25.0.3");
        Files.delete(runtime.resolve("bin/javac"));
        machine.with("JAVA_HOME", machine.path("gone"));
        machine.with("CLOCHE_JDK_FOLDERS", machine.path("jdks") + ":" + machine.path("none"));
        Run run = machine.run("ls");
        assertThat(run.status()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("""
                        cloche: a JDK of version 25 or later is needed and none was found; install one, or \
                        set JAVA_HOME to it. Looked at:
                          JAVA_HOME=%s: no bin/java there
                          java on the path: none
                          %s: version 17.0.15
                          %s: version 25.0.3, but without a compiler (bin/javac)
                          %s/*: no JDK there
                        """.formatted(machine.path("gone"), old, runtime, machine.path("none")));
    }
}
