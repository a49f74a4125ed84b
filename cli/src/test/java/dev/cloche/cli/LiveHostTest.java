package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.HostSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands on a home with a live host: they do and print what they do and print where there is none.
@Timeout(120)
final class LiveHostTest {
    /// Every command that needs a host, in an order in which each finds something to do.
    private static final String COMMAND_LINES = """
            ls
            install GARDEN
            install BROKEN
            ls
            ls --json
            call garden shout --input grow
            call garden shout --input grow --json
            call garden add --input {"a":1,"b":2}
            call garden add --input {"a":1,"b":2} --json
            call garden add --input []
            call garden wilt
            call garden wilt --json
            call garden wilt -v
            call garden spin --fuel 1000000
            call garden flood --json
            call garden bytes --json
            call garden bytes
            call garden nothing
            call garden what:ever --json
            call nobody command:x --json
            run GARDEN --input grow
            run GARDEN --entry count --json
            run BROKEN --json
            check GARDEN
            check GARDEN --json
            check BROKEN --json
            inspect GARDEN
            inspect GARDEN --json
            lane
            lane force all --reason drill
            lane force garden --reason drill --json
            lane force garden --reason NO
            lane force all --reason overload
            lane
            lane --json
            lane revert all
            lane revert all
            lane revert all --json
            policy ls
            policy grant garden http.fetch:hosts=example.org
            policy grant garden http.fetch:hosts=example.org
            policy deny all kv.write
            policy ls
            policy ls --json
            policy explain garden http.fetch
            policy explain garden kv.write --json
            policy explain nobody kv.write
            policy revoke garden http.fetch
            policy revoke garden http.fetch
            ledger ls
            ledger ls --json --kind lane.forced
            ledger ls --limit 0
            ledger head
            ledger verify
            ledger verify --json --expect-head 0000000000000000000000000000000000000000000000000000000000000000
            doctor --only jdk,policy
            doctor --only policy --json
            doctor --only extensions
            doctor --only garden
            remove garden
            remove garden
            ls --json
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path garden;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path broken;

    @BeforeEach
    void setUp() throws IOException {
        garden = TestBundles.garden(folder.resolve("garden"));
        broken = TestBundles.script(
                folder.resolve("broken"), TestBundles.gardenManifest("\"garden\"", "\"broken\""), "nothing is(");
    }

    /// What each command did: its exit code, output and error output.
    private List<String> transcript(Path home) {
        List<String> transcript = new ArrayList<>();
        for (String line : COMMAND_LINES.lines().toList()) {
            List<String> args = new ArrayList<>();
            for (String word : line.split(" ", -1)) {
                args.add(
                        switch (word) {
                            case "GARDEN" -> garden.toString();
                            case "BROKEN" -> broken.toString();
                            default -> word;
                        });
            }
            args.add("--home");
            args.add(home.toString());
            Session session = Session.interactive();
            int status = session.run(args.toArray());
            transcript.add(line + " -> " + status + "\n" + timeless(session.out(), home)
                    + timeless(withoutCauses(session.err()), home));
        }
        return transcript;
    }

    private static String timeless(String text, Path home) {
        return text.replace(home.toString(), "HOME")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                .replaceAll("[0-9a-f]{64}", "HASH")
                // One host has made the snapshot, the next one has it from the cache.
                .replaceAll("snapshot taken when it was first needed|snapshot from the cache", "SNAPSHOT");
    }

    /// With `-v` an error shows where in this process it came up.
    private static String withoutCauses(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("  caused by ") && !line.startsWith("    at "))
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    @Test
    void everyCommandDoesAndPrintsTheSame() {
        List<String> local = transcript(folder.resolve("local"));
        Path home = folder.resolve("live");
        List<String> live;
        try (Host host = Host.open(HostConfig.fromHome(home).withLogSink(_ -> {}));
                HostSocket _ = HostSocket.open(host)) {
            live = transcript(home);
        }
        assertThat(live).containsExactlyElementsOf(local);
        assertThat(local).anyMatch(said -> said.startsWith("lane revert all -> 0\nreverted all row="));
        assertThat(local)
                .anyMatch(said -> said.startsWith("lane force all --reason overload -> 2\n")
                        && said.contains("say why in another one")
                        && said.contains("reason=overload kept=default,"));
    }

    @Test
    void whatOnlyAHostOfItsOwnCouldGoByIsWrongUsage() {
        Path home = folder.resolve("live");
        try (Host host = Host.open(HostConfig.fromHome(home));
                HostSocket _ = HostSocket.open(host)) {
            for (String option : List.of("--policy=safe", "--ext-compat-lane=all", "--grant=http.fetch")) {
                Session run = Session.interactive();
                assertThat(run.run("run", garden, option, "--home", home)).isEqualTo(2);
                assertThat(run.err())
                        .startsWith("cloche: a host lives on this home, and what it was started with holds;")
                        .endsWith("option=" + option.substring(0, option.indexOf('=')) + "\n");
            }
        }
    }

    @Test
    void withoutALiveHostTheOptionsHold() {
        Path home = folder.resolve("home");
        Session.interactive().run("install", garden, "--home", home);
        assertThat(statusOf("call", "garden", "shout", "--policy", "safe", "--home", home))
                .isEqualTo(0);
        assertThat(statusOf("run", garden, "--ext-compat-lane", "all", "--home", home))
                .isEqualTo(0);
        Session profile = Session.interactive();
        assertThat(profile.run("run", garden, "--policy", "bold", "--home", home))
                .isEqualTo(2);
        assertThat(profile.err()).contains("safe, balanced or permissive", "profile=bold");
        Session lane = Session.interactive();
        assertThat(lane.run("run", garden, "--ext-compat-lane", "A,b", "--home", home))
                .isEqualTo(2);
        assertThat(lane.err()).contains("found=A,b");
        assertThat(statusOf("run", garden, "--ext-compat-lane", "", "--home", home))
                .isEqualTo(2);
    }

    private static int statusOf(Object... args) {
        return Session.interactive().run(args);
    }
}
