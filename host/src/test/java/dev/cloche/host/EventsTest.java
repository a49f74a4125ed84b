package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Events between extensions that run, and from the host.
@Timeout(60)
class EventsTest {
    private static final String LISTENER = """
            const wait = (topics, count) => new Promise((resolve, reject) => {
              const seen = [];
              const take = (data, { kind, name, source }) => {
                seen.push([kind, name, source, data]);
                if (seen.length === count) resolve(seen);
              };
              Promise.all(topics.map((topic) => cloche.events.subscribe(topic, take)))
                .then(() => cloche.kv.set('listening', true)).catch(reject);
            });
            cloche.command('one', () => wait(['orders.*'], 1));
            cloche.command('two', () => wait(['orders.placed', 'orders.paid'], 2));
            cloche.command('forever', () => wait(['orders.*'], 1e9));
            cloche.command('greedy', () => wait(['*'], 1));
            cloche.command('beyond', async () => {
              for (let i = 0; i <= 64; i++) await cloche.events.subscribe(`orders.${i}`, () => {});
            });
            cloche.command('own', async () => {
              await cloche.events.subscribe('orders.*', () => {});
              return cloche.events.emit('orders.own', 1);
            });
            cloche.command('throws', async () => {
              await cloche.events.subscribe('orders.*', () => { throw new Error('mine'); });
              const next = new Promise((resolve) => {
                cloche.events.subscribe('orders.*', resolve).then(() => cloche.kv.set('listening', true));
              });
              return next;
            });
            """;

    private static final String SENDER = """
            cloche.tool('send', ({ topic, data }) => cloche.events.emit(topic, data));
            """;

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
        host.load(bundle("listener", LISTENER, "events.subscribe", "events.emit"));
        host.load(bundle("sender", SENDER, "events.emit"));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle bundle(String name, String source, String... capabilities) {
        StringBuilder asked = new StringBuilder("\"kv.read\":{},\"kv.write\":{},\"log\":{}");
        for (String capability : capabilities) {
            asked.append(",\"").append(capability).append("\":{\"topics\":[\"orders.*\"]}");
        }
        String commands = List.of("one", "two", "forever", "greedy", "beyond", "own", "throws").stream()
                .map(command -> "{\"name\":\"" + command + "\"}")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        String contributes = name.equals("sender")
                ? "{\"tools\":[{\"name\":\"send\",\"description\":\"Sends.\"}]}"
                : "{\"commands\":[" + commands + "]}";
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"" + name
                + "\",\"version\":\"1.0.0\",\"kind\":\"script\",\"entry\":\"main.js\",\"contributes\":" + contributes
                + ",\"capabilities\":{" + asked + "}}";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    private CompletableFuture<Reply> listen(String command) {
        return CompletableFuture.supplyAsync(
                () -> host.call(Call.of("listener", Entry.command(command), Payload.EMPTY)),
                Thread::startVirtualThread);
    }

    private String send(String topic, String data) {
        return host.call(Call.of(
                        "sender",
                        Entry.tool("send"),
                        Payload.text("{\"topic\":\"" + topic + "\",\"data\":" + data + "}")))
                .toString();
    }

    /// Sends until somebody takes it.
    private void sendUntilTaken(String topic, String data) {
        while (host.emit(topic, Payload.text(data)) == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    void theHostTellsAScriptThatWaits() {
        CompletableFuture<Reply> listening = listen("one");
        sendUntilTaken("orders.placed", "{\"id\":7}");
        assertThat(listening.join().payloadOrThrow().text())
                .isEqualTo("[[\"event\",\"orders.placed\",\"host\",{\"id\":7}]]");
        assertThat(host.emit("orders.placed", Payload.text("1")))
                .as("nobody listens")
                .isZero();
    }

    @Test
    void extensionsTellEachOtherUnderTheirOwnNames() {
        CompletableFuture<Reply> listening = listen("two");
        sendUntilTaken("orders.placed", "1");
        assertThat(send("orders.paid", "\"yes\"")).contains("1");
        assertThat(listening.join().payloadOrThrow().text())
                .isEqualTo("[[\"event\",\"orders.placed\",\"host\",1],[\"event\",\"orders.paid\",\"sender\",\"yes\"]]");
    }

    @Test
    void aSenderIsNotToldItsOwnEvent() {
        assertThat(listen("own").join().payloadOrThrow().text()).isEqualTo("0");
    }

    @Test
    void oneHandlerThatThrowsDoesNotKeepTheOthersFromIt() {
        CompletableFuture<Reply> listening = listen("throws");
        sendUntilTaken("orders.x", "5");
        while (!listening.isDone()) {
            int _ = host.emit("orders.x", Payload.text("5"));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(listening.join().payloadOrThrow().text()).isEqualTo("5");
    }

    @Test
    void topicsThatAreNotGrantedAreDenied() {
        assertThat(listen("greedy").join().toString()).contains("manifest").contains("topic=*");
        assertThat(send("secrets.x", "1"))
                .contains("the manifest does not ask for it")
                .contains("topic=secrets.x");
        assertThat(send("orders.*", "1")).contains("an event has one topic, without *");
    }

    @Test
    void aCallHasSoManySubscriptionsAndNoMore() {
        assertThat(listen("beyond").join().toString())
                .contains("as many subscriptions as it may")
                .contains("limit=64");
    }

    @Test
    void waitingForEventsAloneEndsWithTheDeadline() {
        Call call = Call.of("listener", Entry.command("forever"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));
        assertThat(host.call(call)).isInstanceOf(Reply.TimedOut.class);
        assertThat(host.emit("orders.x", Payload.text("1"))).isZero();
    }

    @Test
    void theCompatLaneTakesEventsToo() {
        try (Host compat = Host.open(MemoryKinds.config(home.resolve("compat"))
                .withHostcalls(HostcallConfig.DEFAULT.withLanes(LaneConfig.DEFAULT.withOption("all"))))) {
            compat.load(bundle("listener", LISTENER, "events.subscribe", "events.emit"));
            CompletableFuture<Reply> listening = CompletableFuture.supplyAsync(
                    () -> compat.call(Call.of("listener", Entry.command("one"), Payload.EMPTY)),
                    Thread::startVirtualThread);
            while (compat.emit("orders.a", Payload.text("null")) == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            assertThat(listening.join().payloadOrThrow().text()).isEqualTo("[[\"event\",\"orders.a\",\"host\",null]]");
        }
    }

    @Test
    void anEmbeddersMistakesAreNamed() {
        assertThatThrownBy(() -> host.emit("", Payload.text("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a topic has 1 to 256 bytes");
        assertThatThrownBy(() -> host.emit("a*", Payload.text("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without *");
        assertThatThrownBy(() -> host.emit("a", Payload.text("{")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be one JSON value");
    }

    @Test
    void anOperatorsDenyKeepsEventsOut() {
        host.policy().deny("listener", new Capability("events.subscribe", Map.of()), TriggeredBy.API);
        assertThat(listen("one").join().toString()).contains("the operator denies events.subscribe");
    }
}
