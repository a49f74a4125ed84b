package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A call has fuel for so much work, and what it used is told.
@Timeout(60)
class FuelTest {
    private static final String WORK =
            "cloche.command('main', (input) => { let s = 0; for (let i = 0; i < 20000; i++) s += i % 7; return s })";

    /// A local counts down from 100,000: `loop (local.tee 4 (local.get 4 - 1)) br_if 0 end; 0`.
    private static final byte[] COUNTDOWN =
            code(0x41, 0xA0, 0x8D, 0x06, 0x21, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x41, 0);

    private static final int ROUNDS = 100_000;

    @TempDir
    Path home;

    private Host host;
    private final List<Usage> usages = new ArrayList<>();

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply call(CallOptions options) {
        return host.call(
                Call.of("test", Entry.command("main"), Payload.text("1")).withOptions(options.withMeter(usages::add)));
    }

    private static Bundle wasm(String members) {
        return Bundles.wasm(WasmBuilder.guest(COUNTDOWN).build(), members);
    }

    private static Bundle bundle(String kind, String members) {
        return kind.equals("wasm") ? wasm(members) : Bundles.script(WORK, members);
    }

    @Test
    void aCallIsChargedItsInstructions() {
        host.load(wasm(""));
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
        // Five instructions a round; a dozen for the rest, `cloche_alloc` included.
        assertThat(usages.getFirst().fuel()).isBetween(5L * ROUNDS, 5L * ROUNDS + 100);
        assertThat(usages.getFirst().time()).isPositive();
    }

    /// `reply(0, 64000)`, after which the guest has nothing more to do: nobody else would look at its fuel.
    @Test
    void whatTheHostCopiesIsChargedThereAndThen() {
        byte[] reply = code(0x41, 0, 0x41, 0x80, 0xF4, 0x03, 0x10, 0, 0x41, 0);
        host.load(Bundles.wasm(WasmBuilder.guest(reply).build()));
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
        assertThat(usages.getLast().fuel()).isBetween(4_000L, 4_300L);
        assertThat(call(CallOptions.DEFAULT.withFuel(3_000)))
                .isInstanceOfSatisfying(
                        Reply.Exhausted.class,
                        exhausted -> assertThat(exhausted.budget()).isEqualTo(Budget.FUEL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wasm", "script"})
    void theSameCallUsesTheSameFuelAndEndsWhereItHasNoMore(String kind) {
        host.load(bundle(kind, ",\"pool\":{\"max-uses\":1}"));
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
        long needed = usages.getLast().fuel();
        assertThat(call(CallOptions.DEFAULT.withFuel(needed))).isInstanceOf(Reply.Ok.class);
        assertThat(usages.getLast().fuel()).isEqualTo(needed);
        Reply short1 = call(CallOptions.DEFAULT.withFuel(needed - 10));
        Reply half = call(CallOptions.DEFAULT.withFuel(needed / 2));
        assertThat(half).isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
            assertThat(exhausted.budget()).isEqualTo(Budget.FUEL);
            assertThat(exhausted.limit()).isEqualTo(needed / 2);
            assertThat(exhausted.message()).contains("fuel=" + needed / 2);
        });
        assertThat(usages.getLast().fuel()).isBetween(needed / 2, needed / 2 + 1_000);
        assertThat(short1).isInstanceOfAny(Reply.Exhausted.class, Reply.Ok.class);
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
        assertThat(usages.getLast().fuel()).isEqualTo(needed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wasm", "script"})
    void aCallCannotHaveMoreThanTheManifestAsksFor(String kind) {
        host.load(bundle(kind, ",\"limits\":{\"fuel\":200000}"));
        assertThat(call(CallOptions.DEFAULT.withFuel(Long.MAX_VALUE)))
                .isInstanceOfSatisfying(
                        Reply.Exhausted.class,
                        exhausted -> assertThat(exhausted.limit()).isEqualTo(200_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for (;;);",
                "return /^(a+)+$/.test('a'.repeat(40) + '!')",
                "return JSON.stringify(Array(3e5).fill('abcdefgh')).length",
                "return Array.from({length: 2e5}, (_, i) => i * 7919 % 100003).sort().length",
                "const f = () => Promise.resolve().then(f); await f()",
                "new Proxy({}, {get: (t, k, p) => p[k]}).a"
            })
    void whateverAScriptDoesUsesFuel(String body) {
        host.load(Bundles.script("cloche.command('main', async () => {" + body + "})", ""));
        assertThat(call(CallOptions.DEFAULT.withFuel(3_000_000).withTimeout(Duration.ofSeconds(9))))
                .isInstanceOfAny(Reply.Exhausted.class, Reply.GuestError.class);
        host.load(Bundles.script(WORK));
        assertThat(call(CallOptions.DEFAULT)).isInstanceOf(Reply.Ok.class);
    }

    @Test
    void fuelThatRunsOutIsAheadOfTheDeadline() {
        host.load(Bundles.script("cloche.command('main', () => { for (;;); })", ",\"limits\":{\"timeout\":\"1h\"}"));
        assertThat(call(CallOptions.DEFAULT.withFuel(50_000_000))).isInstanceOf(Reply.Exhausted.class);
    }

    @Test
    void anInitialisationHasFuelToo() {
        Bundle bundle = Bundles.script(
                "for (;;); cloche.command('main', () => 1)", ",\"limits\":{\"fuel\":1000,\"timeout\":\"1h\"}");
        assertThatThrownBy(() -> host.load(bundle)).hasMessageContaining("fuel=2000000000");
    }

    @Test
    void aMeterThatFailsChangesNothing() {
        host.load(wasm(""));
        Reply reply = host.call(
                Call.of("test", Entry.command("main"), Payload.EMPTY).withOptions(CallOptions.DEFAULT.withMeter(_ -> {
                    throw new IllegalStateException("planted");
                })));
        assertThat(reply).isInstanceOf(Reply.Ok.class);
    }

    @Test
    void whatNeverCameToTheGuestIsNotMetered() {
        host.load(wasm(""));
        Reply reply = host.call(Call.of("test", Entry.command("none"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withMeter(usages::add)));
        assertThat(reply).isInstanceOf(Reply.Unavailable.class);
        assertThat(usages).isEmpty();
    }
}
