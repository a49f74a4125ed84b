package dev.cloche.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// House rules for files of every kind.
class RepositoryTest {
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern SECRET_HOST = Pattern.compile(
            "https?://[^/\\s\"']*(registry|npmjs|yarnpkg|nexus|artifactory|mirror|sonatype|repo1?\\.|crates)[^\\s\"']*",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern LOCKED_ADDRESS = Pattern.compile("\"resolved\"\\s*:\\s*\"https?:");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w./~$}-])/(root/|home/[a-z]|Users/[A-Za-z]|work/(shared|main)|tmp/h/)");
    private static final Pattern LINK = Pattern.compile("(?<!`)\\[[^\\]\\n]*\\]\\(([^)\\s]+)(?: \"[^\"]*\")?\\)");
    private static final Pattern CODE_BLOCK =
            Pattern.compile("^(```+|~~~+).*?^\\1", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CODE_SPAN = Pattern.compile("`[^`\\n]*`");
    /// What a draft leaves to be filled in.
    private static final Pattern PLACEHOLDER = Pattern.compile("@@[A-Z]+@@");

    private static final List<String> TEXTS = List.of(
            ".java",
            ".md",
            ".json",
            ".js",
            ".mjs",
            ".ts",
            ".xml",
            ".sh",
            ".yml",
            ".yaml",
            ".c",
            ".wat",
            ".txt",
            ".toml",
            ".properties",
            ".html",
            ".css",
            ".npmrc");
    private static final int SNIFFED_BYTES = 2;

    private final Repository repository = Repository.here();

    @Test
    void everyModuleHasATest() {
        List<String> untested = new ArrayList<>();
        Matcher module = MODULE.matcher(Repository.read(repository.root().resolve("pom.xml")));
        while (module.find()) {
            String tests = module.group(1) + "/src/test/java/";
            if (repository.files("Test.java").stream()
                    .noneMatch(file -> repository.nameOf(file).startsWith(tests))) {
                untested.add(module.group(1));
            }
        }
        assertThat(untested).as("has no test").isEmpty();
    }

    @Test
    void noFileNamesARegistry() {
        List<String> found = new ArrayList<>();
        for (Path file : texts()) {
            String name = repository.nameOf(file);
            boolean data = name.endsWith(".json") || name.endsWith(".npmrc") || name.endsWith(".xml");
            if (data || name.contains("lock")) {
                addMatches(found, file, SECRET_HOST);
                addMatches(found, file, LOCKED_ADDRESS);
            }
        }
        assertThat(found).as("names the host of a package registry").isEmpty();
    }

    @Test
    void noFileNamesAPathOfSomebodysMachine() {
        List<String> found = new ArrayList<>();
        for (Path file : texts()) {
            if (!repository.nameOf(file).endsWith("/RepositoryTest.java")) {
                addMatches(found, file, MACHINE_PATH);
            }
        }
        assertThat(found).as("names a path that exists on one machine only").isEmpty();
    }

    @Test
    void scriptsAreExecutable() {
        List<String> found = repository.files().stream()
                .filter(file -> script(file) && !Files.isExecutable(file))
                .map(repository::nameOf)
                .toList();
        assertThat(found).as("begins with #! but is not executable").isEmpty();
    }

    @Test
    void linksBetweenDocumentsResolve() {
        List<String> broken = new ArrayList<>();
        for (Path file : repository.files(".md")) {
            Matcher link = LINK.matcher(withoutCode(Repository.read(file)));
            while (link.find()) {
                String target = link.group(1).replaceFirst("#.*", "");
                boolean elsewhere = target.isEmpty() || target.matches("(?i)[a-z][a-z0-9+.-]*:.*");
                if (!elsewhere && !Files.exists(file.resolveSibling(target))) {
                    broken.add(repository.nameOf(file) + " -> " + link.group(1));
                }
            }
        }
        assertThat(broken).as("links to what does not exist").isEmpty();
    }

    @Test
    void noDocumentHasAPlaceholder() {
        List<String> found = new ArrayList<>();
        repository.files(".md").forEach(file -> addMatches(found, file, PLACEHOLDER));
        assertThat(found).as("has a placeholder").isEmpty();
    }

    @Test
    void textEndsWithALineEndAndHasNoTabsOrCarriageReturnsInSource() {
        List<String> found = repository.files(".java").stream()
                .filter(file -> {
                    String text = Repository.read(file);
                    return !text.endsWith("\n") || text.indexOf('\r') >= 0 || text.indexOf('\t') >= 0;
                })
                .map(repository::nameOf)
                .toList();
        assertThat(found).isEmpty();
    }

    private List<Path> texts() {
        return repository.files().stream()
                .filter(file -> TEXTS.stream().anyMatch(file.toString()::endsWith))
                .toList();
    }

    private void addMatches(List<String> found, Path file, Pattern pattern) {
        Matcher matcher = pattern.matcher(Repository.read(file));
        if (matcher.find()) {
            found.add(repository.nameOf(file) + ": " + matcher.group());
        }
    }

    private static String withoutCode(String markdown) {
        return CODE_SPAN.matcher(CODE_BLOCK.matcher(markdown).replaceAll("")).replaceAll("");
    }

    private static boolean script(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(SNIFFED_BYTES);
            return start.length == SNIFFED_BYTES && start[0] == '#' && start[1] == '!';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
