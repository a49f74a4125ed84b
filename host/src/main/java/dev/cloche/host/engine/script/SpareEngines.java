package dev.cloche.host.engine.script;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.memory.Memories;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Booted engines kept for scripts that have no snapshot yet. Safe for use by many threads.
public final class SpareEngines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpareEngines.class);

    private final int wanted;
    private final EngineClocks clocks;
    private final Memories memories;
    private final GuestThreads threads;
    private final ConcurrentLinkedDeque<BootedEngine> spares = new ConcurrentLinkedDeque<>();

    /// Spares that are there or being booted: never more than wanted.
    private final AtomicInteger count = new AtomicInteger();

    private volatile boolean closed;

    /// @param wanted how many are kept
    public SpareEngines(int wanted, EngineClocks clocks, Memories memories, GuestThreads threads) {
        this.wanted = wanted;
        this.clocks = clocks;
        this.memories = memories;
        this.threads = threads;
    }

    /// Boots what is missing, on guest threads.
    public void refill() {
        while (!closed && count.getAndUpdate(n -> Math.min(n + 1, wanted)) < wanted) {
            try {
                threads.execute(this::bootOne);
            } catch (RejectedExecutionException _) {
                count.decrementAndGet();
                return;
            }
        }
    }

    private void bootOne() {
        try {
            spares.addLast(BootedEngine.boot(clocks, memories, Limits.DEFAULT_MEMORY_BYTES));
        } catch (RuntimeException | StackOverflowError e) {
            count.decrementAndGet();
            LOG.warn("engine: a script engine could not be booted ahead", e);
        }
        if (closed) {
            close();
        }
    }

    /// A spare, if there is one with this much memory. Another one is booted in its place.
    Optional<BootedEngine> take(long memoryBytes) {
        if (memoryBytes != Limits.DEFAULT_MEMORY_BYTES) {
            return Optional.empty();
        }
        BootedEngine spare = spares.pollFirst();
        if (spare == null) {
            return Optional.empty();
        }
        count.decrementAndGet();
        refill();
        return Optional.of(spare);
    }

    /// How many are ready.
    public int ready() {
        return spares.size();
    }

    /// How many are kept.
    public int wanted() {
        return wanted;
    }

    @Override
    public void close() {
        closed = true;
        for (BootedEngine spare = spares.pollFirst(); spare != null; spare = spares.pollFirst()) {
            spare.close();
        }
    }
}
