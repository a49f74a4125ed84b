package dev.cloche.host.extension;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.frame.Lineage;
import dev.cloche.host.pool.Acquisition;
import dev.cloche.host.pool.IsolatePool;
import dev.cloche.host.pool.Lease;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.pool.RetireReason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loaded bundle: its code, its pool, and the rules for its entries. Safe for use by many threads.
public final class Extension {
    private static final Logger LOG = LoggerFactory.getLogger(Extension.class);

    private final Bundle bundle;
    private final Limits limits;
    private final PayloadRules rules;
    private final StampingFactory factory;
    private final IsolatePool pool;
    private final String tier;
    private final Set<Entry> entries;
    private final LongSupplier nanoClock;

    Extension(
            Bundle bundle,
            Limits limits,
            StampingFactory factory,
            IsolatePool pool,
            String tier,
            LongSupplier nanoClock) {
        this.bundle = bundle;
        this.limits = limits;
        this.rules = new PayloadRules(bundle.manifest(), limits);
        this.factory = factory;
        this.pool = pool;
        this.tier = tier;
        this.nanoClock = nanoClock;
        this.entries = Set.copyOf(bundle.manifest().contributes().entries());
    }

    public String id() {
        return bundle.manifest().name();
    }

    public Manifest manifest() {
        return bundle.manifest();
    }

    public String digest() {
        return bundle.digest();
    }

    /// How the code runs: `compiled`, or what else and why.
    public String tier() {
        return tier;
    }

    /// How its isolates are made.
    public StampingFactory.Making making() {
        return factory.making();
    }

    /// The numbers of its pool at this moment.
    public PoolStats poolStats() {
        return pool.stats();
    }

    /// Changes how many isolates its pool keeps ready, and how many it may have.
    ///
    /// @throws IllegalArgumentException if a pool cannot have these sizes
    public void resize(int min, int max) {
        pool.resize(min, max);
    }

    /// Gives no more leases, waits for those given until the deadline, stops what still runs then, and closes.
    ///
    /// @param replaced whether another version takes its place
    public void retire(long deadlineNanos, boolean replaced) {
        if (!pool.drain(deadlineNanos, replaced ? RetireReason.RELOAD : RetireReason.CLOSE)) {
            LOG.warn("an extension's calls did not end in time and were stopped, extension={}", id());
        }
        close();
    }

    /// Refuses everybody from now on and closes what is idle. Idempotent.
    public void close() {
        pool.close();
        factory.close();
    }

    /// Where a WebAssembly guest runs.
    public enum Placement {
        /// On the thread that makes the call.
        CALLER,
        /// On one of the host's guest threads.
        GUEST_THREAD
    }

    /// Carries a call out.
    ///
    /// @param callId unique within the host
    /// @param nowNanos when the call entered the host, on the host's monotonic clock
    /// @param waiting the threads that wait for the calling one
    public Reply call(
            Call call, long callId, long nowNanos, Lineage waiting, Placement placement, GuestThreads threads) {
        if (!entries.contains(call.entry())) {
            return new Reply.Unavailable(
                    Reply.UnavailableReason.UNKNOWN_ENTRY,
                    "extension '" + id() + "' has no entry " + call.entry() + "; it has " + entries);
        }
        return rules.refusal(call).orElseGet(() -> admitted(call, callId, nowNanos, waiting, placement, threads));
    }

    private Reply admitted(
            Call call, long callId, long nowNanos, Lineage waiting, Placement placement, GuestThreads threads) {
        Duration limit = Duration.ofNanos(limits.timeoutNanos());
        long timeoutNanos = call.options()
                .timeout()
                .filter(asked -> asked.compareTo(limit) < 0)
                .orElse(limit)
                .toNanos();
        long deadlineNanos = nowNanos + timeoutNanos;
        return switch (pool.acquire(deadlineNanos, waiting)) {
            case Acquisition.Rejected rejected -> rejected.reply();
            case Lease lease -> {
                try (lease) {
                    Lineage lineage = waiting.then(Thread.currentThread());
                    Frame frame = new Frame(callId, id(), call.entry(), timeoutNanos, deadlineNanos, lease, lineage);
                    Invocation invocation = new Invocation(frame, call.payload(), fuelOf(call));
                    Reply reply = metered(call, lease.isolate(), invocation, placement, threads);
                    if (!lease.isolate().sound()) {
                        lease.retire(reasonFor(reply));
                    }
                    yield rules.checked(call, reply);
                }
            }
        };
    }

    /// Why an isolate goes that must not be used again.
    private static RetireReason reasonFor(Reply reply) {
        return switch (reply) {
            case Reply.TimedOut _ -> RetireReason.TIMEOUT;
            case Reply.Exhausted _ -> RetireReason.EXHAUSTED;
            case Reply.Ok _,
                    Reply.GuestError _,
                    Reply.Denied _,
                    Reply.Trapped _,
                    Reply.Rejected _,
                    Reply.Unavailable _ -> RetireReason.TRAP;
        };
    }

    private long fuelOf(Call call) {
        return Math.min(limits.fuel(), call.options().fuel().orElse(Long.MAX_VALUE));
    }

    private Reply metered(
            Call call, Isolate isolate, Invocation invocation, Placement placement, GuestThreads threads) {
        Consumer<Usage> meter = call.options().meter().orElse(null);
        if (meter == null) {
            return run(isolate, invocation, placement, threads);
        }
        long start = nanoClock.getAsLong();
        Reply reply = run(isolate, invocation, placement, threads);
        try {
            Duration time = Duration.ofNanos(nanoClock.getAsLong() - start);
            meter.accept(new Usage(isolate.fuelUsed(), time, isolate.traceHash()));
        } catch (RuntimeException e) {
            LOG.warn("a call's meter failed, extension={}", id(), e);
        }
        return reply;
    }

    private Reply run(Isolate isolate, Invocation invocation, Placement placement, GuestThreads threads) {
        if (placement == Placement.CALLER || manifest().kind() == Manifest.Kind.SCRIPT) {
            return isolate.run(invocation);
        }
        return CompletableFuture.supplyAsync(() -> isolate.run(invocation), threads)
                .join();
    }
}
