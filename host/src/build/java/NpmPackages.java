import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The npm packages of a lock file, installed into a work folder next to copies of the scripts that use them.
final class NpmPackages {
    private static final long COMMAND_MINUTES_MAX = 10;
    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"([^\"]+)\"");
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private final Path sources;
    private final Path work;

    NpmPackages(Path sources, Path work) {
        this.sources = sources;
        this.work = work;
    }

    /// Copies the scripts and installs what the lock file names, unless this was done for the same lock file before.
    void install() throws IOException {
        Files.createDirectories(work);
        try (var files = Files.list(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, work.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path stamp = work.resolve("installed.stamp");
        String lock = Hashes.sha256(Files.readAllBytes(work.resolve("package-lock.json")));
        if (Files.isRegularFile(stamp) && Files.readString(stamp).equals(lock)) {
            return;
        }
        Files.deleteIfExists(stamp);
        run(List.of(WINDOWS ? "npm.cmd" : "npm", "ci", "--ignore-scripts", "--prefer-offline"));
        Files.writeString(stamp, lock);
    }

    /// A file of an installed package.
    Path file(String packageName, String path) {
        return work.resolve("node_modules").resolve(packageName).resolve(path);
    }

    /// The version of an installed package.
    String version(String packageName) throws IOException {
        var matcher = VERSION.matcher(Files.readString(file(packageName, "package.json")));
        if (!matcher.find()) {
            throw new BuildFailure("the package names no version, package=" + packageName);
        }
        return matcher.group(1);
    }

    /// Runs one of the scripts under Node.
    void node(List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of("node"));
        command.addAll(arguments);
        run(command);
    }

    private void run(List<String> command) throws IOException {
        Path log = work.resolve("command.log");
        Process process = start(command, log);
        try {
            if (!process.waitFor(COMMAND_MINUTES_MAX, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new BuildFailure("a command took too long, minutes=" + COMMAND_MINUTES_MAX + ", command="
                        + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BuildFailure("interrupted, command=" + String.join(" ", command));
        }
        if (process.exitValue() != 0) {
            throw new BuildFailure("a command failed, exit=" + process.exitValue() + ", command="
                    + String.join(" ", command) + "\n" + Files.readString(log));
        }
    }

    private Process start(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new BuildFailure("Node.js 18 or later with npm is needed to build Cloche (not to run it), because the"
                    + " JavaScript engine comes from npm; install it and put it on the PATH, missing="
                    + command.getFirst());
        }
    }
}
