package dev.cloche.host.engine.script;

import static dev.cloche.host.engine.script.ScriptStand.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Reply;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.SchedulerLimits;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams as a script sees them: chunks, their ends, giving them up, the memory they take.
@Timeout(60)
class ScriptStreamTest {
    private static final String READ_ALL = """
        const seen = [];
        const decoder = new TextDecoder();
        try {
          for await (const chunk of cloche.stream('lines', { n: 3 })) {
            seen.push(decoder.decode(chunk));
            await cloche.hostcall('read');
          }
          seen.push('end');
        } catch (error) {
          seen.push(`${error.name} ${error.code} ${error.message}`);
        }
        return seen.join('|');
        """;

    private static ScriptStand reading(Outcome... outcomes) {
        return running(READ_ALL).does("read", () -> {}).op("lines", (hostcall, completion) -> {
            for (Outcome outcome : outcomes) {
                completion.accept(outcome);
            }
        });
    }

    private static Outcome chunk(long number, String text) {
        return ScriptStand.chunk(number, text, false);
    }

    @Test
    void aStreamGivesItsChunksInOrder() {
        try (ScriptStand stand = reading(chunk(0, "a"), chunk(1, "b"), ScriptStand.chunk(2, "c", true))) {
            assertThat(stand.answerTo("")).isEqualTo("a|b|c|end");
            assertThat(stand.ops()).containsExactly("lines", "read", "read", "read");
        }
    }

    @Test
    void anEmptyLastChunkIsNotGiven() {
        try (ScriptStand stand = reading(chunk(0, "a"), ScriptStand.chunk(1, "", true))) {
            assertThat(stand.answerTo("")).isEqualTo("a|end");
        }
        try (ScriptStand stand = reading(ScriptStand.chunk(0, "", true))) {
            assertThat(stand.answerTo("")).isEqualTo("end");
        }
    }

    @Test
    void anOperationThatDoesNotStreamGivesOneChunk() {
        try (ScriptStand stand = reading(ScriptStand.json("{}"))) {
            assertThat(stand.answerTo("")).isEqualTo("{}|end");
        }
    }

    @Test
    void aStreamWithAGapEndsWithAnError() {
        try (ScriptStand stand = reading(chunk(0, "a"), chunk(2, "c"), ScriptStand.chunk(3, "d", true))) {
            assertThat(stand.answerTo(""))
                    .isEqualTo(
                            "a|HostcallError internal lines: chunk missing; the stream ends here, expected=1 came=2");
            assertThat(stand.stats().gaps()).isEqualTo(1);
            assertThat(stand.stats().late()).isEqualTo(1);
        }
    }

    @Test
    void aStreamThatIsDeniedEndsWithAnError() {
        try (ScriptStand stand = reading(new Outcome.Denied(Outcome.DeniedCode.POLICY, "no", Map.of("rule", "x")))) {
            assertThat(stand.answerTo("")).isEqualTo("HostcallError policy lines: no");
        }
    }

    @Test
    void moreChunksThanThereIsRoomForEndTheStream() {
        Outcome[] flood = new Outcome[SchedulerLimits.DEFAULT_CHUNKS + 5];
        for (int i = 0; i < flood.length; i++) {
            flood[i] = chunk(i, "x");
        }
        try (ScriptStand stand = reading(flood)) {
            assertThat(stand.answerTo(""))
                    .startsWith("x|x|x|")
                    .endsWith("|HostcallError internal lines: more chunks came than there is room for, chunks=256"
                            + " bytes=4194304");
            assertThat(stand.stats().refused()).isEqualTo(5);
        }
    }

    @Test
    void aHostcallWhoseAnswerComesInChunksSaysHowToAskForIt() {
        try (ScriptStand stand = running(
                        "const { code, message } = await cloche.hostcall('lines'); return code + message")
                .op("lines", (hostcall, completion) -> completion.accept(chunk(0, "a")))) {
            assertThat(stand.answerTo("")).isEqualTo("unsupportedits answer comes in chunks; use cloche.stream");
        }
    }

    @Test
    void leavingAStreamGivesItUp() {
        try (ScriptStand stand = running("""
            for await (const chunk of cloche.stream('lines')) break;
            await cloche.hostcall('more');
            await new Promise((resolve) => setTimeout(resolve, 1));
            const again = cloche.stream('lines');
            await again.return(4);
            return JSON.stringify(await again.next());
            """)) {
            stand.op("lines", (hostcall, completion) -> {
                completion.accept(chunk(0, "a"));
                stand.op("more", (made, answer) -> {
                    completion.accept(chunk(1, "b"));
                    answer.accept(ScriptStand.json("1"));
                });
            });
            assertThat(stand.answerTo("")).isEqualTo("{\"done\":true}");
            assertThat(stand.cancelled()).containsExactly("lines", "lines");
            assertThat(stand.stats().cancelled()).isEqualTo(2);
            assertThat(stand.stats().late()).isEqualTo(2);
        }
    }

    @Test
    void abortingAStreamRejectsWithTheReason() {
        try (ScriptStand stand =
                running("""
            const controller = new AbortController();
            const stream = cloche.stream('lines', {}, { signal: controller.signal });
            const seen = [(await stream.next()).value.length];
            const asked = stream.next().catch((error) => seen.push(error.name));
            controller.abort();
            await asked;
            seen.push((await stream.next()).done);
            for await (const _ of cloche.stream('lines', {}, { signal: AbortSignal.timeout(1) }));
            """).op("lines", (hostcall, completion) -> completion.accept(chunk(0, "abc")))) {
            assertThat(stand.run(""))
                    .isInstanceOfSatisfying(
                            Reply.GuestError.class,
                            error -> assertThat(error.code()).isEqualTo("TimeoutError"));
            assertThat(stand.stats().cancelled()).isEqualTo(2);
        }
    }

    @Test
    void chunksCanBeAskedForAllAtOnce() {
        try (ScriptStand stand = running("""
            const stream = cloche.stream('lines');
            const asked = [stream.next(), stream.next(), stream.next()];
            await cloche.hostcall('send');
            return (await Promise.all(asked)).map(({ value, done }) => `${value} ${done}`).join();
            """)) {
            stand.does("send", () -> {
                stand.answer(0, chunk(0, "A"));
                stand.answer(0, ScriptStand.chunk(1, "B", true));
            });
            assertThat(stand.answerTo("")).isEqualTo("65 false,66 false,undefined true");
        }
    }

    @Test
    void aStreamEndsWithItsCall() {
        try (ScriptStand stand = new ScriptStand("""
            let kept;
            cloche.command('main', async () => {
              if (kept !== undefined) {
                const mine = cloche.stream('lines');
                return kept.next().catch((error) => error.message);
              }
              kept = cloche.stream('lines');
            });\
            """)) {
            assertThat(stand.answerTo("")).isEmpty();
            stand.answer(0, chunk(0, "late"));
            assertThat(stand.answerTo("")).isEqualTo("lines: the call that opened this stream has ended");
        }
    }

    @Test
    void aStreamThatNobodyReadsKeepsNoCallWaiting() {
        try (ScriptStand stand = running("cloche.stream('lines'); await new Promise(() => {});")) {
            assertThat(stand.run(""))
                    .isInstanceOfSatisfying(
                            Reply.GuestError.class,
                            error -> assertThat(error.code()).isEqualTo("NeverSettles"));
        }
    }

    @Test
    void chunksThatWaitCountToTheIsolatesMemory() {
        String text = "x".repeat(16 << 10);
        AtomicLong waiting = new AtomicLong();
        try (ScriptStand stand = running("""
            const stream = cloche.stream('lines');
            await cloche.hostcall('look');
            let bytes = 0;
            for await (const chunk of stream) bytes += chunk.length;
            return bytes;
            """)) {
            stand.op("lines", (hostcall, completion) -> {
                for (int i = 0; i < 200; i++) {
                    completion.accept(ScriptStand.chunk(i, text, i == 199));
                }
            });
            long before = stand.isolate().memoryBytes();
            stand.does("look", () -> waiting.set(stand.isolate().memoryBytes()));
            assertThat(stand.answerTo("")).isEqualTo(String.valueOf(200 << 14));
            assertThat(waiting.get() - before).isGreaterThan((200 << 14) - (256 << 10));
        }
    }
}
