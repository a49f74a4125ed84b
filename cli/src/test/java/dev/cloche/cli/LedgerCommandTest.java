package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.ledger.LedgerHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class LedgerCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set up before each test
    private Path home;

    @BeforeEach
    void setUp() {
        home = folder.resolve("home");
    }

    private Session ledger(int exitStatus, Object... args) {
        Session session = Session.interactive();
        Object[] all = Stream.of(Stream.<Object>of("ledger"), Stream.of(args), Stream.<Object>of("--home", home))
                .flatMap(part -> part)
                .toArray();
        assertThat(session.run(all)).as(session.err()).isEqualTo(exitStatus);
        return session;
    }

    /// Two rows: installed and removed.
    private void installAndRemove() throws IOException {
        Path garden = TestBundles.garden(folder.resolve("garden"));
        assertThat(Session.interactive().run("install", garden, "--home", home)).isEqualTo(0);
        assertThat(Session.interactive().run("remove", "garden", "--home", home))
                .isEqualTo(0);
    }

    private LedgerHead head() {
        try (Host host = Host.open(HostConfig.at(home))) {
            return host.ledger().head();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "verify", "head"})
    void everyCommandHasHelpWithExamplesAndExitCodes(String command) {
        Session session = Session.interactive();
        assertThat(session.run("ledger", command, "--help")).isEqualTo(0);
        assertThat(session.out())
                .contains("Usage: cloche ledger " + command, "--verbose", "--json", "--home")
                .contains("Exit codes:", "70", "Examples:", "  cloche ledger " + command);
        assertThat(session.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void withoutACommandTheUsageIsWrong() {
        Session session = Session.interactive();
        assertThat(session.run("ledger")).isEqualTo(2);
        assertThat(session.err()).isEqualTo("cloche: a command is missing; see `cloche ledger --help`\n");
    }

    @Test
    void listsWhatTheUserDid() throws IOException {
        installAndRemove();
        assertThat(ledger(0, "ls").out().lines())
                .hasSize(3)
                .first()
                .asString()
                .matches("ROW +TIME +KIND +EXTENSION +COUNT +BY +REASON +CHANGE AND DETAILS");
        assertThat(ledger(0, "ls", "--limit", 1).out().lines().toList().getLast())
                .matches("2 +\\S+Z +extension\\.removed +garden +1 +user +request +1\\.2\\.3 [0-9a-f]{12} -> -");
    }

    @Test
    void filtersByExtensionKindTimeAndPage() throws IOException {
        installAndRemove();
        assertThat(ledger(0, "ls", "--ext", "other").out()).isEmpty();
        assertThat(ledger(0, "ls", "--kind", "extension.removed,lane.forced")
                        .out()
                        .lines())
                .hasSize(2);
        assertThat(ledger(0, "ls", "--since", "1h").out().lines()).hasSize(3);
        assertThat(ledger(0, "ls", "--since", "2026-01-01T00:00:00Z").out().lines())
                .hasSize(3);
        assertThat(ledger(0, "ls", "--since", "9000-01-01T00:00:00Z").out()).isEmpty();
        assertThat(ledger(0, "ls", "--after", 1).out())
                .contains("extension.removed")
                .doesNotContain(".installed");
    }

    @Test
    void aDurationGoesByTheClock() throws IOException {
        installAndRemove();
        Session session = Session.interactive();
        InstantSource later = InstantSource.fixed(Instant.parse("9000-01-01T00:00:00Z"));
        CommandLine ls = new CommandLine(new LedgerLsCommand(session.terminal(), later));
        assertThat(ls.execute("--since", "24h", "--home", home.toString())).isEqualTo(0);
        assertThat(session.out()).isEmpty();
    }

    @Test
    void asJsonEveryColumnIsThere() throws IOException {
        installAndRemove();
        assertThat(ledger(0, "ls", "--json", "--limit", 1).out())
                .matches("\\{\"rows\":\\[\\{\"sequence\":2,\"time\":\"[^\"]+Z\",\"kind\":\"extension.removed\","
                        + "\"extension\":\"garden\",\"reason_code\":\"request\",\"triggered_by\":\"user\","
                        + "\"from\":\"1.2.3 [0-9a-f]{64}\",\"to\":\"\",\"count\":1,\"details\":\\{},\"hash\":\""
                        + head().hash() + "\"}]}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--since yesterday | since when must be a duration such as 24h or a time such as",
                "--since 0000-01-01T00:00:00Z | a row has a time from 1970 to 9999, since=0000-01-01T00:00:00Z",
                "--kind moon.landed | Invalid value for option '--kind'",
                "--limit 0 | a listing has 1 to 10000 rows, limit=0",
                "--after -1 | sequences begin at 1, after=-1"
            })
    void whatCannotBeListedIsWrongUsage(String options, String error) {
        Object[] args =
                Stream.concat(Stream.of("ls"), Stream.of(options.split(" "))).toArray();
        assertThat(ledger(2, args).err()).startsWith("cloche: " + error);
        assertThat(home).doesNotExist();
    }

    @Test
    void anIntactLedgerVerifiesAlsoWithAnOlderHead() throws IOException {
        assertThat(ledger(0, "verify").out()).isEqualTo("intact rows=0 head=" + "0".repeat(64) + "\n");
        assertThat(home).doesNotExist();
        installAndRemove();
        String hash = ledger(0, "head").out().strip();
        assertThat(hash).isEqualTo(head().hash());
        assertThat(ledger(0, "head", "--json").out()).isEqualTo("{\"rows\":2,\"head\":\"" + hash + "\"}\n");
        assertThat(ledger(0, "verify").out()).isEqualTo("intact rows=2 head=" + hash + "\n");
        installAndRemove();
        assertThat(ledger(0, "verify", "--expect-head", hash, "--json").out())
                .isEqualTo("{\"verdict\":\"intact\",\"rows\":4,\"head\":\"" + head().hash() + "\"}\n");
    }

    @Test
    void aCutTailExits1() throws IOException {
        installAndRemove();
        Path backup = Files.copy(home.resolve("state.db"), folder.resolve("backup"));
        String early = head().hash();
        installAndRemove();
        String late = head().hash();
        Files.move(backup, home.resolve("state.db"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(ledger(0, "verify").out()).isEqualTo("intact rows=2 head=" + early + "\n");
        assertThat(ledger(1, "verify", "--expect-head", late).out())
                .isEqualTo(
                        "cut: no row has the expected hash; rows were cut off, or all were written anew, rows=2 head="
                                + early + " expected=" + late + "\n");
        assertThat(ledger(1, "verify", "--expect-head", late, "--json").out())
                .isEqualTo(
                        "{\"verdict\":\"cut\",\"rows\":2,\"head\":\"" + early + "\",\"expected\":\"" + late + "\"}\n");
    }

    @Test
    void aChangedRowExits1() throws IOException {
        installAndRemove();
        change(home.resolve("state.db"), "request", "reqvest");
        assertThat(ledger(1, "verify").out()).isEqualTo("broken sequence=1: its content is not what was written\n");
        assertThat(ledger(1, "verify", "--json").out())
                .isEqualTo("{\"verdict\":\"broken\",\"sequence\":1,\"message\":\"its content is not what was"
                        + " written\"}\n");
    }

    /// In the file itself, everywhere.
    private static void change(Path file, String from, String to) throws IOException {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).contains(from);
        Files.writeString(file, content.replace(from, to), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aHeadThatIsNoHashIsWrongUsage() {
        assertThat(ledger(2, "verify", "--expect-head", "abc").err())
                .startsWith("cloche: a head is 64 hexadecimal digits in lower case,")
                .endsWith("expect-head=abc\n");
    }

    @Test
    void theDoctorTellsTheHead() throws IOException {
        installAndRemove();
        Session doctor = Session.interactive();
        assertThat(doctor.run("doctor", "--only", "storage", "--home", home)).isEqualTo(0);
        assertThat(doctor.out()).containsPattern("ok +storage\\.ledger +rows=2 head=" + head().hash());
    }
}
