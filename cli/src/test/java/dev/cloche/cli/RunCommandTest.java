package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `run` on bundles whose calls end in every way that a call can end.
final class RunCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private static Path bundles;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path home;

    @SuppressWarnings("NullAway.Init") // set up before all tests
    private static Path garden;

    private Session session = Session.interactive();

    @BeforeAll
    static void writeBundles() throws IOException {
        garden = TestBundles.garden(bundles.resolve("garden"));
        TestBundles.stone(bundles.resolve("stone"));
    }

    @BeforeEach
    void setUp() {
        session = Session.interactive();
    }

    private int run(Object bundle, Object... args) {
        Object[] all = new Object[args.length + 4];
        all[0] = "run";
        all[1] = bundle;
        all[2] = "--home";
        all[3] = home;
        System.arraycopy(args, 0, all, 4, args.length);
        return session.run(all);
    }

    @Test
    void theFirstCommandAnswersOnTheOutput() {
        assertThat(run(garden, "--input", "grow")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("GROW");
        assertThat(session.err()).isEmpty();
    }

    @Test
    void thePayloadCanBeAFileOrTheInput() throws IOException {
        Path file = Files.writeString(home.resolve("payload.txt"), "file");
        assertThat(run(garden, file)).isEqualTo(0);
        assertThat(session.out()).isEqualTo("FILE");
        session = Session.withInput("piped");
        assertThat(run(garden)).isEqualTo(0);
        assertThat(session.out()).isEqualTo("PIPED");
        session = Session.withInput("asked");
        assertThat(run(garden, "-")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("ASKED");
    }

    @Test
    void bytesComeOutAsTheyAre() {
        assertThat(run(garden, "--entry", "bytes")).isEqualTo(0);
        assertThat(session.outBytes()).isEqualTo(new byte[] {0, -1, 10});
    }

    @Test
    void aToolAnswersJsonInsideTheJson() {
        assertThat(run(garden, "--entry", "tool:add", "--input", "{\"a\":1,\"b\":2}", "--json"))
                .isEqualTo(0);
        assertThat(session.out()).isEqualTo("{\"status\":\"ok\",\"encoding\":\"json\",\"output\":{\"sum\":3}}\n");
    }

    @Test
    void aFilterIsCalledByItsName() {
        assertThat(run(garden, "--entry", "shade", "--input", "{}")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("{\"shaded\":true}");
    }

    @Test
    void anErrorOfTheGuestExits1AndVerboseShowsItsStack() {
        assertThat(run(garden, "--entry", "wilt")).isEqualTo(1);
        assertThat(session.err()).isEqualTo("cloche: garden answered with an error: TypeError: no soil\n");
        session = Session.interactive();
        assertThat(run(garden, "--entry", "wilt", "-v")).isEqualTo(1);
        assertThat(session.err()).contains("main.js:6");
        session = Session.interactive();
        assertThat(run(garden, "--entry", "wilt", "--json")).isEqualTo(1);
        assertThat(session.out())
                .startsWith("{\"status\":\"guest_error\",\"code\":\"TypeError\",\"message\":\"no soil\",\"stack\":\"");
    }

    @Test
    void anUnknownEntryExits2() {
        assertThat(run(garden, "--entry", "bloom")).isEqualTo(2);
        assertThat(session.err()).startsWith("cloche: garden has no entry bloom, entries=filter:shade,tool:add,");
    }

    @Test
    void aTrapExits4() {
        assertThat(run(bundles.resolve("stone"))).isEqualTo(4);
        assertThat(session.err()).startsWith("cloche: stone was stopped (unreachable): ");
        assertThat(session.err().lines()).hasSize(1);
    }

    @Test
    void aCallThatTakesTooLongExits5() {
        assertThat(run(garden, "--entry", "spin", "--timeout", "300ms", "--json"))
                .isEqualTo(5);
        assertThat(session.out())
                .startsWith("{\"status\":\"timed_out\"")
                .containsPattern("\"limitMillis\":(300|2\\d\\d)");
    }

    @Test
    void aBudgetThatRunsOutExits5() {
        assertThat(run(garden, "--entry", "flood")).isEqualTo(5);
        assertThat(session.err()).startsWith("cloche: garden ran out of output: ");
    }

    @Test
    void aCallWithoutEnoughFuelExits5() {
        assertThat(run(garden, "--fuel", "1000")).isEqualTo(5);
        assertThat(session.err()).startsWith("cloche: garden ran out of fuel: ").contains("fuel=1000");
        session = Session.interactive();
        assertThat(run(garden, "--fuel", "0")).isEqualTo(2);
        assertThat(session.err()).contains("--fuel must be 1 or more, and is 0");
    }

    @Test
    void whatACallUsedIsSaidOnTheErrorStreamOrInTheObject() {
        assertThat(run(garden, "--input", "grow", "--usage")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("GROW");
        assertThat(session.err()).matches("cloche: used fuel=\\d+ time=\\d+us trace=[0-9a-f]{16}\n");
        session = Session.interactive();
        assertThat(run(garden, "--input", "grow", "--usage", "--json")).isEqualTo(0);
        assertThat(session.out())
                .containsPattern("\"usage\":\\{\"fuel\":\\d+,\"micros\":\\d+,\"trace\":\"[0-9a-f]{16}\"}}\n$");
    }

    @Test
    void aPayloadThatDoesNotFitExits6() {
        assertThat(run(garden, "--entry", "add", "--input", "{\"a\":1}")).isEqualTo(6);
        assertThat(session.err()).startsWith("cloche: garden did not take the call (invalid_payload): ");
    }

    @Test
    void aBundleThatIsNoneExits6() {
        assertThat(run(home)).isEqualTo(6);
        assertThat(session.err()).startsWith("cloche: the bundle cannot be used: ");
        assertThat(session.err().lines()).hasSize(1);
    }

    @Test
    void asJsonWhatKeepsACallFromStartingIsAnObjectToo() throws IOException {
        assertThat(run(garden, "--entry", "bloom", "--json")).isEqualTo(2);
        assertThat(session.out())
                .startsWith(
                        "{\"status\":\"unavailable\",\"message\":\"garden has no entry bloom, entries=filter:shade,")
                .endsWith("\"}\n");
        assertThat(session.err()).isEmpty();
        session = Session.interactive();
        assertThat(run(bundles.resolve("nowhere"), "--json")).isEqualTo(2);
        assertThat(session.out())
                .startsWith("{\"status\":\"unavailable\",\"message\":\"there is no such bundle, path=");
        session = Session.interactive();
        Path broken = Files.createDirectories(home.resolve("broken"));
        Files.writeString(broken.resolve("state.db"), "is no database, and long enough to be looked at".repeat(100));
        assertThat(session.run("call", "garden", "count", "--home", broken, "--json"))
                .isEqualTo(6);
        assertThat(session.out())
                .startsWith("{\"status\":\"unavailable\",\"message\":\"")
                .contains(broken.toString());
        assertThat(session.out().lines()).hasSize(1);
        assertThat(session.err()).isEmpty();
    }

    @Test
    void asJsonARefusedBundleIsAnObjectWithAllViolations() throws IOException {
        Path folder = TestBundles.script(
                home.resolve("weeds"), TestBundles.gardenManifest("\"1.2.3\", \"kind\": \"script\"", "\"1\""), "");
        assertThat(run(folder, "--json")).isEqualTo(6);
        assertThat(session.out())
                .startsWith("{\"status\":\"unavailable\",\"message\":\"the bundle cannot be used: ")
                .contains(
                        "{\"pointer\":\"\",\"message\":\"lacks the field \\\"kind\\\"\",\"hint\":",
                        "\"violations\":[{\"pointer\":\"/version\",\"message\":")
                .endsWith("\"}]}\n");
        assertThat(session.err()).isEmpty();
    }

    @Test
    void aGrantThatIsMisspeltExits2() {
        assertThat(run(garden, "--grant", "http.fetch:host=example.org;method=GET"))
                .isEqualTo(2);
        assertThat(session.err())
                .startsWith("cloche: Invalid value for option '--grant'")
                .contains(
                        "/http.fetch/host: is an unknown field; did you mean \"hosts\"?",
                        "/http.fetch/method: is an unknown field; did you mean \"methods\"?",
                        "grant=http.fetch:host=example.org;method=GET; see `cloche run --help`");
        assertThat(session.err().lines()).hasSize(1);
    }

    @Test
    void whatTheGuestLogsGoesToTheErrorStream() {
        assertThat(run(garden, "--entry", "talk")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("said");
        assertThat(session.err()).isEqualTo("[garden] warn dry\n");
    }

    @Test
    void theHomeKeepsWhatTheGuestStored() {
        assertThat(run(garden, "--entry", "count")).isEqualTo(0);
        assertThat(run(garden, "--entry", "count")).isEqualTo(0);
        assertThat(session.out()).isEqualTo("12");
    }

    @Test
    void aGrantThatTheManifestDoesNotAskForIsSaid() {
        assertThat(run(garden, "--grant", "exec:commands=ls", "--input", "x")).isEqualTo(0);
        assertThat(session.err())
                .isEqualTo("cloche: the grant has no effect, since the manifest of garden does not ask for it,"
                        + " grant=exec\n");
    }
}
