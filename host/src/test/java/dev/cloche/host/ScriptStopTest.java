package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.telemetry.LogLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A script that is stopped is told where, and gets nothing more done.
@Timeout(120)
class ScriptStopTest {
    @TempDir
    Path home;

    private Host host;
    private final List<LogLine> log = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home).withLogSink(log::add));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply run(String body, CallOptions options, String members) {
        host.load(Bundles.script("cloche.command('main', (input) => {\n" + body + "\n});", members));
        return host.call(
                Call.of("test", Entry.command("main"), Payload.text("1")).withOptions(options));
    }

    /// With the line that never ends, or where QuickJS does not know that, its function's. The first is the host's own.
    private static Stream<Arguments> endless() {
        return Stream.of(
                arguments("for (;;);", 1),
                arguments("let i = 0;\nwhile (true) i++;", 1),
                arguments("const s = 'x';\nfor (;;) JSON.parse('[' + '1,'.repeat(2000) + '1]');", 3),
                arguments("const text = 'a'.repeat(40);\nreturn /^(a+)+$/.test(text + 'b');", 3),
                arguments("const f = () => {\n  for (;;);\n};\nreturn f();", 2),
                arguments("const p = new Proxy({}, { get() { for (;;); } });\nreturn p.x;", 2));
    }

    @ParameterizedTest
    @MethodSource("endless")
    void whatUsesUpItsFuelIsToldItsLine(String body, int line) {
        Reply reply = run(body, CallOptions.DEFAULT.withFuel(60_000_000), "");
        assertThat(reply).isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
            assertThat(exhausted.budget()).isEqualTo(Budget.FUEL);
            assertThat(exhausted.message()).contains("main.js:" + line);
        });
        assertThat(run(body, CallOptions.DEFAULT.withFuel(60_000_000), ""))
                .as("again")
                .isEqualTo(reply);
    }

    @ParameterizedTest
    @MethodSource("endless")
    void whatRunsPastItsDeadlineIsToldItsLine(String body, int line) {
        assertThat(run(body, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(400)), ""))
                .isInstanceOfSatisfying(
                        Reply.TimedOut.class, late -> assertThat(late.message()).contains("main.js:" + line));
    }

    @Test
    void aSortIsStoppedToo() {
        String body = """
                const big = Array.from({ length: 300000 }, (_, i) => (i * 7919) % 300007);
                for (;;) big.slice().sort();""";
        assertThat(run(body, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(800)), ""))
                .isInstanceOfSatisfying(
                        Reply.TimedOut.class, late -> assertThat(late.message()).contains("main.js:3"));
    }

    /// Wherever in a built-in function that never asks: also in the middle of the engine's own allocator.
    @ParameterizedTest
    @ValueSource(strings = {"new Map(big)", "big.map(String).sort()", "JSON.stringify(big)"})
    void whatIsStoppedInABuiltInFunctionIsToldItsLine(String work) {
        host.load(Bundles.script("cloche.command('main', () => {\n"
                + "const big = Array.from({ length: 20000 }, (_, i) => [i, i]);\nfor (;;) " + work + ";\n});"));
        for (long fuel = 150_000_000; fuel < 151_000_000; fuel += 17_377) {
            assertThat(host.call(Call.of("test", Entry.command("main"), Payload.text("1"))
                            .withOptions(CallOptions.DEFAULT.withFuel(fuel))))
                    .isInstanceOfSatisfying(
                            Reply.Exhausted.class,
                            exhausted -> assertThat(exhausted.message()).contains("main.js:3"));
        }
    }

    @Test
    void otherBudgetsAreToldTheirLineToo() {
        assertThat(run("let n = 0;\nfor (;;)\n  console.log('x'.repeat(1000), n++);", CallOptions.DEFAULT, ""))
                .isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
                    assertThat(exhausted.budget()).isEqualTo(Budget.LOG);
                    assertThat(exhausted.message()).contains("main.js:4");
                });
        assertThat(run("for (;;)\n  setTimeout(() => {}, 1000);", CallOptions.DEFAULT, ""))
                .isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
                    assertThat(exhausted.budget()).isEqualTo(Budget.TIMERS);
                    assertThat(exhausted.message()).contains("main.js:3");
                });
    }

    @Test
    void nothingIsCaughtAndNothingGetsOutWhileItUnwinds() {
        Reply reply = run("""
                try {
                  for (;;);
                } catch (e) {
                  console.log('caught');
                } finally {
                  console.log('finally');
                }""", CallOptions.DEFAULT.withFuel(30_000_000), "");
        assertThat(reply).isInstanceOf(Reply.Exhausted.class);
        assertThat(log).isEmpty();
        // Little enough to be left over for unwinding, were it not for the end of the fuel.
        String little = "for (let i = 0; i < 200; i++);\nconsole.log('got out');\nreturn 1;";
        for (int fuel = 10_000; fuel <= 50_000; fuel += 10_000) {
            assertThat(run(little, CallOptions.DEFAULT.withFuel(fuel), "")).isInstanceOf(Reply.Exhausted.class);
        }
        assertThat(log).isEmpty();
        assertThat(run(little, CallOptions.DEFAULT.withFuel(2_000_000), "")).isInstanceOf(Reply.Ok.class);
        assertThat(log).hasSize(1);
    }

    @Test
    void aStackThatTheScriptMakesUpHarmsNobody() {
        String body =
                "Object.defineProperty(globalThis, 'Error', { get() { for (;;); } });\nfor (;;) JSON.parse('[1]');";
        assertThat(run(body, CallOptions.DEFAULT.withFuel(60_000_000), "")).isInstanceOf(Reply.Exhausted.class);
        assertThat(run("return 'sound'", CallOptions.DEFAULT, "")).isInstanceOf(Reply.Ok.class);
    }

    @Test
    void anInterruptOfTheCallerStopsAScriptThatSpins() throws Exception {
        host.load(Bundles.script(
                "cloche.command('main', () => { console.log('on'); for (;;); });",
                ",\"limits\":{\"timeout\":\"1h\",\"fuel\":10000000000000}"));
        var reply = new CompletableFuture<Reply>();
        var flag = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            Reply answer = host.call(Call.of("test", Entry.command("main"), Payload.text("1")));
            flag.set(Thread.currentThread().isInterrupted());
            reply.complete(answer);
        });
        while (log.isEmpty()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.onSpinWait();
        }
        caller.interrupt();
        assertThat(reply.get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Reply.Trapped.class,
                        trapped -> assertThat(trapped.kind()).isEqualTo(TrapKind.INTERRUPTED));
        assertThat(flag).isTrue();
    }
}
