package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Subscriptions end with their calls, however those end, and events take nothing from a call but what they cost.
@Timeout(60)
class SubscriptionEndTest {
    private static final Payload DATA = Payload.text("{\"id\":1}");

    private static final String SOURCE = """
            cloche.events.subscribe('orders.*', () => console.log('told of before any call')).catch(() => {});
            const forever = new Promise(() => {});
            const listen = (handler) => cloche.events.subscribe('orders.*', handler);
            cloche.command('waits', async () => { await listen(() => {}); await forever; });
            cloche.command('spins', async () => { await listen(() => { for (;;); }); await forever; });
            cloche.command('throws', async () => {
              let count = 0;
              return new Promise((resolve) => listen(() => {
                if (++count === 3) resolve('told thrice');
                throw new Error('mine');
              }));
            });
            cloche.command('answers', async () => { await listen(() => {}); return 'answered'; });
            cloche.command('names', async (input) => {
              const seen = [];
              await listen((data, { name }) => seen.push(name));
              await new Promise((resolve) => setTimeout(resolve, 100));
              return seen.filter((name) => name !== input.text());
            });
            cloche.command('timer', async () => {
              let told = 0;
              await listen(() => told++);
              await new Promise((resolve) => setTimeout(resolve, 200));
              return told > 0;
            });
            cloche.command('grows', async () => {
              let count = 0;
              return new Promise((resolve) => {
                const more = () => { if (++count < 100) listen(more); else resolve(count); };
                listen(more);
              });
            });
            cloche.command('hostile', async () => {
              const taken = () => { throw new Error('taken'); };
              for (const name of ['get', 'set', 'has', 'delete', 'clear']) Map.prototype[name] = taken;
              for (const name of ['startsWith', 'slice', 'charCodeAt']) String.prototype[name] = taken;
              for (const name of ['push', 'shift', 'forEach', 'some']) Array.prototype[name] = taken;
              Array.prototype[Symbol.iterator] = taken;
              Object.defineProperty(Object.prototype, 'topic', { get() { return '*'; }, configurable: true });
              Object.defineProperty(Object.prototype, 'handler', { get() { throw 1; }, configurable: true });
              JSON.parse = JSON.stringify = Reflect.apply = taken;
              return new Promise((resolve, reject) => listen((data, { name }) => resolve(name)).catch(reject));
            });
            """;

    private static final String COMMANDS = Stream.of(
                    "waits", "spins", "throws", "answers", "names", "timer", "grows", "hostile")
            .map(name -> "{\"name\":\"" + name + "\"}")
            .collect(Collectors.joining(",", "[", "]"));

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
        host.load(Bundles.script(
                SOURCE,
                ",\"capabilities\":{\"log\":{},\"events.subscribe\":{\"topics\":[\"orders.*\"]}}"
                        + ",\"contributes\":{\"commands\":" + COMMANDS + "}"));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply call(String command, String input, Duration timeout) {
        return host.call(Call.of("test", Entry.command(command), Payload.text(input))
                .withOptions(CallOptions.DEFAULT.withTimeout(timeout)));
    }

    private CompletableFuture<Reply> begin(String command, String input, Duration timeout) {
        return CompletableFuture.supplyAsync(() -> call(command, input, timeout), Thread::startVirtualThread);
    }

    private CompletableFuture<Reply> begin(String command) {
        return begin(command, "", Duration.ofSeconds(30));
    }

    /// Sends as fast as can be until the call is over.
    ///
    /// @return how many were taken
    private long flood(CompletableFuture<Reply> call, String topic) {
        long taken = 0;
        while (!call.isDone()) {
            taken += host.emit(topic, DATA);
        }
        return taken;
    }

    private void awaitListener() {
        while (host.emit("orders.first", DATA) == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void assertNobodyListens() {
        assertThat(host.emit("orders.after", DATA)).as("nobody listens").isZero();
    }

    @Test
    void aSubscriptionEndsWithItsAnswer() {
        assertThat(call("answers", "", Duration.ofSeconds(10)).payloadOrThrow().text())
                .isEqualTo("answered");
        assertNobodyListens();
    }

    @Test
    void whatIsSubscribedBeforeAnyCallIsTakenBack() {
        assertNobodyListens();
    }

    @Test
    void aSubscriptionEndsWithATrap() {
        CompletableFuture<Reply> spinning = begin("spins", "", Duration.ofMillis(400));
        assertThat(flood(spinning, "orders.x")).isPositive();
        assertThat(spinning.join()).isInstanceOf(Reply.TimedOut.class);
        assertNobodyListens();
    }

    @Test
    void aSubscriptionEndsWithACallerThatGoesAway() throws InterruptedException {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> reply.complete(call("waits", "", Duration.ofSeconds(30))));
        awaitListener();
        caller.interrupt();
        caller.join();
        assertThat(reply.join().toString()).contains("interrupted");
        assertNobodyListens();
    }

    @Test
    void aSubscriptionEndsWithTheHost() {
        CompletableFuture<Reply> waiting = begin("waits");
        awaitListener();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(host::close, Thread::startVirtualThread);
        flood(waiting, "orders.x");
        closed.join();
        assertNobodyListens();
    }

    @Test
    void theNextCallIsNotToldWhatWasForTheOneBefore() {
        for (int i = 0; i < 8; i++) {
            String topic = "orders." + i;
            CompletableFuture<Reply> listening = begin("names", topic, Duration.ofSeconds(10));
            assertThat(flood(listening, topic)).isPositive();
            assertThat(listening.join().payloadOrThrow().text()).isEqualTo("[]");
        }
    }

    @Test
    void aFloodKeepsNoTimerBack() {
        CompletableFuture<Reply> listening = begin("timer", "", Duration.ofSeconds(20));
        assertThat(flood(listening, "orders.x")).isPositive();
        assertThat(listening.join().payloadOrThrow().text()).isEqualTo("true");
    }

    @Test
    void aFloodKeepsNoDeadlineBack() {
        CompletableFuture<Reply> listening = begin("waits", "", Duration.ofMillis(400));
        assertThat(flood(listening, "orders.x")).isPositive();
        assertThat(listening.join()).isInstanceOfAny(Reply.TimedOut.class, Reply.Trapped.class);
        assertNobodyListens();
    }

    @Test
    void handlersThatThrowAreToldTheNextEventToo() {
        CompletableFuture<Reply> listening = begin("throws");
        flood(listening, "orders.x");
        assertThat(listening.join().payloadOrThrow().text()).isEqualTo("told thrice");
    }

    @Test
    void handlersMayBeAddedWhileEventsCome() {
        CompletableFuture<Reply> listening = begin("grows");
        flood(listening, "orders.x");
        assertThat(listening.join().payloadOrThrow().text()).isEqualTo("100");
    }

    @Test
    void aScriptThatReplacesTheLanguageIsToldItsEventsAllTheSame() {
        CompletableFuture<Reply> listening = begin("hostile");
        flood(listening, "orders.x");
        assertThat(listening.join().payloadOrThrow().text()).isEqualTo("orders.x");
    }
}
