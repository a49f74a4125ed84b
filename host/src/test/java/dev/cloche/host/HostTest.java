package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.storage.InstalledBundles;
import dev.cloche.host.storage.InstalledBundles.Installed;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.telemetry.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The host's public side: extensions come and go, hooks run over all of them, calls come in from many threads.
class HostTest {
    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle bundle(String name, String version, String contributes, String source) {
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name + "\",\"version\":\"" + version
                + "\",\"kind\":\"script\",\"entry\":\"main.js\",\"capabilities\":{\"kv.read\":{},\"kv.write\":{}}"
                + contributes + "}";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    private static Bundle filter(String name, int priority, String failure, String body) {
        return bundle(
                name,
                "1.0.0",
                ",\"contributes\":{\"hooks\":[{\"name\":\"text\",\"kind\":\"filter\",\"priority\":" + priority
                        + ",\"failure\":\"" + failure + "\"}]}",
                "cloche.filter('text', (value) => { " + body + " })");
    }

    private static Bundle command(String name, String version, String body) {
        return bundle(
                name,
                version,
                ",\"contributes\":{\"commands\":[{\"name\":\"main\"}]}",
                "cloche.command('main', async (input) => { " + body + " })");
    }

    private String main(String extension, String input) {
        return host.call(Call.of(extension, Entry.command("main"), Payload.text(input)))
                .payloadOrThrow()
                .text();
    }

    @Test
    void filtersRunByPriorityThenInOrderOfRegistration() {
        host.load(filter("late", 20, "skip", "return value + 'c'"));
        host.load(filter("first", 10, "skip", "return value + 'a'"));
        host.load(filter("second", 10, "skip", "return value + 'b'"));
        HookResult result = host.hook("text", Payload.text("\"\""));
        assertThat(result).isEqualTo(new HookResult(true, Payload.text("\"abc\""), List.of()));
    }

    @Test
    void theOrderOfRegistrationIsThatOfInstallationInTheNextHostToo() {
        host.install(filter("second-by-name", 10, "skip", "return value + 1"));
        host.install(filter("first-by-name", 10, "skip", "return value + 2"));
        host.close();
        open();
        assertThat(host.call(Call.of("first-by-name", Entry.filter("text"), Payload.text("\"\""))))
                .isEqualTo(new Reply.Ok(Payload.text("\"2\"")));
        assertThat(host.hook("text", Payload.text("\"\"")).value()).isEqualTo(Payload.text("\"12\""));
    }

    @Test
    void aFilterThatFailsIsSkippedOrEndsTheChain() {
        host.load(filter("a", 1, "skip", "throw new Error('skipped')"));
        host.load(filter("b", 2, "skip", "return value + 'b'"));
        host.load(filter("c", 3, "fail", "throw new Error('final')"));
        host.load(filter("d", 4, "skip", "return value + 'd'"));
        HookResult result = host.hook("text", Payload.text("\"\""));
        assertThat(result.completed()).isFalse();
        assertThat(result.value()).isEqualTo(Payload.text("\"b\""));
        assertThat(result.failures()).extracting(HookResult.Failure::extension).containsExactly("a", "c");
    }

    @Test
    void allActionsAreToldWhateverHappensToTheOthers() {
        String hooks = ",\"contributes\":{\"hooks\":[{\"name\":\"saved\",\"kind\":\"action\"}]}";
        host.load(bundle("broken", "1.0.0", hooks, "cloche.on('saved', () => { throw new Error('no') })"));
        host.load(bundle("keeper", "1.0.0", hooks, "cloche.action('saved', (v) => cloche.kv.set('last', v))"));
        HookResult result = host.hook("saved", Payload.text("{\"id\":7}"));
        assertThat(result.completed()).isTrue();
        assertThat(result.value()).isEqualTo(Payload.text("{\"id\":7}"));
        assertThat(result.failures()).hasSize(1);
        host.load(command("keeper", "1.0.1", "return (await cloche.kv.get('last')).id"));
        assertThat(main("keeper", "")).isEqualTo("7");
    }

    @Test
    void aHookThatNobodyTakesPartInAnswersTheValue() {
        assertThat(host.hook("nothing", Payload.text("1")))
                .isEqualTo(new HookResult(true, Payload.text("1"), List.of()));
    }

    @Test
    void toolsGetArgumentsThatFitTheirSchema() {
        host.load(bundle(
                "math",
                "1.0.0",
                ",\"contributes\":{\"tools\":[{\"name\":\"add\",\"description\":\"adds\",\"parameters\":"
                        + "{\"type\":\"object\","
                        + "\"properties\":{\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}},"
                        + "\"required\":[\"a\",\"b\"],\"additionalProperties\":false}}]}",
                "cloche.tool('add', ({ a, b }) => a + b)"));
        assertThat(tool("{\"a\":1,\"b\":2}")).isEqualTo(new Reply.Ok(Payload.text("3")));
        assertInvalid(tool("{\"a\":1}"), "do not fit the schema of tool 'add'");
        assertInvalid(tool("{\"a\":1,\"b\":\"2\"}"), "/b");
        assertInvalid(tool("{"), "is not JSON");
        assertInvalid(tool(""), "is not JSON: it is empty");
        assertInvalid(tool("{\"a\":1,\"b\":2} 3"), "is not JSON");
    }

    private Reply tool(String arguments) {
        return host.call(Call.of("math", Entry.tool("add"), Payload.text(arguments)));
    }

    private static void assertInvalid(Reply reply, String message) {
        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        Reply.Rejected rejected = (Reply.Rejected) reply;
        assertThat(rejected.reason()).isEqualTo(Reply.RejectReason.INVALID_PAYLOAD);
        assertThat(rejected.message()).contains(message);
    }

    @Test
    void whatDoesNotExistIsUnavailable() {
        assertThat(host.call(Call.of("nobody", Entry.command("main"), Payload.EMPTY)))
                .isEqualTo(new Reply.Unavailable(
                        Reply.UnavailableReason.UNKNOWN_EXTENSION, "there is no extension 'nobody'; install it first"));
        host.load(command("there", "1.0.0", ""));
        assertThat(host.call(Call.of("there", Entry.tool("main"), Payload.EMPTY)))
                .isEqualTo(new Reply.Unavailable(
                        Reply.UnavailableReason.UNKNOWN_ENTRY,
                        "extension 'there' has no entry tool:main; it has [command:main]"));
    }

    @Test
    void anInstalledExtensionAndItsDataAreThereForTheNextHost() {
        host.install(command(
                "counter",
                "1.0.0",
                "const n = (await cloche.kv.get('n') ?? 0) + 1;" + "await cloche.kv.set('n', n); return n"));
        host.load(command("passing", "1.0.0", "return 1"));
        assertThat(main("counter", "")).isEqualTo("1");
        host.close();
        open();
        assertThat(host.extensions()).extracting(ExtensionInfo::id).containsExactly("counter");
        assertThat(main("counter", "")).isEqualTo("2");
        assertThat(host.remove("counter")).isTrue();
        assertThat(host.remove("counter")).isFalse();
        host.close();
        open();
        assertThat(host.extensions()).isEmpty();
    }

    @Test
    void anInstalledBundleThatKeepsOtherRulesIsCheckedOnceMore() {
        host.install(command("it", "1.0.0", "return 'here'"));
        host.close();
        List<Installed> stored = inHome(InstalledBundles::list);
        Installed now = stored.getFirst();
        Installed older = new Installed(now.id(), now.version(), now.digest(), "older rules", 0, false);
        inHome(bundles -> {
            bundles.note(older);
            return older;
        });
        open();
        assertThat(main("it", "")).isEqualTo("here");
        host.close();
        assertThat(inHome(InstalledBundles::list)).isEqualTo(stored);
        assertThat(now.checkedBy()).contains(HostVersion.FULL, BundleReader.SCHEMA);
        assertThat(now.script()).isTrue();
        open();
        assertThat(main("it", "")).isEqualTo("here");
    }

    private <T> T inHome(Function<InstalledBundles, T> work) {
        try (Storage storage = new Storage(home, Duration.ZERO, System::nanoTime)) {
            return work.apply(InstalledBundles.open(storage));
        }
    }

    @Test
    void aBundleThatDoesNotStartIsNotKept() {
        host.install(command("it", "1.0.0", "return 'old'"));
        assertThat(catchThrowableOfType(
                        BundleException.class, () -> host.install(bundle("it", "2.0.0", "", "throw new Error('new')"))))
                .hasMessageContaining("Error: new");
        assertThat(main("it", "")).isEqualTo("old");
        host.close();
        open();
        assertThat(main("it", "")).isEqualTo("old");
    }

    @Test
    void keyValueDataOfOneExtensionIsNotAnothers() {
        host.load(command("one", "1.0.0", "await cloche.kv.set('k', 1); return 'set'"));
        host.load(command("two", "1.0.0", "return `${await cloche.kv.get('k')}`"));
        assertThat(main("one", "")).isEqualTo("set");
        assertThat(main("two", "")).isEqualTo("undefined");
    }

    @Test
    void callsUnderWayEndOnTheReplacedExtension() {
        host.load(command("it", "1.0.0", "await new Promise((r) => setTimeout(r, 200)); return 'old'"));
        CompletableFuture<Reply> slow = host.callAsync(Call.of("it", Entry.command("main"), Payload.EMPTY));
        while (!slow.isDone() && host.extensions().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(slow).isNotDone();
        host.load(command("it", "2.0.0", "return 'new'"));
        assertThat(main("it", "")).isEqualTo("new");
        assertThat(slow.join().payloadOrThrow().text()).isIn("old", "new");
    }

    @Test
    void relationsAreHeldAgainstWhatIsThere() {
        assertThat(host.check(bundle(
                        "it",
                        "1.0.0",
                        ",\"requires\":{\"host\":\">=99\"},\"depends\":{\"other\":\"^1\"}",
                        "// nothing")))
                .extracting(v -> v.pointer() + " " + v.message())
                .containsExactly(
                        "/requires/host wants a host of version >=99, this is " + HostVersion.RELEASE,
                        "/depends/other needs extension 'other' ^1, which is not installed");
        host.load(bundle("other", "2.0.0", "", "// nothing"));
        assertThat(host.check(bundle("it", "1.0.0", ",\"depends\":{\"other\":\"^1\"}", "// nothing")))
                .extracting(Violation::message)
                .containsExactly("needs extension 'other' ^1, installed is 2.0.0");
        assertThat(host.check(bundle("it", "1.0.0", ",\"depends\":{\"other\":\"^2\"}", "// nothing")))
                .isEmpty();
    }

    @Test
    void checkingChangesNothing() {
        assertThat(host.check(bundle("it", "1.0.0", "", "await cloche.hostcall('kv.set', { key: 'a', value: 1 })")))
                .isEmpty();
        assertThat(host.extensions()).isEmpty();
        assertThat(Files.exists(home.resolve("state.db"))).isFalse();
    }

    @Test
    void inspectionSaysWhatWouldBeGranted() {
        Bundle bundle = BundleReader.of(
                "it",
                Map.of(
                        "cloche.json",
                        ("{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"it\",\"version\":\"1.0.0\",\"kind\":\"script\","
                                        + "\"entry\":\"main.js\",\"capabilities\":{\"kv.read\":{},"
                                        + "\"http.fetch\":{\"hosts\":[\"example.com\"]}}}")
                                .getBytes(StandardCharsets.UTF_8),
                        "main.js",
                        "import './b.js'; throw new Error('must not run')".getBytes(StandardCharsets.UTF_8),
                        "b.js",
                        "export default 1".getBytes(StandardCharsets.UTF_8)));
        Inspection inspection = host.inspect(bundle);
        assertThat(inspection.imports()).containsExactly("./b.js");
        assertThat(inspection.granted()).extracting(Capability::name).containsExactly("kv.read");
        assertThat(inspection.withheld()).extracting(Capability::name).containsExactly("http.fetch");
        assertThat(inspection.files()).containsKeys("b.js", "cloche.json", "main.js");
    }

    @Test
    void timeAndChanceAreTheHosts() {
        host.close();
        host = Host.open(MemoryKinds.config(home)
                .withClock(Clock.fixed(Instant.parse("2020-02-02T02:02:02Z"), ZoneOffset.UTC))
                .withRandom(new Random(7)));
        host.load(command("it", "1.0.0", "return new Date().toISOString() + ' ' + new Date().getTimezoneOffset()"));
        assertThat(main("it", "")).isEqualTo("2020-02-02T02:02:02.000Z 0");
    }

    @Test
    void callsFromManyThreadsAreAllAnswered() {
        host.load(command("it", "1.0.0", "await cloche.kv.set('k' + input.text(), 1); return input.text()"));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            replies.add(host.callAsync(Call.of("it", Entry.command("main"), Payload.text("" + i)))
                    .thenCompose(HostTest::settled));
        }
        for (int i = 0; i < replies.size(); i++) {
            Reply reply = replies.get(i).join();
            if (reply instanceof Reply.Ok ok) {
                assertThat(ok.payload().text()).isEqualTo("" + i);
            } else {
                assertThat(reply).isInstanceOf(Reply.Rejected.class);
            }
        }
    }

    private static CompletableFuture<Reply> settled(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    @Test
    void aClosedHostAnswersThatItIs() {
        host.load(command("it", "1.0.0", "for (;;);"));
        CompletableFuture<Reply> endless = host.callAsync(Call.of("it", Entry.command("main"), Payload.EMPTY));
        host.close();
        host.close();
        assertThat(endless.join()).isInstanceOfAny(Reply.Rejected.class, Reply.Unavailable.class);
        assertThat(host.call(Call.of("it", Entry.command("main"), Payload.EMPTY)))
                .isEqualTo(new Reply.Unavailable(Reply.UnavailableReason.CLOSED, "the host is closed"));
    }

    @Test
    void anInterruptedCallerIsToldSoAndStaysInterrupted() {
        host.load(command("it", "1.0.0", "return 'ok'"));
        Thread.currentThread().interrupt();
        Reply reply = host.call(Call.of("it", Entry.command("main"), Payload.EMPTY));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(main("it", "")).isEqualTo("ok");
    }

    @Test
    void theDoctorTellsTheNumbersOfEachPool() {
        host.load(command("it", "1.0.0", "return 'ok'"));
        main("it", "");
        assertThat(host.doctor())
                .filteredOn(finding -> finding.id().equals("pool.isolates"))
                .extracting(Finding::message)
                .containsExactly(
                        "extension=it live=1 idle=1 in-use=0 suspended=0 waiting=0 created=1 failed=0 retired=0"
                                + " leases=1 refused=0 leaked=0");
    }

    @Test
    void theDoctorFindsAFreshHostWell() {
        host.load(command("it", "1.0.0", ""));
        assertThat(host.doctor())
                .extracting(Finding::id)
                .contains("engine.wasm", "engine.script", "storage.home", "storage.database", "extensions.load");
        assertThat(host.doctor())
                .filteredOn(finding -> finding.level() == Finding.Level.ERROR)
                .isEmpty();
    }

    @Test
    void closingAnswersACallThatWaits() {
        host.load(command("it", "1.0.0", "await new Promise((r) => setTimeout(r, 9000)); return 'late'"));
        CompletableFuture<Reply> waiting = host.callAsync(Call.of("it", Entry.command("main"), Payload.EMPTY));
        host.close();
        assertThat(waiting.orTimeout(5, TimeUnit.SECONDS).join())
                .isInstanceOfAny(Reply.Rejected.class, Reply.Unavailable.class);
    }

    @Test
    void anInterruptDoesNotCutClosingShort() {
        host.install(command("it", "1.0.0", "await cloche.kv.set('k', 1); return 'set'"));
        assertThat(main("it", "")).isEqualTo("set");
        Thread.currentThread().interrupt();
        host.close();
        assertThat(Thread.interrupted()).isTrue();
        open();
        assertThat(main("it", "")).isEqualTo("set");
    }

    @Test
    void aHomeThatCannotBeUsedIsAReply() throws IOException {
        Files.createDirectories(home);
        Files.writeString(
                home.resolve("state.db"), "this is no database, and long enough to be taken for one".repeat(50));
        Reply reply = host.call(Call.of("it", Entry.command("main"), Payload.EMPTY));
        assertThat(reply).isInstanceOf(Reply.Unavailable.class);
        HookResult hook = host.hook("any", Payload.text("1"));
        assertThat(hook.completed()).isFalse();
        assertThat(hook.failures()).hasSize(1);
        assertThat(host.doctor())
                .filteredOn(finding -> finding.level() == Finding.Level.ERROR)
                .extracting(Finding::id)
                .contains("storage.database", "extensions.load");
    }

    @Test
    void aHomeThatIsAFileIsSaidToBe() throws IOException {
        host.close();
        Path file = Files.createFile(home.resolve("file"));
        host = Host.open(HostConfig.at(file));
        Reply reply = host.call(Call.of("it", Entry.command("main"), Payload.EMPTY));
        assertThat(reply).isInstanceOf(Reply.Unavailable.class);
        assertThat(((Reply.Unavailable) reply).message()).contains("the home is not a folder");
    }

    @Test
    void aClosedHostSaysSoWhateverItIsAsked() {
        host.close();
        assertThatThrownBy(() -> host.load(command("it", "1.0.0", "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the host is closed");
        assertThatThrownBy(() -> host.extensions()).isInstanceOf(IllegalStateException.class);
        assertThat(host.hook("any", Payload.text("1")).completed()).isFalse();
    }

    @Test
    void noCallIsLostWhileItsExtensionIsReplaced() {
        String patient = ",\"contributes\":{\"commands\":[{\"name\":\"main\"}]},\"limits\":{\"timeout\":\"60s\"},"
                + "\"pool\":{\"acquire-timeout\":\"60s\"}";
        String source = "cloche.command('main', () => 'it')";
        host.load(bundle("it", "1.0.0", patient, source));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int version = 1; version <= 5; version++) {
            for (int i = 0; i < 20; i++) {
                replies.add(host.callAsync(Call.of("it", Entry.command("main"), Payload.EMPTY)));
            }
            host.load(bundle("it", "1.0." + version, patient, source));
        }
        assertThat(replies).allSatisfy(reply -> assertThat(reply.join()).isEqualTo(new Reply.Ok(Payload.text("it"))));
    }

    @Test
    void anEndlessTimeoutIsNoLongerThanTheExtensions() {
        host.load(command("it", "1.0.0", "return 'ok'"));
        Call call = Call.of("it", Entry.command("main"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(ChronoUnit.FOREVER.getDuration()));
        assertThat(host.call(call)).isInstanceOf(Reply.Ok.class);
    }

    @Test
    void oneExtensionIsFoundWithoutStartingTheOthers() {
        host.install(command("one", "1.0.0", ""));
        host.load(command("one", "2.0.0", ""));
        assertThat(host.extension("one")).map(ExtensionInfo::stored).contains(false);
        assertThat(host.extension("two")).isEmpty();
        host.close();
        open();
        assertThat(host.extension("one")).map(info -> info.manifest().version()).contains("1.0.0");
    }
}
