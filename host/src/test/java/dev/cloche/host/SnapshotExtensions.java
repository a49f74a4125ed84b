package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryFigures;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.frame.Lineage;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.LogRequest;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Extensions without the host around them: what a test wants to know of how isolates are made, a host does not tell.
final class SnapshotExtensions implements AutoCloseable {
    private static final long RETIRE_NANOS = Duration.ofSeconds(5).toNanos();

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicLong hostcalls = new AtomicLong();
    private final List<Extension> loaded = new CopyOnWriteArrayList<>();
    private final ContentCache cache;
    private final Engines engines;
    private final ExtensionLoader loader;

    /// @param cache the folder of the cache; null for none
    SnapshotExtensions(MemorySetting kind, @Nullable Path cache) {
        this(kind, cache, 0);
    }

    /// @param scriptPrewarm how many script engines are booted ahead
    SnapshotExtensions(MemorySetting kind, @Nullable Path cache, int scriptPrewarm) {
        this.cache = cache == null
                ? ContentCache.off(Path.of("off"), "a test", Clock.systemUTC())
                : ContentCache.at(cache, ContentCache.BYTES_MAX_DEFAULT, Clock.systemUTC());
        this.engines = Engines.start(
                new EngineClocks(Clock.systemUTC(), System::nanoTime, new SecureRandom()),
                Memories.of(kind),
                this.cache,
                scriptPrewarm);
        this.loader = new ExtensionLoader(engines, HostVersion.RELEASE, LimitRequests.NONE);
    }

    Engines engines() {
        return engines;
    }

    Extension load(Bundle bundle) {
        Extension extension = loader.load(bundle, new CountingPort(), Map::of);
        loaded.add(extension);
        return extension;
    }

    /// What guests logged.
    List<String> log() {
        return log;
    }

    ContentCache cache() {
        return cache;
    }

    MemoryFigures figures() {
        return engines.memories().figures();
    }

    Reply call(Extension extension, String input) {
        return call(
                extension,
                Call.of(extension.id(), Entry.command("main"), Payload.text(input))
                        .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(10))));
    }

    Reply call(Extension extension, Call call) {
        return extension.call(
                call,
                1,
                engines.clocks().nanoClock().getAsLong(),
                Lineage.NONE,
                Extension.Placement.CALLER,
                engines.threads());
    }

    String answer(Extension extension, String input) {
        return call(extension, input).payloadOrThrow().text();
    }

    /// The same, for answers that are no text.
    byte[] bytes(Extension extension, String input) {
        return call(extension, input).payloadOrThrow().toByteArray();
    }

    /// The same with little patience for its calls.
    void retire(Extension extension, Duration patience) {
        extension.retire(engines.clocks().nanoClock().getAsLong() + patience.toNanos(), true);
    }

    /// Ends an extension as a host does that removes it.
    void retire(Extension extension) {
        extension.retire(engines.clocks().nanoClock().getAsLong() + RETIRE_NANOS, false);
    }

    /// Closes all extensions and asserts that nothing is left of them.
    @Override
    public void close() {
        loaded.forEach(Extension::close);
        engines.close();
        MemoryFigures left = figures();
        assertThat(left.live()).as("memories left").isZero();
        assertThat(left.quarantined()).as("memories in quarantine").isZero();
        assertThat(left.images()).as("images left").isZero();
        assertThat(left.imageBytes()).as("bytes of images left").isZero();
        assertThat(left.reservedBytes()).as("address space left").isZero();
    }

    /// Keeps log lines, and answers everything else with how many hostcalls there have been.
    private final class CountingPort implements HostcallPort, HostcallChannel {
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
            if (hostcall.op().name().equals(LogRequest.OP)) {
                log.add(hostcall.request().text());
                return new Outcome.Ok(Payload.text("{}"));
            }
            return new Outcome.Ok(Payload.text("{\"value\":" + hostcalls.incrementAndGet() + "}"));
        }

        @Override
        public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
            return begin(hostcall);
        }
    }
}
