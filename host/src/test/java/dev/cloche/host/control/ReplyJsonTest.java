package dev.cloche.host.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.call.Usage;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReplyJsonTest {
    static Stream<Reply> replies() {
        return Stream.of(
                        Stream.of(
                                new Reply.GuestError("TypeError", "no \"soil\"\nat all", "main.js:3"),
                                new Reply.Denied("deny:*", "not here"),
                                new Reply.TimedOut(Duration.ofSeconds(5), "late")),
                        Stream.of(TrapKind.values()).map(kind -> new Reply.Trapped(kind, "fell", "f0")),
                        Stream.of(Budget.values())
                                .map(budget -> new Reply.Exhausted(budget, Long.MAX_VALUE, "all of it")),
                        Stream.of(Reply.RejectReason.values()).map(reason -> new Reply.Rejected(reason, "not now")),
                        Stream.of(Reply.UnavailableReason.values())
                                .map(reason -> new Reply.Unavailable(reason, "gone")))
                .flatMap(replies -> replies);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyIsReadAsItWasWritten(Reply reply) {
        String written = ReplyJson.write(EntryKind.TOOL, reply, null);
        assertThat(ReplyJson.read(written, Payload.EMPTY)).isEqualTo(reply);
        assertThat(ReplyJson.usage(written)).isEmpty();
    }

    @Test
    void whatWasUsedIsReadAsItWasWritten() {
        Usage usage = new Usage(12_345, Duration.ofNanos(6_000), OptionalLong.of(-2));
        String written = ReplyJson.write(EntryKind.COMMAND, new Reply.Ok(Payload.text("a")), usage);
        assertThat(ReplyJson.usage(written)).contains(usage);
        assertThat(ReplyJson.read(written, Payload.text("a"))).isEqualTo(new Reply.Ok(Payload.text("a")));
    }

    @Test
    void theAnswerOfAToolIsAValueOnOneLine() {
        Reply reply = new Reply.Ok(Payload.text("{ \"a b\" :\n 1.50, \"c\\\"\": 1e400 }"));
        assertThat(ReplyJson.write(EntryKind.TOOL, reply, null))
                .isEqualTo("{\"status\":\"ok\",\"encoding\":\"json\",\"output\":{\"a b\":1.50,\"c\\\"\":1e400}}");
    }

    @Test
    void whatIsNoReplyIsRefused() {
        assertThatThrownBy(() -> ReplyJson.read("{\"status\":\"splendid\"}", Payload.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("status=splendid");
        assertThatThrownBy(() -> ReplyJson.read(
                        "{\"status\":\"trapped\",\"kind\":\"new\",\"message\":\"\",\"stack\":\"\"}", Payload.EMPTY))
                .hasMessageContaining("word=new");
    }
}
