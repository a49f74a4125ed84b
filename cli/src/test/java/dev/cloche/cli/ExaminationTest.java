package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands that look and change nothing: check, inspect, doctor.
final class ExaminationTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path home;

    private final Session session = Session.interactive();

    @BeforeEach
    void setUp() {
        home = folder.resolve("home");
    }

    @Test
    void aSoundBundleIsOk() throws IOException {
        Path garden = TestBundles.garden(folder.resolve("garden"));
        assertThat(session.run("check", garden, "--home", home)).isEqualTo(0);
        assertThat(session.out()).matches("ok garden 1\\.2\\.3 [0-9a-f]{64}\n");
    }

    @Test
    void aSoundBundleAsJsonHasNoViolations() throws IOException {
        Path stone = TestBundles.stone(folder.resolve("stone"));
        assertThat(session.run("check", stone, "--home", home, "--json")).isEqualTo(0);
        assertThat(session.out())
                .matches("\\{\"ok\":true,\"name\":\"stone\",\"version\":\"0.1.0\",\"digest\":\"[0-9a-f]{64}\","
                        + "\"violations\":\\[]}\n");
    }

    @Test
    void everyFaultOfAManifestIsListed() throws IOException {
        String manifest =
                TestBundles.gardenManifest("\"1.2.3\"", "\"one\"").replace("\"abi\": \"script_v1\"", "\"abi\": 7");
        Path bundle = TestBundles.script(folder.resolve("bad"), manifest, "");
        assertThat(session.run("check", bundle, "--home", home)).isEqualTo(1);
        assertThat(session.out().lines())
                .anyMatch(line -> line.startsWith("/version: "))
                .anyMatch(line -> line.startsWith("/abi: "));
        assertThat(session.err()).isEmpty();
    }

    @Test
    void aFaultOfTheCodeIsAnObjectWithPointerMessageAndHint() throws IOException {
        Path bundle = TestBundles.script(
                folder.resolve("bad"), TestBundles.gardenManifest("\"1.2.3\"", "\"1.2.4\""), "nothing is registered(");
        assertThat(session.run("check", bundle, "--home", home, "--json")).isEqualTo(1);
        assertThat(session.out())
                .startsWith("{\"ok\":false,\"name\":\"garden\",\"version\":\"1.2.4\"")
                .contains("\"violations\":[{\"pointer\":\"file:main.js\",\"message\":\"", "\"hint\":\"");
    }

    @Test
    void inspectShowsWhatWouldBeWithheld() throws IOException {
        Path garden = TestBundles.garden(folder.resolve("garden"));
        assertThat(session.run("inspect", garden, "--home", home)).isEqualTo(0);
        assertThat(session.out())
                .contains("name         garden\n", "files\n", "  main.js\n", "granted\n", "  kv.read\n")
                .endsWith("withheld, unless granted with --grant\n  http.fetch:hosts=example.org\n");
    }

    @Test
    void inspectAsJsonListsImportsAndExportsOfWasm() throws IOException {
        Path stone = TestBundles.stone(folder.resolve("stone"));
        assertThat(session.run("inspect", stone, "--home", home, "--json")).isEqualTo(0);
        assertThat(session.out())
                .contains(
                        "\"name\":\"stone\"",
                        "\"kind\":\"wasm\"",
                        "\"stone.wasm\":90",
                        "\"imports\":[]",
                        "cloche_handle");
    }

    @Test
    void theDoctorFindsThisMachineWell() {
        assertThat(session.run("doctor", "--home", home)).isEqualTo(0);
        assertThat(session.out()).contains("ok ", "jdk.");
    }

    @Test
    void theDoctorCanLookAtOneAreaAlone() {
        assertThat(session.run("doctor", "--home", home, "--only", "jdk", "--json"))
                .isEqualTo(0);
        assertThat(session.out())
                .startsWith("{\"findings\":[{\"id\":\"jdk.")
                .contains("\"area\":\"jdk\"", "\"level\":\"ok\"")
                .doesNotContain("\"area\":\"storage\"");
    }

    @Test
    void theDoctorPrintsMetricsOfWhatIsInstalled() throws IOException {
        Path garden = TestBundles.garden(folder.resolve("garden"));
        assertThat(Session.interactive().run("install", garden, "--home", home)).isEqualTo(0);
        assertThat(session.run("doctor", "--metrics", "--home", home)).isEqualTo(0);
        assertThat(session.out())
                .startsWith("# HELP cloche_")
                .contains(
                        "\n# TYPE cloche_pool_acquire_total counter\n",
                        "\ncloche_extensions 1.0\n",
                        "\ncloche_pool_size{extension=\"garden\"} 1.0\n",
                        "\ncloche_pool_acquire_wait_seconds_bucket{extension=\"garden\",le=\"+Inf\"} 0\n")
                .endsWith("\n")
                .doesNotContain("jdk.version");
        assertThat(session.err()).isEmpty();
    }

    @Test
    void metricsOfAnEmptyHomeAreThoseOfTheHost() {
        assertThat(session.run("doctor", "--metrics", "--home", home)).isEqualTo(0);
        assertThat(session.out()).contains("\ncloche_extensions 0.0\n").doesNotContain("cloche_pool_");
        assertThat(home).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"--json,--json", "--only=jdk,--only"})
    void metricsGoWithNoOtherWayToPrint(String option, String named) {
        assertThat(session.run("doctor", "--metrics", option, "--home", home)).isEqualTo(2);
        assertThat(session.out()).isEmpty();
        assertThat(session.err()).startsWith("cloche: --metrics ").contains("option=" + named);
    }

    @Test
    void anAreaThatDoesNotExistIsWrongUsage() {
        assertThat(session.run("doctor", "--home", home, "--only", "garden")).isEqualTo(2);
        assertThat(session.err())
                .startsWith("cloche: there is no such area, area=garden areas=")
                .contains("jdk");
    }
}
