package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every way a WebAssembly guest can end has a reply of its own, and the guest answers again afterwards.
class HelloTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    /// What hello's manifest asks for, 16 MiB, in pages of 64 KiB.
    private static final String PAGES_MAX = "256";

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(HostConfig.at(home));
        host.load(Guests.bundle("hello"));
    }

    @AfterEach
    void answersStill() {
        assertThat(hello("hello", "you").payloadOrThrow().text()).isEqualTo("hello, you");
        host.close();
    }

    @Test
    void helloGreets() {
        assertThat(hello("hello", "wörld").payloadOrThrow().text()).isEqualTo("hello, wörld");
        assertThat(hello("hello", "").payloadOrThrow().text()).isEqualTo("hello, ");
    }

    @Test
    void echoAnswersThePayload() {
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 42;
        assertThat(hello("echo", "").payloadOrThrow()).isEqualTo(Payload.EMPTY);
        assertThat(hello("echo", "x").payloadOrThrow().text()).isEqualTo("x");
        assertThat(call("hello", "echo", Payload.wrap(large)).payloadOrThrow()).isEqualTo(Payload.wrap(large));
    }

    @Test
    void failIsAGuestError() {
        assertThat(hello("fail", "")).isEqualTo(new Reply.GuestError("error", "this command always fails", ""));
    }

    @Test
    void trapIsNamed() {
        assertThat(hello("trap", ""))
                .asInstanceOf(type(Reply.Trapped.class))
                .extracting(Reply.Trapped::kind)
                .isEqualTo(TrapKind.UNREACHABLE);
    }

    @Test
    void spinTimesOut() {
        Call spin = Call.of("hello", Entry.command("spin"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(SHORT));
        assertThat(host.call(spin))
                .asInstanceOf(type(Reply.TimedOut.class))
                .extracting(Reply.TimedOut::limit)
                .isEqualTo(SHORT);
    }

    @Test
    void growthEndsAtTheManifestsLimit() {
        assertThat(hello("grow", "").payloadOrThrow().text()).isEqualTo(PAGES_MAX);
    }

    @Test
    void kvIsReachedThroughHostcalls() {
        assertThat(hello("kv", "{\"n\":[1,\"ü\"]}").payloadOrThrow().text())
                .isEqualTo("{\"found\":true,\"value\":{\"n\":[1,\"ü\"]}}");
    }

    @Test
    void failedHostcallReachesTheGuestAsAValue() {
        assertThat(hello("kv", "not json"))
                .asInstanceOf(type(Reply.GuestError.class))
                .extracting(Reply.GuestError::message)
                .asString()
                .contains("invalid_request");
    }

    @Test
    void unknownEntryDoesNotReachTheGuest() {
        assertThat(hello("other", ""))
                .asInstanceOf(type(Reply.Unavailable.class))
                .extracting(Reply.Unavailable::reason)
                .isEqualTo(Reply.UnavailableReason.UNKNOWN_ENTRY);
    }

    @Test
    void blockOutsideMemoryIsAnAbiTrap() {
        host.load(Guests.testBundle("liar"));
        assertAbiTrap(call("liar", "any", Payload.EMPTY));
    }

    @ParameterizedTest
    @CsvSource({"1, unknown status", "2, second reply", "3, reply from outside memory", "4, answer read outside memory"
    })
    void brokenAbiIsATrap(int length, String how) {
        host.load(Guests.testBundle("rogue"));
        assertThat(call("rogue", "break", Payload.EMPTY))
                .as("sound without a fault")
                .isInstanceOf(Reply.Ok.class);
        assertAbiTrap(call("rogue", "break", Payload.wrap(new byte[length])));
        assertThat(call("rogue", "break", Payload.EMPTY))
                .as("sound after " + how)
                .isInstanceOf(Reply.Ok.class);
    }

    private static void assertAbiTrap(Reply reply) {
        assertThat(reply)
                .asInstanceOf(type(Reply.Trapped.class))
                .extracting(Reply.Trapped::kind)
                .isEqualTo(TrapKind.ABI);
    }

    private Reply hello(String command, String payload) {
        return call("hello", command, Payload.text(payload));
    }

    private Reply call(String extension, String command, Payload payload) {
        return host.call(Call.of(extension, Entry.command(command), payload));
    }
}
