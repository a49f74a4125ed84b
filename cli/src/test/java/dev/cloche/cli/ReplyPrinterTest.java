package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReplyPrinterTest {
    private static final Call COMMAND = Call.of("garden", Entry.command("plant"), Payload.EMPTY);
    private static final Call TOOL = Call.of("garden", Entry.tool("water"), Payload.EMPTY);

    private final Session session = Session.interactive();

    /// Each kind of failed reply: exit status, sentence, JSON.
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        new Reply.GuestError("TypeError", "no soil\nat all", "main.js:3"),
                        1,
                        "garden answered with an error: TypeError: no soil",
                        """
                        {"status":"guest_error","code":"TypeError","message":"no soil\\nat all","stack":"main.js:3"}
                        """),
                Arguments.of(new Reply.Denied("global", "not here"), 3, "garden was denied the call: not here", """
                        {"status":"denied","rule":"global","message":"not here"}
                        """),
                Arguments.of(
                        new Reply.Trapped(TrapKind.UNREACHABLE, "fell", "f0"),
                        4,
                        "garden was stopped (unreachable): fell",
                        """
                        {"status":"trapped","kind":"unreachable","message":"fell","stack":"f0"}
                        """),
                Arguments.of(
                        new Reply.TimedOut(Duration.ofSeconds(5), "still growing"),
                        5,
                        "garden ran out of time: still growing",
                        """
                        {"status":"timed_out","message":"still growing","limitMillis":5000}
                        """),
                Arguments.of(
                        new Reply.Exhausted(Budget.MEMORY, 1024, "too large"),
                        5,
                        "garden ran out of memory: too large",
                        """
                        {"status":"exhausted","budget":"memory","message":"too large","limit":1024}
                        """),
                Arguments.of(
                        new Reply.Rejected(Reply.RejectReason.INVALID_PAYLOAD, "not JSON"),
                        6,
                        "garden did not take the call (invalid_payload): not JSON",
                        """
                        {"status":"rejected","reason":"invalid_payload","message":"not JSON"}
                        """),
                Arguments.of(
                        new Reply.Unavailable(Reply.UnavailableReason.UNKNOWN_EXTENSION, "no garden"),
                        6,
                        "no garden",
                        """
                        {"status":"unavailable","reason":"unknown_extension","message":"no garden"}
                        """));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsOneSentenceAndItsExitStatus(Reply reply, int status, String sentence, String json) {
        assertThat(new ReplyPrinter(session.terminal(), false).print(COMMAND, reply))
                .isEqualTo(status);
        assertThat(session.err()).isEqualTo("cloche: " + sentence + "\n");
        assertThat(session.out()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void asJsonAFailureIsOneObject(Reply reply, int status, String sentence, String json) {
        assertThat(new ReplyPrinter(session.terminal(), false).printJson(COMMAND, reply, null))
                .isEqualTo(status);
        assertThat(session.out()).isEqualTo(json);
        assertThat(session.err()).isEmpty();
    }

    @Test
    void anAnswerIsWrittenAsItsBytes() {
        byte[] bytes = {0, -1, 27, 10};
        int status = new ReplyPrinter(session.terminal(), false).print(COMMAND, new Reply.Ok(Payload.copyOf(bytes)));
        assertThat(status).isEqualTo(ExitStatus.OK);
        assertThat(session.outBytes()).isEqualTo(bytes);
    }

    @Test
    void asJsonATextIsAString() {
        assertThat(json(COMMAND, Payload.text("<p>ä</p>\n")))
                .isEqualTo("{\"status\":\"ok\",\"encoding\":\"text\",\"output\":\"<p>ä</p>\\n\"}\n");
    }

    @Test
    void asJsonTheAnswerOfACommandIsNeverTakenForJson() {
        assertThat(json(COMMAND, Payload.text("1")))
                .isEqualTo("{\"status\":\"ok\",\"encoding\":\"text\",\"output\":\"1\"}\n");
    }

    @Test
    void asJsonTheAnswerOfAToolGoesInAsAValueOnTheSameLine() {
        String answer = """
                {
                \t"n": [1.10, 1e400, -0],\r
                  "s": "a \\"b\\" \\\\", "t\\n ": "\\ud800"
                }
                """;
        assertThat(json(TOOL, Payload.text(answer))).isEqualTo("""
                {"status":"ok","encoding":"json","output":{"n":[1.10,1e400,-0],"s":"a \\"b\\" \\\\","t\\n ":"\\ud800"}}
                """);
    }

    @Test
    void asJsonAToolThatDoesNotAnswerJsonCannotBreakTheObject() {
        assertThat(json(TOOL, Payload.text("1}, {\"a\": 2")))
                .isEqualTo("{\"status\":\"ok\",\"encoding\":\"text\",\"output\":\"1}, {\\\"a\\\": 2\"}\n");
    }

    @Test
    void asJsonBytesThatAreNotTextAreInBase64() {
        assertThat(json(COMMAND, Payload.copyOf(new byte[] {-1, -2})))
                .isEqualTo("{\"status\":\"ok\",\"encoding\":\"base64\",\"output\":\"//4=\"}\n");
    }

    @Test
    void verboseShowsTheWholeMessageAndTheStack() {
        Reply reply = new Reply.GuestError("Error", "no soil\nat all", "main.js:3");
        new ReplyPrinter(session.terminal(), true).print(COMMAND, reply);
        assertThat(session.err()).isEqualTo("""
                        cloche: garden answered with an error: Error: no soil
                          no soil
                          at all
                          main.js:3
                        """);
    }

    private String json(Call call, Payload payload) {
        new ReplyPrinter(session.terminal(), false).printJson(call, new Reply.Ok(payload), null);
        return session.out();
    }
}
