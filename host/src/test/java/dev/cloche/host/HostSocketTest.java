package dev.cloche.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.control.ControlClient;
import dev.cloche.host.control.ControlException;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.hostcall.HostcallCounts;
import dev.cloche.host.telemetry.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A live host, spoken to through its socket.
@Timeout(120)
class HostSocketTest {
    private static final String SCRIPT = """
            cloche.command('main', async (input) => {
              await cloche.hostcall('kv.get', { key: 'a' });
              return 'hello ' + input.text();
            });
            """;

    @TempDir
    Path home;

    private static JsonNode ask(ControlClient client, String op, String params) {
        return JsonMapper.shared().readTree(client.ask(op, params));
    }

    private static String zip(Bundle bundle) {
        return Base64.getEncoder().encodeToString(bundle.zip().unsafeBytes());
    }

    private ControlClient client() {
        return ControlClient.connect(home).orElseThrow();
    }

    private static void refused(Runnable asking, Code code, String message) {
        assertThatThrownBy(asking::run)
                .isInstanceOfSatisfying(
                        ControlException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void extensionsAreInstalledCalledAndRemoved() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket socket = HostSocket.open(host);
                ControlClient client = client()) {
            assertThat(socket.path()).isEqualTo(home.resolve("host.sock"));
            JsonNode installed = ask(client, "install", "{\"zip\":\"" + zip(Bundles.script(SCRIPT)) + "\"}");
            assertThat(installed.path("id").asString()).isEqualTo("test");
            assertThat(ask(client, "extensions", "{}").path("extensions")).hasSize(1);
            JsonNode answer =
                    ask(client, "call", "{\"extension\":\"test\",\"entry\":\"command:main\",\"text\":\"you\"}");
            assertThat(answer.path("reply").path("output").asString()).isEqualTo("hello you");
            assertThat(answer.path("payload").asString()).isEqualTo("aGVsbG8geW91");
            assertThat(answer.path("reply").path("usage").path("fuel").asLong()).isPositive();
            assertThat(ask(client, "pool.stats", "{}")
                            .path("pools")
                            .path(0)
                            .path("leases")
                            .asInt())
                    .isPositive();
            assertThat(ask(client, "pool.resize", "{\"extension\":\"test\",\"min\":0,\"max\":2}")
                            .path("resized")
                            .asBoolean())
                    .isTrue();
            assertThat(ask(client, "remove", "{\"extension\":\"test\"}")
                            .path("removed")
                            .asBoolean())
                    .isTrue();
            assertThat(ask(client, "call", "{\"extension\":\"test\",\"entry\":\"command:main\"}")
                            .path("reply")
                            .path("reason")
                            .asString())
                    .isEqualTo("unknown_extension");
        }
        assertThat(home.resolve("host.sock")).doesNotExist();
    }

    @Test
    void aBundleThatIsRunLeavesTheOneOfItsNameAlone() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            String digest = host.install(Bundles.script(SCRIPT)).digest();
            Bundle other = Bundles.script("cloche.command('main', () => 'other')");
            JsonNode answer = ask(client, "run", "{\"zip\":\"" + zip(other) + "\",\"entry\":\"command:main\"}");
            assertThat(answer.path("reply").path("output").asString()).isEqualTo("other");
            assertThat(host.extension("test").orElseThrow().digest()).isEqualTo(digest);
            assertThat(host.call(Call.of("test", Entry.command("main"), Payload.text("you"))))
                    .isEqualTo(new Reply.Ok(Payload.text("hello you")));
        }
    }

    @Test
    void aHookRunsOverAllExtensions() {
        String filter = "cloche.filter('shade', value => ({ ...value, shaded: true }))";
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            host.load(
                    Bundles.script(filter, ",\"contributes\":{\"hooks\":[{\"name\":\"shade\",\"kind\":\"filter\"}]}"));
            JsonNode answer = ask(client, "hook", "{\"name\":\"shade\",\"text\":\"{\\\"a\\\":1}\"}");
            assertThat(answer.path("completed").asBoolean()).isTrue();
            assertThat(new String(
                            Base64.getDecoder().decode(answer.path("payload").asString()), UTF_8))
                    .isEqualTo("{\"a\":1,\"shaded\":true}");
        }
    }

    @Test
    void aForceHoldsFromTheNextHostcallOnAndAfterARestart() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            host.install(Bundles.script(SCRIPT));
            call(client);
            assertThat(compat(host)).isZero();
            JsonNode forced = ask(client, "lane.force", "{\"extension\":\"*\",\"reason\":\"drill\",\"by\":\"user\"}");
            assertThat(forced.path("rows").path(0).path("hash").asString())
                    .isEqualTo(host.ledger().head().hash());
            call(client);
            assertThat(compat(host)).isEqualTo(1);
        }
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            call(client);
            assertThat(compat(host)).isEqualTo(1);
            JsonNode shown = ask(client, "lane.show", "{}");
            assertThat(shown.path("lanes").path(0).path("reason_code").asString())
                    .isEqualTo("drill");
            assertThat(shown.path("forces")).hasSize(1);
            assertThat(ask(client, "lane.revert", "{\"extension\":\"*\"}")
                            .path("changed")
                            .asBoolean())
                    .isTrue();
            assertThat(ask(client, "lane.revert", "{\"extension\":\"*\"}")
                            .path("changed")
                            .asBoolean())
                    .isFalse();
            call(client);
            assertThat(compat(host)).isEqualTo(1);
        }
    }

    /// Hostcalls that took the compat lane.
    private static long compat(Host host) {
        return host.parts().hostcalls().counts().values().stream()
                .mapToLong(HostcallCounts::compat)
                .sum();
    }

    private static void call(ControlClient client) {
        JsonNode answer = ask(client, "call", "{\"extension\":\"test\",\"entry\":\"command:main\"}");
        assertThat(answer.path("reply").path("status").asString()).isEqualTo("ok");
    }

    @Test
    void settingsThatChangeTakeEffectOnALiveHost() throws Exception {
        Files.createDirectories(home);
        try (Host host = Host.open(HostConfig.fromHome(home))) {
            host.load(Bundles.script(SCRIPT));
            Files.writeString(home.resolve("settings.json"), "{\"ext\":{\"test\":{\"compat\":true}}}");
            // The watch looks by itself; this only waits for it.
            CompletableFuture<Void> seen = CompletableFuture.runAsync(() -> {
                while (!host.lanes().of("test").lane().equals("compat")) {
                    Thread.onSpinWait();
                }
            });
            seen.join();
            assertThat(host.lanes().of("test").reasonCode()).isEqualTo("settings");
        }
    }

    @Test
    void rulesAreMadeExplainedAndTakenBack() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            host.install(Bundles.script(SCRIPT));
            String what = "{\"extension\":\"test\",\"capability\":\"kv.read\"}";
            assertThat(ask(client, "policy.explain", what).path("rule").asString())
                    .isEqualTo("profile:balanced");
            assertThat(ask(client, "policy.deny", what).path("changed").asBoolean())
                    .isTrue();
            assertThat(ask(client, "policy.deny", what).path("changed").asBoolean())
                    .isFalse();
            JsonNode explained = ask(client, "policy.explain", what);
            assertThat(explained.path("allowed").asBoolean()).isFalse();
            assertThat(explained.path("rule").asString()).isEqualTo("deny:test");
            assertThat(ask(client, "policy.rules", "{}").path("rules")).hasSize(1);
            assertThat(ask(client, "policy.revoke", what).path("rows")).hasSize(1);
            refused(
                    () -> client.ask("policy.explain", "{\"extension\":\"nope\",\"capability\":\"log\"}"),
                    Code.UNAVAILABLE,
                    "extension=nope");
            refused(
                    () -> client.ask("policy.grant", "{\"extension\":\"test\",\"capability\":\"nope\"}"),
                    Code.USAGE,
                    "capability=nope");
            assertThat(ask(client, "ledger.ls", "{\"kinds\":[\"deny.added\",\"deny.removed\"]}")
                            .path("rows"))
                    .hasSize(2);
            assertThat(ask(client, "ledger.verify", "{}").path("verdict").asString())
                    .isEqualTo("intact");
        }
    }

    @Test
    void whatAnOperationDoesNotTakeIsRefused() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                ControlClient client = client()) {
            refused(() -> client.ask("ping", "{\"x\":1}"), Code.USAGE, "parameter=x");
            refused(() -> client.ask("remove", "{}"), Code.USAGE, "parameter=extension");
            refused(() -> client.ask("remove", "{\"extension\":1}"), Code.USAGE, "parameter=extension");
            refused(() -> client.ask("install", "{}"), Code.USAGE, "parameters=path,zip");
            refused(() -> client.ask("install", "{\"path\":\"a/b\"}"), Code.USAGE, "absolute, path=a/b");
            refused(() -> client.ask("install", "{\"zip\":\"%%\"}"), Code.USAGE, "parameter=zip");
            refused(() -> client.ask("doctor", "{\"only\":[\"x\"]}"), Code.USAGE, "area=x areas=jdk,");
            refused(() -> client.ask("ledger.ls", "{\"limit\":0}"), Code.USAGE, "limit=0");
            refused(() -> client.ask("ledger.ls", "{\"since\":\"now\"}"), Code.USAGE, "since=now");
            refused(
                    () -> client.ask("lane.force", "{\"extension\":\"a\",\"reason\":\"A B\"}"),
                    Code.USAGE,
                    "reason=A B");
            for (String id : List.of("", " ", "Garden", "a b", "all ", "a*", "-a", "a".repeat(65))) {
                String extension = "{\"extension\":\"" + id + "\",";
                refused(
                        () -> client.ask("lane.force", extension + "\"reason\":\"drill\"}"),
                        Code.USAGE,
                        "chars=" + id.length());
                refused(
                        () -> client.ask("policy.deny", extension + "\"capability\":\"kv.read\"}"),
                        Code.USAGE,
                        "chars=" + id.length());
            }
            assertThat(ask(client, "ledger.head", "{}").path("rows").asInt()).isZero();
            refused(
                    () -> client.ask("lane.force", "{\"extension\":\"*\",\"reason\":\"overload\"}"),
                    Code.USAGE,
                    "reason=overload kept=default,option.all,option.extension,option.none,overload,revert,sampling,"
                            + "settings");
            refused(
                    () -> client.ask("lane.force", "{\"extension\":\"a\",\"reason\":\"a\",\"by\":\"host\"}"),
                    Code.USAGE,
                    "parameter=by");
            refused(
                    () -> client.ask("call", "{\"extension\":\"a\",\"entry\":\"command:b\",\"timeout_ms\":0}"),
                    Code.USAGE,
                    "timeout");
            assertThat(ask(client, "ping", "{}").path("home").asString()).isEqualTo(home.toString());
        }
    }

    @Test
    void theDoctorLooksAtSomeAreasAlone() {
        try (Host host = Host.open(HostConfig.at(home))) {
            host.load(Bundles.script(SCRIPT, ",\"capabilities\":{\"kv.read\":{},\"exec\":{\"commands\":[\"ls\"]}}"));
            host.call(Call.of("test", Entry.command("main"), Payload.EMPTY));
            assertThat(host.doctor(Set.of("policy")))
                    .extracting(Finding::id)
                    .containsExactly("policy.profile", "policy.withheld", "policy.files", "policy.secrets");
            assertThat(host.doctor(Set.of("policy")).get(1).message()).contains("extension=test withheld=exec");
            List<Finding> carried = host.doctor(Set.of("hostcall", "reactor"));
            assertThat(carried)
                    .extracting(Finding::id)
                    .containsExactly(
                            "reactor.topology",
                            "reactor.placement",
                            "hostcall.forces",
                            "hostcall.lane",
                            "reactor.shards");
            assertThat(carried.get(3).message()).contains("extension=test lane=fast reason=default", "immediate=");
            assertThat(host.doctor())
                    .extracting(Finding::area)
                    .containsAll(HostChecks.AREAS)
                    .allMatch(HostChecks.AREAS::contains);
        }
    }

    @Test
    void aHomeHasOneHostThatListens() {
        try (Host host = Host.open(HostConfig.at(home));
                HostSocket _ = HostSocket.open(host);
                Host second = Host.open(HostConfig.at(home))) {
            assertThatThrownBy(() -> HostSocket.open(second))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another host uses this home");
            assertThat(ControlClient.connect(home)).isPresent().get().satisfies(ControlClient::close);
        }
    }

    @Test
    void aShutdownIsAskedForAndWhatIsUnderWayIsAnswered() throws Exception {
        try (Host host = Host.open(HostConfig.at(home))) {
            HostSocket socket = HostSocket.open(host);
            ControlClient caller = client();
            ControlClient operator = client();
            host.load(Bundles.script("cloche.command('main', () => { const end = Date.now() + 300;"
                    + " while (Date.now() < end) {} return 'done'; })"));
            CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(
                    () -> ask(caller, "call", "{\"extension\":\"test\",\"entry\":\"command:main\"}"));
            while (host.parts().poolStats().values().stream().allMatch(stats -> stats.inUse() == 0)) {
                Thread.onSpinWait();
            }
            assertThat(socket.awaitShutdown(Duration.ofMillis(1))).isFalse();
            assertThat(ask(operator, "shutdown", "{}").path("stopping").asBoolean())
                    .isTrue();
            socket.awaitShutdown();
            socket.close();
            assertThat(answer.join().path("reply").path("output").asString()).isEqualTo("done");
            assertThat(ControlClient.connect(home)).isEmpty();
        }
    }
}
