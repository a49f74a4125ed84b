package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class BadFolderTest {
    private static final String MANIFEST = """
            {"apiVersion":"cloche.dev/v1","name":"hello","version":"1.0.0","kind":"script","entry":"main.js"}""";
    private static final String GIVE = "; give a folder with cloche.json in it, or a zip of that folder's content";

    @TempDir
    private Path folder;

    @BeforeEach
    void aGoodBundle() throws IOException {
        write("cloche.json", MANIFEST);
        write("main.js", "1");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(violations(folder.resolve("none"))).containsExactly("file:.: does not exist" + GIVE);
    }

    @Test
    void refusesAFolderWithoutAManifest() throws IOException {
        Files.delete(folder.resolve("cloche.json"));
        assertThat(violations(folder))
                .containsExactly("file:cloche.json: is missing, and every bundle has one; write one; "
                        + "docs/manifest.md has an example");
    }

    @Test
    void refusesAFileThatIsNoZip() {
        assertThat(violations(folder.resolve("main.js"))).containsExactly("file:.: is not a zip" + GIVE);
    }

    @Test
    void refusesAZipThatIsTooLargeWithoutReadingItAll() throws IOException {
        Path zip = folder.resolve("large.zip");
        try (var file = new RandomAccessFile(zip.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertThat(violations(zip))
                .containsExactly(
                        "file:.: is larger than a zip may be, max=71303168; leave out what the code does not need");
    }

    @Test
    void refusesALinkForTheEntry() throws IOException {
        Files.delete(folder.resolve("main.js"));
        Files.createSymbolicLink(folder.resolve("main.js"), Path.of("/etc/passwd"));
        assertThat(violations(folder)).containsExactly("file:main.js: is a symbolic link; put the file itself there");
    }

    @Test
    void refusesALinkForTheManifest() throws IOException {
        Files.move(folder.resolve("cloche.json"), folder.resolve("other.json"));
        Files.createSymbolicLink(folder.resolve("cloche.json"), Path.of("other.json"));
        assertThat(violations(folder))
                .containsExactly("file:cloche.json: is a symbolic link; put the file itself there");
    }

    @Test
    void refusesALinkToAFolderOnTheWay() throws IOException {
        Files.createSymbolicLink(folder.resolve("lib"), Path.of("/etc"));
        assertThat(violations(folder)).containsExactly("file:lib: is a symbolic link; put the file itself there");
        write("cloche.json", MANIFEST.replace("main.js", "lib/passwd"));
        assertThat(violations(folder))
                .containsExactly(
                        "file:lib: is a symbolic link; put the file itself there",
                        "/entry: \"lib/passwd\" is not in the bundle; build it first, or name the file of the code");
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void refusesPipesAndDoesNotWaitForThem() throws IOException, InterruptedException {
        Files.delete(folder.resolve("main.js"));
        for (String name : List.of("main.js", "README", "other.js")) {
            assertThat(new ProcessBuilder("mkfifo", folder.resolve(name).toString())
                            .start()
                            .waitFor())
                    .isZero();
        }
        assertThat(violations(folder))
                .containsExactly(
                        "file:main.js: is neither a plain file nor a folder; put a plain file there",
                        "file:README: is neither a plain file nor a folder; put a plain file there",
                        "file:other.js: is neither a plain file nor a folder; put a plain file there");
        assertThat(violations(folder.resolve("README")))
                .containsExactly("file:.: is neither a folder nor a plain file" + GIVE);
    }

    @Test
    void refusesAFolderForTheEntry() throws IOException {
        Files.delete(folder.resolve("main.js"));
        Files.createDirectory(folder.resolve("main.js"));
        assertThat(violations(folder))
                .containsExactly("file:main.js: is a folder; name files; \"main.js/**\" takes all that are in it");
    }

    @Test
    void refusesFilesThatMatchNothing() throws IOException {
        write("cloche.json", MANIFEST.replace("}", ",\"files\":[\"dist/**\",\"LICENSE\",\"main.js\",\"lib\"]}"));
        Files.createDirectory(folder.resolve("lib"));
        assertThat(violations(folder))
                .containsExactly(
                        "/files/0: \"dist/**\" matches no file of the folder; build it first, or leave it out",
                        "/files/1: \"LICENSE\" matches no file of the folder; build it first, or leave it out",
                        "file:lib: is a folder; name files; \"lib/**\" takes all that are in it");
    }

    @Test
    void refusesAFileThatIsTooLarge() throws IOException {
        try (var file = new RandomAccessFile(folder.resolve("main.js").toFile(), "rw")) {
            file.setLength(BundleLimits.FILE_BYTES_MAX + 1L);
        }
        assertThat(violations(folder))
                .containsExactly("file:main.js: is larger than this file may be, max=33554432; make it smaller");
    }

    @Test
    void refusesMoreThanABundleMayHave() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (var file =
                    new RandomAccessFile(folder.resolve("part" + i + ".json").toFile(), "rw")) {
                file.setLength(BundleLimits.FILE_BYTES_MAX);
            }
        }
        assertThat(violations(folder))
                .containsExactly("file:.: holds more than a bundle may have, bytes-max=67108864 files-max=4096; "
                        + "leave out what the code does not need, by \"files\"");
    }

    @Test
    void refusesPathsThatAreTooDeep() throws IOException {
        write("a/".repeat(17) + "b.js", "1");
        assertThat(violations(folder))
                .containsExactly("file:" + "a/".repeat(16) + "a: lies too deep, names=17 max=16; use fewer folders");
    }

    @Test
    void saysWhatIsWrongInManifestAndCodeAtOnce() throws IOException {
        write("cloche.json", MANIFEST.replace("hello", "Hello"));
        write("main.js", "");
        assertThat(violations(folder))
                .containsExactly(
                        "/name: \"Hello\" does not have the right form; write lower-case words joined by "
                                + "dashes, for example \"word-filter\"",
                        "file:main.js: is empty; build the code again");
    }

    @Test
    void refusesBadPathsAndTooMuchInMemory() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("cloche.json", MANIFEST.getBytes(StandardCharsets.UTF_8));
        files.put("main.js", new byte[] {'1'});
        files.put("../x", new byte[0]);
        files.put("big", new byte[BundleLimits.FILE_BYTES_MAX + 1]);
        files.put("big2", new byte[BundleLimits.FILE_BYTES_MAX]);
        BundleException refused = catchThrowableOfType(BundleException.class, () -> BundleReader.of("memory", files));
        assertThat(refused.violations().stream().map(Violation::toString))
                .containsExactly(
                        "file:../x: leaves the bundle by \"..\"; write a path relative to the bundle, for "
                                + "example \"dist/main.js\"",
                        "file:big: is larger than a file may be, max=33554432; make it smaller",
                        "file:.: holds more than a bundle may have, bytes-max=67108864 files-max=4096; "
                                + "leave out what the code does not need");
    }

    @Test
    void countsTheViolationsItDoesNotList() {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            fields.append(",\"unknown").append(i).append("\":1");
        }
        String manifest = MANIFEST.replace("}", fields + "}");
        BundleException refused = catchThrowableOfType(
                BundleException.class,
                () -> BundleReader.of(
                        "memory",
                        Map.of("cloche.json", manifest.getBytes(StandardCharsets.UTF_8), "main.js", new byte[] {'1'})));
        assertThat(refused.violations()).hasSize(BundleLimits.VIOLATIONS_MAX + 1);
        assertThat(refused.violations().getLast())
                .isEqualTo(new Violation("file:.", "has further violations, omitted=50", "mend these first"));
    }

    private static List<String> violations(Path bundle) {
        BundleException refused = catchThrowableOfType(BundleException.class, () -> BundleReader.read(bundle));
        assertThat(refused).as("accepted: %s", bundle).isNotNull();
        return refused.violations().stream().map(Violation::toString).toList();
    }

    private void write(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
