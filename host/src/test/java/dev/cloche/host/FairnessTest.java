package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Guests that spin for as long as they may leave room for others, on every kind of thread.
@Timeout(120)
class FairnessTest {
    private static final int SPINNERS = 8;
    private static final byte[] ENDLESS = code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0);

    @TempDir
    Path home;

    private Host host;
    private final Semaphore calling = new Semaphore(0);
    private final List<CompletableFuture<Reply>> spinning = new ArrayList<>();

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
        host.load(bundle("spinner", "wasm", WasmBuilder.guest(ENDLESS).build()));
        host.load(bundle("quick", "wasm", WasmBuilder.guest(code(0x41, 0)).build()));
        host.load(bundle(
                "script",
                "script",
                "cloche.command('main', () => { let s = 0; for (let i = 0; i < 10000; i++) s += i; return s })"
                        .getBytes(StandardCharsets.UTF_8)));
        host.load(bundle(
                "script-spinner",
                "script",
                "cloche.command('main', () => { for (;;); })".getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle bundle(String name, String kind, byte[] code) {
        String manifest = """
                {"apiVersion": "cloche.dev/v1", "name": "%s", "version": "1.0.0", "kind": "%s", "entry": "main",
                 "contributes": {"commands": [{"name": "main"}]}, "pool": {"max": 16, "acquire-timeout": "30s"},
                 "limits": {"timeout": "1m", "fuel": 10000000000000}}""".formatted(name, kind);
        return BundleReader.of(name, Map.of("cloche.json", manifest.getBytes(StandardCharsets.UTF_8), "main", code));
    }

    private Reply call(String extension, Duration timeout) {
        return host.call(Call.of(extension, Entry.command("main"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(timeout)));
    }

    private void spin(String extension, boolean virtual, Duration timeout) {
        var reply = new CompletableFuture<Reply>();
        spinning.add(reply);
        Runnable task = () -> {
            calling.release();
            reply.complete(call(extension, timeout));
        };
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
    }

    /// Those on platform threads have come to their call; others may not even start yet.
    private void awaitSpinning() throws InterruptedException {
        calling.acquire(spinning.size() / 2);
        for (int i = 0; i < 20; i++) {
            assertThat(call("quick", Duration.ofSeconds(5))).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"platform,spinner", "virtual,spinner", "both,spinner", "both,script-spinner"})
    void aShortCallAnswersBesideEightThatSpin(String threads, String spinner) throws Exception {
        for (int i = 0; i < SPINNERS; i++) {
            spin(spinner, threads.equals("virtual") || (threads.equals("both") && i % 2 == 0), Duration.ofSeconds(8));
        }
        awaitSpinning();
        for (String extension : List.of("quick", "script")) {
            assertThat(call(extension, Duration.ofSeconds(5))).as(extension).isInstanceOf(Reply.Ok.class);
            var onVirtual = new CompletableFuture<Reply>();
            Thread.ofVirtual().start(() -> onVirtual.complete(call(extension, Duration.ofSeconds(5))));
            assertThat(onVirtual.get(7, TimeUnit.SECONDS))
                    .as(extension + " from a new virtual thread")
                    .isInstanceOf(Reply.Ok.class);
        }
        for (CompletableFuture<Reply> each : spinning) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Reply.TimedOut.class);
        }
    }

    @Test
    void aCallWhoseTurnDoesNotComeInTimeLeavesItsIsolateAsItWas() throws Exception {
        for (int i = 0; i < 64; i++) {
            spin(i % 2 == 0 ? "spinner" : "script-spinner", false, Duration.ofSeconds(3));
        }
        awaitSpinning();
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(call("quick", Duration.ofMillis(3)));
        }
        assertThat(replies)
                .allMatch(reply -> reply instanceof Reply.Ok
                        || reply instanceof Reply.TimedOut
                        || reply instanceof Reply.Rejected);
        for (CompletableFuture<Reply> each : spinning) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isInstanceOfAny(Reply.TimedOut.class, Reply.Rejected.class);
        }
        assertThat(call("quick", Duration.ofSeconds(5))).isInstanceOf(Reply.Ok.class);
    }

    @Test
    void aHostThatClosesDoesNotWaitForGuestsThatWaitForTheirTurn() throws Exception {
        for (int i = 0; i < SPINNERS; i++) {
            spin("spinner", i % 2 == 0, Duration.ofSeconds(50));
        }
        awaitSpinning();
        long start = System.nanoTime();
        host.close();
        for (CompletableFuture<Reply> each : spinning) {
            assertThat(each.get(15, TimeUnit.SECONDS)).isInstanceOfAny(Reply.Rejected.class, Reply.Unavailable.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
}
