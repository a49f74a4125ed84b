package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cloche limits` says what holds on a home.
final class LimitsCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path home;

    @Test
    void theOperatorsCapsAreThoseOfTheHome() throws IOException {
        Files.writeString(
                home.resolve("settings.json"),
                "{\"limits\": {\"timeout\": \"2s\"}, \"hooks\": {\"steps\": 3}, \"quota\": {\"per-second\": 7}}");
        Session session = Session.interactive();
        assertThat(session.run("limits", "--home", home)).isZero();
        assertThat(session.out())
                .containsPattern("(?m)^SCOPE +LIMIT +HERE +DEFAULT +BOUNDS +SET BY$")
                .containsPattern("(?m)^call +timeout +2s +10s +wall-clock .* manifest, settings$")
                .containsPattern("(?m)^call +stack +- +- ")
                .containsPattern("(?m)^host +hooks\\.steps +3 extensions +256 extensions .* settings$")
                .containsPattern("(?m)^host +quota\\.per-second +7 hostcalls +100000 hostcalls .* settings$")
                .containsPattern("(?m)^host +control-connections +64 connections .* -$")
                .containsPattern("(?m)^bundle +files +4096 files +4096 files .* -$");
        assertThat(home.resolve("state.db")).doesNotExist();
    }

    @Test
    void oneScopeComesAsJsonWithTheErrors() {
        Session session = Session.interactive();
        assertThat(session.run("limits", "--scope", "call", "--json", "--home", home))
                .isZero();
        JsonNode limits = JsonMapper.shared().readTree(session.out()).path("limits");
        assertThat(limits)
                .isNotEmpty()
                .allSatisfy(limit -> assertThat(limit.path("scope").asString()).isEqualTo("call"));
        JsonNode memory = limits.valueStream()
                .filter(limit -> limit.path("name").asString().equals("memory"))
                .findFirst()
                .orElseThrow();
        assertThat(memory.path("value").asLong()).isEqualTo(64L << 20);
        assertThat(memory.path("setting").asString()).isEqualTo("limits.memory");
        assertThat(memory.path("error").asString()).endsWith("Exhausted(memory)");
    }

    @Test
    void whatIsNoScopeIsNamedWithThoseThereAre() {
        Session session = Session.interactive();
        assertThat(session.run("limits", "--scope", "calls", "--home", home)).isEqualTo(2);
        assertThat(session.err())
                .contains("there is no such scope, scope=calls scopes=call,host,service,module,bundle");
    }
}
