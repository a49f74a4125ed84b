package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.pool.RetireReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An extension that is replaced or removed lets its calls end for a while, and stops them then.
@Timeout(60)
class RetiredExtensionTest {
    private static final String LONG = ",\"limits\":{\"timeout\":\"60s\",\"fuel\":10000000000000}";

    static Stream<Bundle> endless() {
        return Stream.of(
                Bundles.wasm(
                        WasmBuilder.guest(code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0))
                                .build(),
                        LONG),
                Bundles.script("cloche.command('main', () => { while (true); })", LONG),
                Bundles.script("cloche.command('main', () => new Promise((done) => setTimeout(done, 60000)))", LONG));
    }

    @ParameterizedTest
    @MethodSource("endless")
    void whatStillRunsAtTheDeadlineIsStopped(Bundle bundle) throws Exception {
        try (var extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(bundle);
            Call call = Call.of("test", Entry.command("main"), Payload.EMPTY)
                    .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(60)));
            var reply = new CompletableFuture<Reply>();
            Thread.ofPlatform().start(() -> reply.complete(extensions.call(extension, call)));
            while (extension.poolStats().inUse() == 0) {
                Thread.onSpinWait();
            }
            extensions.retire(extension, Duration.ofMillis(50));
            assertThat(reply.get(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Reply.Trapped.class,
                            trapped -> assertThat(trapped.kind()).isEqualTo(TrapKind.CANCELLED));
            assertThat(extension.poolStats().live()).isZero();
            assertThat(extension.poolStats().inUse()).isZero();
        }
    }

    @Test
    void whatEndsInTimeIsAnswered() throws Exception {
        try (var extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(Bundles.script(
                    "cloche.command('main', () => new Promise((done) => setTimeout(() => done('late'), 300)))"));
            var reply = new CompletableFuture<Reply>();
            Thread.ofPlatform().start(() -> reply.complete(extensions.call(extension, "")));
            while (extension.poolStats().inUse() == 0) {
                Thread.onSpinWait();
            }
            extensions.retire(extension, Duration.ofSeconds(20));
            assertThat(reply.get(10, TimeUnit.SECONDS).payloadOrThrow().text()).isEqualTo("late");
            assertThat(extension.poolStats().retired()).containsEntry(RetireReason.RELOAD, 1L);
            assertThat(extensions.call(extension, "")).isInstanceOf(Reply.Unavailable.class);
        }
    }
}
