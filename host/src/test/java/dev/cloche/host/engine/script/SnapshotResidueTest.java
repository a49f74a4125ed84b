package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What one lease of a script leaves in its isolate's memory, looked for byte by byte after a reset.
@Timeout(60)
class SnapshotResidueTest {
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
    private static final String SECRET = "the-secret-of-one-lease";

    /// Keeps what it is given in every way it knows, and asks the host, whose answer has the secret too.
    private static final String SOURCE = """
            const kept = [];
            const map = new Map();
            cloche.command('main', async (input) => {
              const secret = input.text();
              kept.push(secret, secret.split('').join('-'), [...secret].map((c) => c.charCodeAt(0)));
              map.set(secret, new TextEncoder().encode(secret));
              globalThis[secret] = new RegExp(secret);
              kept.push(new Uint8Array(1 << 17).map((_, i) => secret.charCodeAt(i % secret.length)));
              setTimeout(() => secret, 1e6);
              cloche.kv.get(secret).then((value) => kept.push(value));
              kept.push(await cloche.kv.get(secret), new Error(secret), Symbol.for(secret));
              return kept.length;
            });
            """;

    private static final class Echo implements HostcallPort, HostcallChannel {
        @Override
        public OpRef resolve(String op) {
            return OpRef.unknown(op);
        }

        @Override
        public HostcallChannel open() {
            return this;
        }

        @Override
        public void close() {}

        @Override
        public Progress begin(Hostcall hostcall) {
            return new Outcome.Ok(Payload.text("{\"value\":\"" + SECRET + "\"}"));
        }

        @Override
        public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
            return begin(hostcall);
        }
    }

    private static Bundle bundle() {
        String manifest =
                "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"test\",\"version\":\"1.0.0\",\"kind\":\"script\","
                        + "\"entry\":\"main.js\",\"contributes\":{\"commands\":[{\"name\":\"main\"}]}}";
        return BundleReader.of(
                "test",
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", SOURCE.getBytes(StandardCharsets.UTF_8)));
    }

    private static Reply run(ScriptIsolate isolate) {
        long now = System.nanoTime();
        return isolate.run(new Invocation(
                new Frame(1, "test", Entry.command("main"), HOUR_NANOS, now + HOUR_NANOS),
                Payload.text(SECRET),
                Long.MAX_VALUE));
    }

    private static byte[] content(ScriptIsolate isolate) {
        LinearMemory memory = isolate.js().memory();
        memory.enter();
        try {
            return memory.readBytes(0, (int) memory.length());
        } finally {
            memory.exit();
        }
    }

    private static boolean contains(byte[] content, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + wanted.length <= content.length; at++) {
            if (content[at] == wanted[0] && Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aResetLeavesTheMemoryAsItWasStamped(MemorySetting kind) throws SnapshotRefusedException {
        try (Watchdog watchdog = new Watchdog(System::nanoTime, ExecutionPermits.ofMachine());
                GuestThreads threads = new GuestThreads();
                Wakeups wakeups = new Wakeups()) {
            Bundle bundle = bundle();
            Memories memories = Memories.of(kind);
            var clocks = new EngineClocks(Clock.systemUTC(), System::nanoTime, new SecureRandom());
            var factory = new ScriptIsolateFactory(
                    "test",
                    new ScriptCode(bundle, Limits.of(bundle.manifest().limits())),
                    new Echo(),
                    memories,
                    watchdog,
                    threads,
                    wakeups,
                    new SpareEngines(0, clocks, memories, threads),
                    clocks);
            ScriptIsolate booted = (ScriptIsolate) factory.boot(System.nanoTime() + HOUR_NANOS);
            Snapshot snapshot = factory.capture(booted, System.nanoTime() + HOUR_NANOS);
            booted.close();
            ScriptIsolate isolate = ScriptIsolate.stamp(factory, snapshot);
            byte[] pristine = content(isolate);
            for (int lease = 0; lease < 4; lease++) {
                assertThat(run(isolate)).as("lease " + lease).isInstanceOf(Reply.Ok.class);
                assertThat(contains(content(isolate), SECRET))
                        .as("the scan finds what is there")
                        .isTrue();
                assertThat(isolate.reset()).isTrue();
                byte[] after = content(isolate);
                assertThat(contains(after, SECRET)).as("lease " + lease).isFalse();
                assertThat(Arrays.mismatch(after, pristine))
                        .as("lease " + lease)
                        .isEqualTo(-1);
            }
            ScriptIsolate fresh = ScriptIsolate.stamp(factory, snapshot);
            assertThat(Arrays.mismatch(content(fresh), pristine)).isEqualTo(-1);
            fresh.close();
            isolate.close();
            assertThat(isolate.reset()).as("closed").isFalse();
            snapshot.close();
            assertThat(factory.memories().figures().images()).isZero();
            assertThat(factory.memories().figures().live()).isZero();
        }
    }
}
