package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The markdown extension gives, byte for byte, the HTML that marked gives under Node.
class MarkdownCorpusTest {
    private static final Entry RENDER = Entry.command("render");
    private static final Path README = Guests.FOLDER.resolveSibling("README.md");
    private static final Path EXPECTED = Guests.FOLDER.resolve("target/expected-html");

    /// Real documents: manuals, changelogs, tables, HTML within Markdown, links by reference, emoji, Chinese.
    static final List<String> CORPUS = List.of(
            "async/CHANGELOG.md",
            "binaryen/README.md",
            "codemirror/CHANGELOG.md",
            "commander/Readme.md",
            "highlight.js/CHANGES.md",
            "moment/CHANGELOG.md",
            "opencc-js/README-zh-CN.md",
            "opencc-js/README-zh-TW.md",
            "tinymce/CHANGELOG.md",
            "undici/README.md",
            "undici/docs/docs/api/Dispatcher.md",
            "undici/docs/docs/api/MockAgent.md",
            "zod/README.md");

    private static final long SIZE_MIN = 5_000;
    private static final long SIZE_MAX = 300_000;
    private static final long LARGEST_MIN = 200_000;

    @TempDir
    static Path home;

    private static Host host;
    private static boolean compared;

    @BeforeAll
    static void renderWithNode() throws IOException {
        host = Host.open(HostConfig.at(home));
        host.load(Guests.bundle("markdown"));
        removeExpected();
        Files.createDirectories(EXPECTED);
        List<String> command =
                new ArrayList<>(List.of("src/test/node/render.mjs", README.toString(), expected("README")));
        CORPUS.forEach(name -> command.addAll(List.of(markdown(name).toString(), expected(name))));
        var ended = Node.run("comparing the markdown extension with marked", command);
        ended.ifPresent(end -> assertThat(end.exit()).as(end.output()).isZero());
        compared = ended.isPresent();
    }

    /// What an earlier build left must not stand for what marked says now.
    private static void removeExpected() throws IOException {
        if (Files.isDirectory(EXPECTED)) {
            try (var files = Files.newDirectoryStream(EXPECTED)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @Test
    void whereThereIsNodeTheComparisonIsMade() {
        assertThat(compared).isEqualTo(Node.isPresent());
    }

    @Test
    void readmeIsRenderedAsByMarked() throws IOException {
        if (compared) {
            assertSameHtml(README, "README");
        }
    }

    @ParameterizedTest
    @FieldSource("CORPUS")
    void documentIsRenderedAsByMarked(String name) throws IOException {
        if (compared) {
            assertThat(Files.size(markdown(name))).isBetween(SIZE_MIN, SIZE_MAX);
            assertSameHtml(markdown(name), name);
        }
    }

    @Test
    void corpusHasALargeDocument() throws IOException {
        long largest = 0;
        for (String name : compared ? CORPUS : List.<String>of()) {
            largest = Math.max(largest, Files.size(markdown(name)));
        }
        assertThat(largest)
                .satisfiesAnyOf(
                        size -> assertThat(compared).isFalse(),
                        size -> assertThat(size).isGreaterThan(LARGEST_MIN));
    }

    @Test
    void filterAddsTheHtmlToTheValue() {
        var result = host.hook("content.render", Payload.text("{\"id\":7,\"markdown\":\"*hi*\"}"));
        assertThat(result.failures()).isEmpty();
        assertThat(result.value().text())
                .isEqualTo("{\"id\":7,\"markdown\":\"*hi*\",\"html\":\"<p><em>hi</em></p>\\n\"}");
    }

    @Test
    void filterLeavesOtherValuesAsTheyAre() {
        assertThat(host.hook("content.render", Payload.text("[1,2]")).value().text())
                .isEqualTo("[1,2]");
    }

    private static void assertSameHtml(Path markdown, String name) throws IOException {
        var reply = host.call(Call.of("markdown", RENDER, Payload.wrap(Files.readAllBytes(markdown))));
        byte[] html = reply.payloadOrThrow().toByteArray();
        byte[] byMarked = Files.readAllBytes(Path.of(expected(name)));
        // As text first: where they differ, the difference can be read.
        assertThat(new String(html, StandardCharsets.UTF_8)).isEqualTo(new String(byMarked, StandardCharsets.UTF_8));
        assertThat(html).isEqualTo(byMarked);
    }

    private static Path markdown(String name) {
        return Guests.NPM_PACKAGES.resolve(name);
    }

    private static String expected(String name) {
        return EXPECTED.resolve(name.replace('/', '_') + ".html").toString();
    }
}
