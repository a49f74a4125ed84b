package dev.cloche.bench.hostcall;

import com.sun.management.ThreadMXBean;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.SpscRing;
import dev.cloche.host.service.FetchRules;
import dev.cloche.host.service.FetchTarget;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// What hostcalls are made of, each by itself.
final class Parts {
    private static final int CAPACITY = 64;
    private static final int ELEMENTS = 10_000_000;
    private static final int DECISIONS = 20_000_000;
    private static final Integer ELEMENT = 1;

    private Parts() {}

    static void measure(String operation, Recorder recorder) throws InterruptedException {
        switch (operation) {
            case HostcallWorkload.RING -> {
                var ring = new SpscRing<Integer>(CAPACITY);
                recorder.add(operation, handOver(ring::offer, ring::poll));
            }
            case HostcallWorkload.RING_JCTOOLS -> {
                var queue = new SpscAtomicArrayQueue<Integer>(CAPACITY);
                recorder.add(operation, handOver(queue::offer, queue::poll));
            }
            case HostcallWorkload.RING_BLOCKING -> {
                var queue = new ArrayBlockingQueue<Integer>(CAPACITY);
                recorder.add(operation, handOver(queue::offer, queue::poll));
            }
            case HostcallWorkload.TICK -> recorder.add(operation, Ticks.nanos());
            case HostcallWorkload.DECIDE -> recorder.add(operation, decide(table()));
            case HostcallWorkload.FETCH -> recorder.add(operation, decideFetch(fetch()));
            case HostcallWorkload.DECIDE_BYTES -> recorder.add(operation, bytes());
            default -> throw Workload.unknown(operation);
        }
    }

    private static double handOver(Predicate<Integer> offer, Supplier<@Nullable Integer> poll)
            throws InterruptedException {
        Thread consumer = Thread.ofPlatform().start(() -> {
            for (int taken = 0; taken < ELEMENTS; ) {
                if (poll.get() == null) {
                    Thread.onSpinWait();
                } else {
                    taken++;
                }
            }
        });
        Stopwatch watch = Stopwatch.start();
        for (int put = 0; put < ELEMENTS; ) {
            if (offer.test(ELEMENT)) {
                put++;
            } else {
                Thread.onSpinWait();
            }
        }
        consumer.join();
        return watch.nanos() / ELEMENTS;
    }

    private static PolicyTable table() {
        return new Policy(Profile.BALANCED, Map.of())
                .resolve(
                        "notes",
                        Map.of("clock", new Capability("clock", Map.of()), "log", new Capability("log", Map.of())));
    }

    private static double decide(PolicyTable table) {
        List<String> names = List.of("clock", "log");
        long allowed = 0;
        Stopwatch watch = Stopwatch.start();
        for (int i = 0; i < DECISIONS; i++) {
            allowed += table.decide(names.get(i & 1)) instanceof Decision.Allowed ? 1 : 0;
        }
        double nanos = watch.nanos() / DECISIONS;
        if (allowed != DECISIONS) {
            throw new IllegalStateException("what is measured is allowed, allowed=" + allowed);
        }
        return nanos;
    }

    /// A host that the manifest names among others, and a grant that covers all below its domain.
    private static FetchRules fetch() {
        Capability asked = new Capability(
                "http.fetch",
                Map.of("hosts", List.of("example.com", "api.example.org"), "methods", List.of("GET", "POST")));
        Capability granted = new Capability("http.fetch", Map.of("hosts", List.of("*.example.org")));
        return FetchRules.of(new Decision.Allowed("http.fetch", "grant:notes", asked, List.of(granted), List.of()));
    }

    private static double decideFetch(FetchRules fetch) {
        FetchTarget target = FetchTarget.parse("https://api.example.org/v1");
        long allowed = 0;
        Stopwatch watch = Stopwatch.start();
        for (int i = 0; i < DECISIONS; i++) {
            allowed += fetch.decide("POST", target) instanceof FetchRules.Open ? 1 : 0;
        }
        double nanos = watch.nanos() / DECISIONS;
        if (allowed != DECISIONS) {
            throw new IllegalStateException("what is measured is allowed, allowed=" + allowed);
        }
        return nanos;
    }

    private static double bytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PolicyTable table = table();
        FetchRules fetch = fetch();
        double _ = decide(table) + decideFetch(fetch);
        long before = threads.getCurrentThreadAllocatedBytes();
        double _ = decide(table) + decideFetch(fetch);
        // What measuring itself allocates is a few hundred bytes in all.
        return Math.floor((double) (threads.getCurrentThreadAllocatedBytes() - before) / DECISIONS);
    }
}
