package dev.cloche.host;

import dev.cloche.host.placement.Placement;
import dev.cloche.host.placement.Topology;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ServiceThreads;
import dev.cloche.host.system.SystemFiles;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The reactor of one host and the threads it works on. Safe for use by many threads.
final class ReactorThreads implements AutoCloseable {
    private final ServiceThreads services;
    private final @Nullable ThreadPoolExecutor dispatcher;
    private final Reactor reactor;
    private final AtomicReferenceArray<@Nullable String> bindings;

    private ReactorThreads(ReactorConfig config, LongSupplier nanoClock) {
        this.services = new ServiceThreads(Runtime.getRuntime().availableProcessors());
        this.bindings = new AtomicReferenceArray<>(config.shards());
        if (config.affinity() == ReactorConfig.Affinity.STRICT) {
            // What a pinned thread starts is pinned as well, carriers of virtual threads included: it starts none.
            ThreadPoolExecutor unpinned = dispatcher();
            this.dispatcher = unpinned;
            Placement placement = config.placement(Topology.read(SystemFiles.OWN));
            this.reactor = Reactor.threaded(
                    config.settings(),
                    task -> unpinned.execute(() -> services.execute(task)),
                    nanoClock,
                    shard -> bindings.set(shard, said(placement.bind(shard))));
        } else {
            this.dispatcher = null;
            this.reactor = Reactor.shared(config.settings(), services, nanoClock);
        }
    }

    /// Starts what the configuration asks for.
    static ReactorThreads start(ReactorConfig config, LongSupplier nanoClock) {
        return new ReactorThreads(config, nanoClock);
    }

    private static ThreadPoolExecutor dispatcher() {
        // What waits here has its place in a lane: the lanes bound it.
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("cloche-dispatch").factory());
        executor.prestartCoreThread();
        return executor;
    }

    private static String said(Placement.Bound bound) {
        return bound.outcome().label() + " core=" + bound.core() + " node=" + bound.node() + " allowed="
                + bound.allowed() + (bound.reason().isEmpty() ? "" : " reason=" + bound.reason());
    }

    Reactor reactor() {
        return reactor;
    }

    /// What became of binding each shard, in order; empty where none was bound.
    List<Optional<String>> bindings() {
        return IntStream.range(0, bindings.length())
                .mapToObj(shard -> Optional.ofNullable(bindings.get(shard)))
                .toList();
    }

    @Override
    public void close() {
        if (dispatcher != null) {
            dispatcher.shutdown();
        }
        services.close();
    }
}
