package dev.cloche.host.engine.script;

import static dev.cloche.host.engine.script.ScriptStand.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.hostcall.EventSink;
import dev.cloche.host.hostcall.EventSink.Delivery;
import dev.cloche.host.scheduler.DeterministicClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The event loop as a script sees it: order, time, cancelling, events, traces. Streams are in [ScriptStreamTest].
@Timeout(60)
class ScriptEventLoopTest {
    // ---- Order -------------------------------------------------------------------------------------------------

    @Test
    void i2MicrotasksDrainBeforeTheNextMacrotask() {
        try (ScriptStand stand = running("""
            const seen = [];
            const after = (name, n) => n > 0
              && Promise.resolve().then(() => { seen.push(name + n); after(name, n - 1); });
            setTimeout(() => { seen.push('A'); after('a', 2); }, 0);
            setTimeout(() => { seen.push('B'); after('b', 2); }, 0);
            await new Promise((resolve) => setTimeout(resolve, 0));
            return seen.join();
            """)) {
            assertThat(stand.answerTo("")).isEqualTo("A,a2,a1,B,b2,b1");
        }
    }

    @Test
    void i4AnAnswerThatIsThereAtOnceComesAsATaskOfItsOwn() {
        try (ScriptStand stand =
                running("""
                    const seen = [];
                    const made = cloche.hostcall('now').then(() => seen.push('answer'));
                    await Promise.resolve().then(() => {}).then(() => {});
                    seen.push('microtasks');
                    await made;
                    return seen.join();
                    """).op("now", (hostcall, completion) -> completion.accept(ScriptStand.json("1")))) {
            assertThat(stand.answerTo("")).isEqualTo("microtasks,answer");
        }
    }

    @Test
    void i5AnswersThatAreReadyTogetherComeInTheOrderOfTheirHostcalls() {
        try (ScriptStand stand = running("""
            const seen = [];
            const made = ['a', 'b', 'c'].map((name) => cloche.hostcall(name).then(() => seen.push(name)));
            await cloche.hostcall('answer');
            await Promise.all(made);
            return seen.join();
            """)) {
            stand.does("answer", () -> {
                for (int index : new int[] {2, 0, 1}) {
                    stand.answer(index, ScriptStand.json("1"));
                }
            });
            assertThat(stand.answerTo("")).isEqualTo("a,b,c");
        }
    }

    @Test
    void virtualTimePassesAsFastAsItCan() {
        DeterministicClock clock = DeterministicClock.skipping(5);
        try (ScriptStand stand = new ScriptStand("""
            cloche.command('main', async () => {
              const seen = [];
              const interval = setInterval(() => seen.push('i'), 60000);
              setTimeout(() => seen.push('t'), 150000);
              await new Promise((resolve) => setTimeout(resolve, 180000));
              clearInterval(interval);
              return seen.join('');
            });\
            """, clock)) {
            assertThat(stand.answerTo(""))
                    .as("an interval that is set again overtakes nothing")
                    .isEqualTo("iit");
            assertThat(clock.getAsLong()).isEqualTo(5 + 180_000_000_000L);
        }
    }

    @Test
    void aTimersIdNeverNamesATimerOfAnotherCall() throws SnapshotRefusedException {
        try (ScriptStand stand = new ScriptStand("""
            let kept = setTimeout(() => {}, 1e6);
            cloche.command('main', async (input) => {
              const before = kept;
              let fired = false;
              kept = setTimeout(() => { fired = true; }, 0);
              clearTimeout(before);
              await new Promise((resolve) => setTimeout(resolve, 1));
              return `${fired} ${kept - before}`;
            });\
            """)) {
            assertThat(stand.answerTo("")).startsWith("true ");
            assertThat(stand.answerTo("")).startsWith("true ");
            ScriptIsolate stamped = stand.stamp();
            assertThat(stand.run(stamped, "").payloadOrThrow().text()).isEqualTo("true 1");
            assertThat(stamped.reset()).isTrue();
            assertThat(stand.run(stamped, "").payloadOrThrow().text()).isEqualTo("true 1");
        }
    }

    // ---- The end of a hostcall's time --------------------------------------------------------------------------

    @Test
    void aHostcallFailsWhenItsTimeIsOverAndItsAnswerIsDropped() {
        try (ScriptStand stand = running("""
            const { status, code, message, retryable } = await cloche.hostcall('slow', {}, { timeout: 5 });
            await cloche.hostcall('answer');
            await new Promise((resolve) => setTimeout(resolve, 1));
            return [status, code, message, retryable].join();
            """)) {
            stand.does("answer", () -> stand.answer(0, ScriptStand.json("1")));
            assertThat(stand.answerTo("")).isEqualTo("failed,timeout,it was not answered in time, timeout=5ms,true");
            assertThat(stand.cancelled()).containsExactly("slow");
            assertThat(stand.stats().timeouts()).isEqualTo(1);
            assertThat(stand.stats().late()).isEqualTo(1);
        }
    }

    @Test
    void aHostcallThatIsAnsweredInTimeHasNoTimeout() {
        try (ScriptStand stand = running("return (await cloche.hostcall('now', {}, { timeout: 1e9 })).value")
                .op("now", (hostcall, completion) -> completion.accept(ScriptStand.json("7")))) {
            assertThat(stand.answerTo("")).isEqualTo("7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "'5'", "null"})
    void aTimeoutThatIsNoTimeIsATypeError(String timeout) {
        try (ScriptStand stand = running("await cloche.hostcall('slow', {}, { timeout: " + timeout + " })")) {
            assertThat(stand.run(""))
                    .isInstanceOfSatisfying(
                            Reply.GuestError.class,
                            error -> assertThat(error.message())
                                    .isEqualTo("slow: timeout needs a number of milliseconds above 0, timeout="
                                            + timeout.replace("'", "")));
            assertThat(stand.ops()).isEmpty();
        }
    }

    // ---- Cancelling --------------------------------------------------------------------------------------------

    @Test
    void abortingCancelsAHostcall() {
        try (ScriptStand stand = running("""
            const seen = [];
            const controller = new AbortController();
            const made = cloche.hostcall('slow', {}, { signal: controller.signal })
              .then(({ status, code }) => seen.push(`${status} ${code}`));
            controller.abort();
            await Promise.resolve();
            seen.push('not at once');
            await made;
            await cloche.hostcall('answer');
            await new Promise((resolve) => setTimeout(resolve, 1));
            return seen.join();
            """)) {
            stand.does("answer", () -> stand.answer(0, ScriptStand.json("1")));
            assertThat(stand.answerTo("")).isEqualTo("not at once,failed cancelled");
            assertThat(stand.cancelled()).containsExactly("slow");
            assertThat(stand.stats().cancelled()).isEqualTo(1);
            assertThat(stand.stats().late()).isEqualTo(1);
        }
    }

    @Test
    void aSignalThatIsAbortedAlreadyKeepsTheHostcallFromBeingMade() {
        try (ScriptStand stand = running("""
            const { status, code, message } = await cloche.hostcall('slow', {}, { signal: AbortSignal.abort() });
            return [status, code, message].join();
            """)) {
            assertThat(stand.answerTo(""))
                    .isEqualTo("failed,cancelled,the signal was aborted before the hostcall was made");
            assertThat(stand.ops()).isEmpty();
        }
    }

    @Test
    void abortingAfterTheAnswerChangesNothing() {
        try (ScriptStand stand =
                running("""
                    const controller = new AbortController();
                    const { value } = await cloche.hostcall('now', {}, { signal: controller.signal });
                    controller.abort();
                    await new Promise((resolve) => setTimeout(resolve, 1));
                    return value;
                    """).op("now", (hostcall, completion) -> completion.accept(ScriptStand.json("7")))) {
            assertThat(stand.answerTo("")).isEqualTo("7");
            assertThat(stand.stats().cancelled()).isZero();
        }
    }

    @Test
    void aSignalOfAnEarlierCallCancelsNothingOfThisOne() {
        try (ScriptStand stand = new ScriptStand("""
            let old;
            cloche.command('main', async (input) => {
              const mine = new AbortController();
              const made = cloche.hostcall('slow', {}, { signal: mine.signal });
              if (old === undefined) { old = mine; return 'first'; }
              old.abort();
              await cloche.hostcall('answer');
              return (await made).status;
            });\
            """)) {
            stand.does("answer", () -> stand.answer(1, ScriptStand.json("1")));
            assertThat(stand.answerTo("")).isEqualTo("first");
            assertThat(stand.answerTo("")).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @CsvSource({"{}", "5", "{ aborted: false }"})
    void aSignalThatIsNoneIsATypeError(String signal) {
        try (ScriptStand stand = running("await cloche.hostcall('slow', {}, { signal: " + signal + " })")) {
            assertThat(stand.run(""))
                    .isInstanceOfSatisfying(
                            Reply.GuestError.class,
                            error -> assertThat(error.message())
                                    .isEqualTo("slow: signal needs an AbortSignal, for example new"
                                            + " AbortController().signal"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "controller.abort(); return signal.reason.name + (signal.reason instanceof"
                        + " DOMException)|AbortErrortrue",
                "controller.abort(7); controller.abort(8); return `${signal.aborted} ${signal.reason}`|true 7",
                "return `${signal.aborted} ${signal.reason}`|false undefined",
                "controller.abort('x'); try { signal.throwIfAborted() } catch (e) { return e }|x",
                "signal.throwIfAborted(); return 'fine'|fine",
                "signal.onabort = (e) => seen.push(`${e.type} ${e.target === signal}`); controller.abort()|abort true",
                "signal.addEventListener('abort', { handleEvent: () => seen.push('object') });"
                        + " controller.abort()|object",
                "const f = () => seen.push('f'); signal.addEventListener('abort', f); signal.addEventListener('abort',"
                        + " f); controller.abort()|f",
                "const f = () => seen.push('f'); signal.addEventListener('abort', f);"
                        + " signal.removeEventListener('abort', f); controller.abort()|''",
                "signal.addEventListener('abort', () => { throw new Error('bad') });"
                        + " signal.addEventListener('abort', () => seen.push('next')); controller.abort()|next",
                "signal.addEventListener('other', () => seen.push('no')); controller.abort()|''",
                "try { new AbortSignal() } catch (e) { return e.name }|TypeError",
                "try { AbortSignal.timeout(-1) } catch (e) { return e.name }|TypeError",
                "return `${AbortSignal.abort().reason.name} ${AbortSignal.abort(3).reason}`|AbortError 3",
                "const any = AbortSignal.any([new AbortController().signal, signal]); controller.abort(4);"
                        + " return any.reason|4",
                "return AbortSignal.any([signal, AbortSignal.abort(5)]).reason|5",
                "const s = AbortSignal.timeout(1); await new Promise((resolve) => { s.onabort = resolve });"
                        + " return s.reason.name|TimeoutError",
                "return Object.prototype.toString.call(signal) + Object.prototype.toString.call(controller)"
                        + "|[object AbortSignal][object AbortController]",
            })
    void abortSignalsBehaveAsOnTheWeb(String body, String expected) {
        try (ScriptStand stand = running("const seen = []; const controller = new AbortController();"
                + " const { signal } = controller; " + body + "; return seen.join();")) {
            assertThat(stand.answerTo("")).isEqualTo(expected);
        }
    }

    @Test
    void aListenerThatThrowsIsLogged() {
        try (ScriptStand stand = running("""
            const controller = new AbortController();
            controller.signal.onabort = () => { throw new RangeError('bad listener'); };
            controller.abort();
            await Promise.resolve();
            """)) {
            assertThat(stand.run("")).isInstanceOf(Reply.Ok.class);
            assertThat(stand.log()).singleElement().asString().contains("bad listener");
        }
    }

    @Test
    void fetchRejectsWithTheReasonItWasAbortedFor() {
        try (ScriptStand stand = running("""
            const names = [];
            const failed = (error) => names.push(error.name ?? error);
            await fetch('https://example.org/', { signal: AbortSignal.abort() }).catch(failed);
            const controller = new AbortController();
            const made = fetch('https://example.org/', { signal: controller.signal }).catch(failed);
            controller.abort('enough');
            await made;
            await fetch('https://example.org/', { signal: AbortSignal.timeout(1) }).catch(failed);
            return names.join();
            """)) {
            assertThat(stand.answerTo("")).isEqualTo("AbortError,enough,TimeoutError");
            assertThat(stand.ops()).containsExactly("http.fetch", "http.fetch");
        }
    }

    // ---- Events ------------------------------------------------------------------------------------------------

    @Test
    void anInboundEventGoesToTheActionOfItsName() {
        try (ScriptStand stand = new ScriptStand("""
            const seen = [];
            cloche.on('published', (value, { name, kind, source }) => {
              seen.push(`${kind} ${name} ${value.id} of ${source}`);
            });
            cloche.command('main', async () => {
              await cloche.hostcall('publish');
              seen.push('answered');
              await new Promise((resolve) => setTimeout(resolve, 1));
              return seen.join();
            });\
            """, System::nanoTime, "published")) {
            List<Delivery> deliveries = new ArrayList<>();
            List<EventSink> sinks = new ArrayList<>();
            stand.does("publish", () -> {
                EventSink sink = stand.isolate().events();
                sinks.add(sink);
                for (String name : List.of("published", "unheard")) {
                    deliveries.add(sink.deliver(name, "shop", Payload.text("{\"id\":7}")));
                }
            });
            for (int call = 1; call <= 2; call++) {
                assertThat(stand.answerTo("")).endsWith("answered,event published 7 of shop");
                assertThat(deliveries).hasSize(2 * call).containsOnly(Delivery.TAKEN);
                assertThat(sinks.getFirst().deliver("published", "shop", Payload.EMPTY))
                        .as("the call is over")
                        .isEqualTo(Delivery.ENDED);
            }
        }
    }

    // ---- Traces ------------------------------------------------------------------------------------------------

    private static final String TRACED = """
        cloche.command('main', async (input) => {
          const timer = setTimeout(() => {}, 1e6);
          const made = [cloche.hostcall('a', { input: input.text() }), cloche.hostcall('b')];
          await cloche.hostcall('answer');
          await Promise.all(made);
          clearTimeout(timer);
          return 'done';
        });\
        """;

    @Test
    void theSameCallHasTheSameTraceInWhateverIsolate() throws SnapshotRefusedException {
        try (ScriptStand stand = new ScriptStand(TRACED)) {
            List<Long> hashes = new ArrayList<>();
            int[] made = {0};
            stand.does("answer", () -> {
                stand.answer(made[0] + 1, ScriptStand.json("1"));
                stand.answer(made[0], ScriptStand.json("2"));
                made[0] += 2;
            });
            ScriptIsolate booted = stand.boot();
            ScriptIsolate stamped = stand.stamp();
            for (ScriptIsolate isolate : List.of(booted, booted, stamped, stamped, stand.stamp())) {
                assertThat(stand.run(isolate, "x")).isInstanceOf(Reply.Ok.class);
                hashes.add(isolate.scheduler().traceHash());
                isolate.reset();
            }
            assertThat(hashes).hasSize(5).containsOnly(hashes.getFirst());
            assertThat(stand.run(stamped, "y")).isInstanceOf(Reply.Ok.class);
            assertThat(stamped.scheduler().traceHash()).as("another request").isNotEqualTo(hashes.getFirst());
        }
    }

    @Test
    void answersInAnotherOrderHaveAnotherTrace() {
        List<Long> hashes = new ArrayList<>();
        for (int first : new int[] {0, 1, 0}) {
            try (ScriptStand stand = new ScriptStand(TRACED.replace(
                    "await cloche.hostcall('answer');",
                    "await cloche.hostcall('answer'); await cloche.hostcall('other');"))) {
                stand.does("answer", () -> stand.answer(first, ScriptStand.json("1")));
                stand.does("other", () -> stand.answer(1 - first, ScriptStand.json("1")));
                assertThat(stand.answerTo("")).isEqualTo("done");
                hashes.add(stand.isolate().scheduler().traceHash());
            }
        }
        assertThat(hashes.get(0)).isEqualTo(hashes.get(2)).isNotEqualTo(hashes.get(1));
    }
}
