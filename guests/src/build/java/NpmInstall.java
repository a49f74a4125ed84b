import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Build step: installs the npm packages of the lock file in the folder given, unless that was done before for the same
/// lock file. Where npm is missing it says so and lets the build go on: the built guests are in the repository, and the
/// tests say what they leave out.
final class NpmInstall {
    private static final long MINUTES_MAX = 10;
    private static final String LOCK_FILE = "package-lock.json";
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
    private static final List<String> COMMAND = List.of(WINDOWS ? "npm.cmd" : "npm", "ci");

    private final Path folder;

    private NpmInstall(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(new NpmInstall(Path.of(arguments[0])).run());
    }

    private int run() throws IOException, InterruptedException {
        Path lock = folder.resolve(LOCK_FILE);
        Path installed = folder.resolve("node_modules").resolve(".installed-" + LOCK_FILE);
        if (Files.isRegularFile(installed) && Files.mismatch(lock, installed) < 0) {
            return 0;
        }
        Process npm;
        try {
            npm = new ProcessBuilder(COMMAND)
                    .directory(folder.toFile())
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            System.out.println("guests: npm is missing, so the example extensions are tested as they are in the"
                    + " repository, neither rebuilt nor compared with Node; to have that, put Node.js 20 or later with"
                    + " npm on the PATH");
            return 0;
        }
        if (!npm.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
            npm.destroyForcibly();
            System.err.println("guests: npm ci took too long, minutes=" + MINUTES_MAX);
            return 1;
        }
        if (npm.exitValue() != 0) {
            System.err.println(
                    "guests: npm ci failed; look at its output above, folder=" + folder + " exit=" + npm.exitValue());
            return 1;
        }
        Files.copy(lock, installed);
        return 0;
    }
}
