package dev.cloche.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A machine for the launcher, in one folder: a source tree, a path and JDKs made of shell scripts that say how they
/// were called. Nothing of the real machine but the plain tools of a shell is in reach.
final class FakeMachine {
    private static final List<String> TOOLS = List.of(
            "cat",
            "cksum",
            "find",
            "grep",
            "mkdir",
            "mv",
            "ps",
            "readlink",
            "rm",
            "rmdir",
            "sed",
            "sleep",
            "tail",
            "touch");
    private static final long RUN_SECONDS_MAX = 60;
    private static final String IN_THE_FUTURE = "209901010000.00";

    private static final String JAVA = """
            #!/bin/sh
            for argument in "$@"; do
                case $argument in
                -XX:AOTCacheOutput=*)
                    echo trained >>"$MACHINE/trainings"
                    [ -e "$MACHINE/no-aot" ] || : >"${argument#*=}"
                    exit 0 ;;
                -XshowSettings:properties) echo "    java.home = $(cat "$0.home")"; exit ;;
                -version) echo 'openjdk version "VERSION" 2026-01-01' >&2; exit ;;
                esac
            done
            echo "java=$0"
            for argument in "$@"; do echo "[$argument]"; done
            """;

    private static final String MVN = """
            #!/bin/sh
            case $* in
            --version) echo 'Apache Maven VERSION (abc)'; exit ;;
            esac
            echo "$*" >>"$MACHINE/builds"
            echo "JAVA_HOME=$JAVA_HOME"
            WORK
            module=cli
            case $* in
            *'-pl bench '*) module=bench ;;
            esac
            mkdir -p "$MACHINE/tree/$module/target/dist/lib"
            : >"$MACHINE/tree/$module/target/dist/lib/cloche-$module.jar"
            echo 209901010000.00 >"$MACHINE/tree/$module/target/dist/built-at"
            """;

    private final Path root;
    private final Map<String, String> environment = new TreeMap<>();

    /// @param root an empty folder, without symbolic links on the way to it
    FakeMachine(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root.resolve("tree/host/src"));
            Files.createDirectories(root.resolve("tree/cli/src"));
            Files.createDirectories(root.resolve("bin"));
            Files.createDirectories(root.resolve("jdks"));
            Files.copy(launcherOfThisTree(), launcher());
            for (String tool : TOOLS) {
                script(root.resolve("bin").resolve(tool), "#!/bin/sh\nexec " + realTool(tool) + " \"$@\"\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        environment.put("MACHINE", root.toString());
        environment.put("HOME", root.resolve("home").toString());
        environment.put("PATH", root.resolve("bin").toString());
        environment.put("CLOCHE_JDK_FOLDERS", root.resolve("jdks").toString());
    }

    Path launcher() {
        return root.resolve("tree/cloche");
    }

    Path path(String first) {
        return root.resolve(first);
    }

    FakeMachine with(String variable, Path value) {
        return with(variable, value.toString());
    }

    FakeMachine with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// Makes a JDK with a release file.
    Path jdk(String folder, String version) throws IOException {
        Path home = jdkWithoutRelease(folder, version);
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nLIBC=\"gnu\"\n");
        return home;
    }

    Path jdkWithoutRelease(String folder, String version) throws IOException {
        Path home = root.resolve(folder);
        Path bin = Files.createDirectories(home.resolve("bin"));
        script(bin.resolve("java"), JAVA.replace("VERSION", version));
        Files.writeString(bin.resolve("java.home"), home.toString());
        script(bin.resolve("javac"), "#!/bin/sh\n");
        return home;
    }

    /// Makes what a build leaves behind.
    void built() throws IOException {
        Path dist = root.resolve("tree/cli/target/dist");
        Files.createDirectories(dist.resolve("lib"));
        Files.writeString(dist.resolve("lib/cloche-cli.jar"), "");
        Files.writeString(dist.resolve("built-at"), IN_THE_FUTURE + "\n");
    }

    /// Changes a source after the last build.
    void changeSource() throws IOException {
        Path source = Files.writeString(root.resolve("tree/host/src/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2099-06-01T00:00:00Z")));
    }

    /// Puts a Maven on the path, and Node with it.
    ///
    /// @param work what it does when it builds, as shell commands
    void buildTools(String mavenVersion, String work) throws IOException {
        script(root.resolve("bin/mvn"), MVN.replace("VERSION", mavenVersion).replace("WORK", work));
        script(root.resolve("bin/node"), "#!/bin/sh\n");
        script(root.resolve("bin/npm"), "#!/bin/sh\n");
    }

    static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The lines that the fake tools left in a file, for example `builds`.
    List<String> traces(String file) throws IOException {
        Path traces = root.resolve(file);
        return Files.exists(traces) ? Files.readAllLines(traces) : List.of();
    }

    Run run(String... args) throws IOException, InterruptedException {
        return run(launcher().toString(), root, args);
    }

    Run run(String command, Path folder, String... args) throws IOException, InterruptedException {
        return start(command, folder, args).end();
    }

    Started start(String command, Path folder, String... args) throws IOException {
        List<String> commandLine = new ArrayList<>(List.of(command));
        commandLine.addAll(List.of(args));
        Path out = Files.createTempFile(root, "run", ".out");
        Path err = Files.createTempFile(root, "run", ".err");
        ProcessBuilder builder = new ProcessBuilder(commandLine)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Started(builder.start(), out, err);
    }

    /// A launcher under way.
    record Started(Process process, Path out, Path err) {
        Run end() throws IOException, InterruptedException {
            if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the launcher does not end, err=" + Files.readString(err));
            }
            return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    /// How a launcher went.
    record Run(int status, String out, String err) {
        /// The path of the java command that was started.
        String java() {
            return out.lines()
                    .filter(line -> line.startsWith("java="))
                    .map(line -> line.substring("java=".length()))
                    .findFirst()
                    .orElse("none");
        }

        List<String> args() {
            return out.lines()
                    .filter(line -> line.startsWith("["))
                    .map(line -> line.substring(1, line.length() - 1))
                    .toList();
        }
    }

    private static Path launcherOfThisTree() {
        return Path.of("").toAbsolutePath().resolveSibling("cloche");
    }

    private static Path realTool(String name) {
        return Stream.of("/usr/bin", "/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the tests need a tool that is missing, tool=" + name));
    }
}
