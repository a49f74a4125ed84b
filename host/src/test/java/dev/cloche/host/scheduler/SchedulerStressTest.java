package dev.cloche.host.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many threads bring outcomes and chunks to a scheduler that is stepped meanwhile.
@Timeout(60)
class SchedulerStressTest {
    private static final int THREADS = 4;
    private static final int HOSTCALLS = 5_000;
    private static final int CALLS = 20;
    private static final int CHUNKS = 5;
    private static final long PAUSE_NANOS = 10_000;

    private record Work(long hostcall, boolean stream) {
        static final Work STOP = new Work(0, false);
    }

    /// A service: answers what it is handed, in an order of its own.
    private static final class Answering extends Thread {
        private final Scheduler scheduler;
        private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
        private final Random random;

        Answering(Scheduler scheduler, long seed) {
            this.scheduler = scheduler;
            this.random = new Random(seed);
        }

        @Override
        public void run() {
            List<Work> kept = new ArrayList<>();
            try {
                for (Work work = queue.take(); !work.equals(Work.STOP); work = queue.take()) {
                    kept.add(work);
                    if (queue.isEmpty() || kept.size() > 8) {
                        Collections.shuffle(kept, random);
                        kept.forEach(this::answer);
                        kept.clear();
                    }
                }
                kept.forEach(this::answer);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void answer(Work work) {
            if (!work.stream) {
                scheduler.complete(work.hostcall, new Outcome.Ok(Payload.text("a")));
                return;
            }
            for (int i = 0; i < CHUNKS; i++) {
                Outcome.Chunk chunk = new Outcome.Chunk(i, Payload.text("chunk"), i == CHUNKS - 1);
                Arrival arrival = scheduler.complete(work.hostcall, chunk);
                while (arrival == Arrival.FULL) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    arrival = scheduler.complete(work.hostcall, chunk);
                }
            }
        }
    }

    private final AtomicLong held = new AtomicLong();

    /// Zeroed after each call, as an isolate's account is.
    private final HeldBytes account = new HeldBytes() {
        @Override
        public void hold(long bytes) {
            held.addAndGet(bytes);
        }

        @Override
        public void drop(long bytes) {
            held.addAndGet(-bytes);
        }
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void eachHostcallIsAnsweredOnceAndEachStreamInOrder(long seed) throws InterruptedException {
        Random random = new Random(seed);
        Scheduler scheduler =
                new Scheduler(DeterministicClock.stepped(0), new SchedulerLimits(1, 64, 16, 1_000, 1, 1), account);
        List<Answering> services = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            services.add(new Answering(scheduler, random.nextLong()));
        }
        services.forEach(Thread::start);
        Map<Long, Long> open = new HashMap<>();
        int made = 0;
        int answered = 0;
        while (answered < HOSTCALLS) {
            while (made < HOSTCALLS && open.size() < 64) {
                boolean stream = random.nextInt(4) == 0;
                long id = stream ? scheduler.openStream(Scheduler.NO_TIMEOUT) : scheduler.admitHostcall();
                scheduler.pull(id);
                open.put(id, 0L);
                services.get(random.nextInt(THREADS)).queue.add(new Work(id, stream));
                made++;
            }
            Macrotask task = scheduler.next();
            if (task == null) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (task instanceof Macrotask.HostcallCompleted completed) {
                assertThat(open).as("seed=%d, answered twice", seed).containsKey(completed.hostcall());
                long expected = open.getOrDefault(completed.hostcall(), -1L);
                if (completed.outcome() instanceof Outcome.Chunk chunk) {
                    assertThat(chunk.sequence()).as("seed=%d", seed).isEqualTo(expected);
                    open.put(completed.hostcall(), expected + 1);
                    scheduler.pull(completed.hostcall());
                }
                if (completed.last()) {
                    open.remove(completed.hostcall());
                    answered++;
                }
            }
        }
        stop(services);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.hasWork()).isFalse();
        assertThat(held).hasValue(0);
        assertThat(scheduler.stats().late()).as("seed=%d", seed).isZero();
        assertThat(scheduler.stats().gaps()).isZero();
    }

    private static void stop(List<Answering> services) throws InterruptedException {
        services.forEach(service -> service.queue.add(Work.STOP));
        for (Answering service : services) {
            service.join();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nothingOfOneCallIsHeardInAnother(long seed) throws InterruptedException {
        Random random = new Random(seed);
        Scheduler scheduler =
                new Scheduler(DeterministicClock.stepped(0), new SchedulerLimits(1, 4_096, 64, 4_096, 1, 1), account);
        List<Answering> services = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            services.add(new Answering(scheduler, random.nextLong()));
        }
        services.forEach(Thread::start);
        long delivered = 0;
        long sent = 0;
        for (int call = 0; call < CALLS; call++) {
            scheduler.begin();
            int count = 200 + random.nextInt(200);
            for (int i = 0; i < count; i++) {
                long id = scheduler.admitHostcall();
                services.get(random.nextInt(THREADS)).queue.add(new Work(id, false));
            }
            sent += count;
            int turns = random.nextInt(count);
            for (int i = 0; i < turns; i++) {
                if (scheduler.next() instanceof Macrotask.HostcallCompleted completed) {
                    assertThat(scheduler.number(completed.hostcall()))
                            .as("seed=%d", seed)
                            .isBetween(1L, (long) count);
                    delivered++;
                }
            }
            scheduler.clear();
            held.set(0);
        }
        stop(services);
        scheduler.begin();
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.stats().ticks()).isEqualTo(delivered);
        assertThat(scheduler.stats().late())
                .as("seed=%d, each is delivered or late", seed)
                .isEqualTo(sent - delivered);
        assertThat(held.get()).as("seed=%d, never less than nothing", seed).isNotNegative();
    }
}
