package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that work on what is installed in a home: install, ls, call, remove.
final class HomeCommandsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path garden;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path home;

    @BeforeEach
    void setUp() throws IOException {
        garden = TestBundles.garden(folder.resolve("garden"));
        home = folder.resolve("home");
    }

    @Test
    void anInstalledExtensionIsListedCalledAndRemoved() {
        Session install = Session.interactive();
        assertThat(install.run("install", garden, "--home", home)).isEqualTo(0);
        assertThat(install.out()).matches("installed garden 1\\.2\\.3 [0-9a-f]{64}\n");
        String digest = install.out().strip().substring("installed garden 1.2.3 ".length());

        Session ls = Session.interactive();
        assertThat(ls.run("ls", "--home", home)).isEqualTo(0);
        assertThat(ls.out())
                .isEqualTo("EXTENSION  VERSION  KIND    TIER      DIGEST\ngarden     1.2.3    script  compiled  "
                        + digest + "\n");

        Session call = Session.withInput("grow");
        assertThat(call.run("call", "garden", "shout", "--home", home)).isEqualTo(0);
        assertThat(call.out()).isEqualTo("GROW");

        Session remove = Session.interactive();
        assertThat(remove.run("remove", "garden", "--home", home)).isEqualTo(0);
        assertThat(remove.out()).isEqualTo("removed garden\n");

        Session gone = Session.interactive();
        assertThat(gone.run("call", "garden", "shout", "--home", home, "--json"))
                .isEqualTo(6);
        assertThat(gone.out()).startsWith("{\"status\":\"unavailable\",\"reason\":\"unknown_extension\",");
    }

    @Test
    void aCallStartsNoExtensionButItsOwn() throws IOException {
        Path noisy = TestBundles.script(
                folder.resolve("noisy"),
                TestBundles.gardenManifest("\"name\": \"garden\"", "\"name\": \"noisy\""),
                "console.warn('started');" + TestBundles.GARDEN_CODE);
        Session.interactive().run("install", garden, "--home", home);
        Session install = Session.interactive();
        assertThat(install.run("install", noisy, "--home", home)).isEqualTo(0);
        assertThat(install.err()).contains("[noisy] warn started");
        Session call = Session.interactive();
        assertThat(call.run("call", "garden", "shout", "--input", "grow", "--home", home))
                .isEqualTo(0);
        assertThat(call.out()).isEqualTo("GROW");
        assertThat(call.err()).isEmpty();
    }

    @Test
    void asJsonAStoredBundleThatIsDamagedIsAnObjectToo() throws IOException {
        Session.interactive().run("install", garden, "--home", home);
        try (Stream<Path> stored = Files.walk(home.resolve("bundles"))) {
            for (Path file : stored.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "no zip");
            }
        }
        Session call = Session.interactive();
        assertThat(call.run("call", "garden", "shout", "--home", home, "--json"))
                .isEqualTo(6);
        assertThat(call.out()).startsWith("{\"status\":\"unavailable\",\"message\":\"the bundle's file is damaged;");
        assertThat(call.out().lines()).hasSize(1);
    }

    @Test
    void asJsonAnEntryThatIsNotThereIsAnObjectToo() {
        Session.interactive().run("install", garden, "--home", home);
        for (String entry : new String[] {"bloom", "what:ever"}) {
            Session call = Session.interactive();
            assertThat(call.run("call", "garden", entry, "--home", home, "--json"))
                    .isEqualTo(2);
            assertThat(call.out())
                    .startsWith(
                            "{\"status\":\"unavailable\",\"message\":\"garden has no entry " + entry + ", entries=");
            assertThat(call.err()).isEmpty();
        }
    }

    @Test
    void anEmptyHomeListsNothing() {
        Session text = Session.interactive();
        assertThat(text.run("ls", "--home", home)).isEqualTo(0);
        assertThat(text.out()).isEmpty();
        Session json = Session.interactive();
        assertThat(json.run("ls", "--home", home, "--json")).isEqualTo(0);
        assertThat(json.out()).isEqualTo("{\"extensions\":[]}\n");
    }

    @Test
    void theListAsJsonNamesTheEntries() {
        Session.interactive().run("install", garden, "--home", home);
        Session ls = Session.interactive();
        assertThat(ls.run("ls", "--json", "--home", home)).isEqualTo(0);
        assertThat(ls.out())
                .startsWith("{\"extensions\":[{\"id\":\"garden\",\"version\":\"1.2.3\",\"kind\":\"script\"")
                .contains("\"entries\":[\"filter:shade\",\"tool:add\",\"command:shout\"");
    }

    @Test
    void aBundleCanBeCalledByItsPath() {
        Session call = Session.interactive();
        assertThat(call.run("call", garden, "add", "--input", "{\"a\":1,\"b\":1}", "--home", home))
                .isEqualTo(0);
        assertThat(call.out()).isEqualTo("{\"sum\":2}");
    }

    @Test
    void whatIsNotInstalledCannotBeRemovedOrCalled() {
        Session remove = Session.interactive();
        assertThat(remove.run("remove", "garden", "--home", home)).isEqualTo(6);
        assertThat(remove.err())
                .startsWith("cloche: there is no such extension; `cloche ls` lists them, extension=garden");
        Session call = Session.interactive();
        assertThat(call.run("call", "garden", "what:ever", "--home", home)).isEqualTo(2);
        assertThat(call.err()).startsWith("cloche: entry must be written kind:name");
    }

    @Test
    void aHomeThatCannotBeMadeExits6() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Session install = Session.interactive();
        assertThat(install.run("install", garden, "--home", file)).isEqualTo(6);
        assertThat(install.err()).startsWith("cloche: ").contains("home=" + file);
        assertThat(install.err().lines()).hasSize(1);
    }
}
