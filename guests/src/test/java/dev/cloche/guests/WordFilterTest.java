package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A script that keeps its words in the key-value store: hook, tool and commands, with the store and without it.
class WordFilterTest {
    private static final String BEFORE_SAVE = "comment.before-save";

    @TempDir
    Path home;

    @TempDir
    Path scratch;

    private final List<LogLine> logged = new CopyOnWriteArrayList<>();

    @Test
    void masksWholeWordsInAnyCase() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "darn");
            add(host, "Blöd");
            assertThat(filtered(host, "{\"author\":\"a\",\"text\":\"Darn, darned DARN! blöd.\"}"))
                    .isEqualTo("{\"author\":\"a\",\"text\":\"****, darned ****! ****.\"}");
        }
    }

    @Test
    void leavesOtherValuesAsTheyAre() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "darn");
            assertThat(filtered(host, "{\"text\":\"all well\"}")).isEqualTo("{\"text\":\"all well\"}");
            assertThat(filtered(host, "{\"text\":7}")).isEqualTo("{\"text\":7}");
            assertThat(filtered(host, "null")).isEqualTo("null");
        }
    }

    @Test
    void wordsAreWhatTheyAreInExpressionsToo() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "a.c");
            add(host, "c++");
            assertThat(filtered(host, "{\"text\":\"a.c abc c++\"}")).isEqualTo("{\"text\":\"*** abc ***\"}");
        }
    }

    @Test
    void toolCountsAndItsSchemaIsKept() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "darn");
            assertThat(tool(host, "{\"text\":\"darn, darn\"}").payloadOrThrow().text())
                    .isEqualTo("{\"count\":2}");
            assertThat(tool(host, "{\"txt\":\"darn\"}"))
                    .asInstanceOf(type(Reply.Rejected.class))
                    .extracting(Reply.Rejected::reason)
                    .isEqualTo(Reply.RejectReason.INVALID_PAYLOAD);
        }
    }

    @Test
    void wordThatIsNoneIsAGuestError() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            assertThat(command(host, "add-word", "two words"))
                    .asInstanceOf(type(Reply.GuestError.class))
                    .satisfies(error -> {
                        assertThat(error.code()).isEqualTo("RangeError");
                        assertThat(error.message()).endsWith("word=two words");
                    });
        }
    }

    @Test
    void wordsOutliveTheHost() {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "drat");
            add(host, "darn");
        }
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            assertThat(command(host, "words", "").payloadOrThrow().text()).isEqualTo("darn\ndrat\n");
        }
    }

    @Test
    void deniedWriteIsAValue() throws IOException {
        try (Host host = openWith(without("kv.write"))) {
            assertThat(command(host, "add-word", "darn").payloadOrThrow().text())
                    .startsWith("{\"word\":\"darn\",\"added\":false,\"status\":\"denied\",\"code\":\"policy\"");
            assertThat(command(host, "words", "").payloadOrThrow().text()).isEmpty();
        }
    }

    @Test
    void deniedReadLeavesCommentsAsTheyAreAndIsLogged() throws IOException {
        try (Host host = openWith(Guests.bundle("word-filter"))) {
            add(host, "darn");
        }
        try (Host host = openWith(without("kv.read"))) {
            assertThat(filtered(host, "{\"text\":\"darn\"}")).isEqualTo("{\"text\":\"darn\"}");
        }
        assertThat(logged)
                .extracting(LogLine::message)
                .containsExactly("the word list cannot be read, status=denied code=policy");
    }

    private Host openWith(Bundle bundle) {
        Host host = Host.open(HostConfig.at(home).withLogSink(logged::add));
        host.load(bundle);
        return host;
    }

    /// The word filter with a manifest that does not ask for a capability.
    private Bundle without(String capability) throws IOException {
        Path original = Guests.FOLDER.resolve("word-filter");
        try (var files = Files.list(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, scratch.resolve(file.getFileName()));
            }
        }
        Path manifest = scratch.resolve("cloche.json");
        String asked = Files.readString(manifest);
        String asking = asked.replaceFirst("\\s*\"" + capability.replace(".", "\\.") + "\": \\{},?", "")
                .replaceFirst("\\{},(\\s*})", "{}$1");
        assertThat(asking).isNotEqualTo(asked);
        Files.writeString(manifest, asking);
        return BundleReader.read(scratch);
    }

    private static void add(Host host, String word) {
        assertThat(command(host, "add-word", word).payloadOrThrow().text()).contains("\"added\":true");
    }

    private static String filtered(Host host, String comment) {
        var result = host.hook(BEFORE_SAVE, Payload.text(comment));
        assertThat(result.failures()).isEmpty();
        assertThat(result.completed()).isTrue();
        return result.value().text();
    }

    private static Reply tool(Host host, String arguments) {
        return host.call(Call.of("word-filter", Entry.tool("count_masked"), Payload.text(arguments)));
    }

    private static Reply command(Host host, String name, String payload) {
        return host.call(Call.of("word-filter", Entry.command(name), Payload.text(payload)));
    }
}
