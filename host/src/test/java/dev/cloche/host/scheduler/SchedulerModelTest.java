package dev.cloche.host.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The scheduler beside one that is made of plain lists. `-Dcloche.seed=N` replays one seed.
@Timeout(120)
class SchedulerModelTest {
    private static final int SEEDS = 10_000;
    private static final int STEPS = 120;

    private static final Integer ONE_SEED = Integer.getInteger("cloche.seed");

    /// A run of one seed: both schedulers are told the same, and what they answer is compared.
    private static final class Run {
        final long seed;
        final Random random;
        final DeterministicClock clock = DeterministicClock.stepped(Long.MAX_VALUE - 50);
        final AtomicLong held = new AtomicLong();
        final SchedulerLimits limits;
        final Scheduler real;
        final NaiveScheduler model;
        final List<Long> timers = new ArrayList<>();
        final List<Long> calls = new ArrayList<>();
        final Map<Long, Long> chunks = new HashMap<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.limits = random.nextInt(3) == 0 ? new SchedulerLimits(4, 5, 3, 20, 2, 12) : SchedulerLimits.DEFAULT;
            this.model = new NaiveScheduler(limits);
            this.real = new Scheduler(clock, limits, new HeldBytes() {
                @Override
                public void hold(long bytes) {
                    held.addAndGet(bytes);
                }

                @Override
                public void drop(long bytes) {
                    held.addAndGet(-bytes);
                }
            });
        }

        long steps(int count) {
            for (int step = 0; step < count; step++) {
                step();
                assertThat(real.hasWork()).as(this::place).isEqualTo(model.hasWork());
                assertThat(real.timers()).as(this::place).isEqualTo(model.timers());
                assertThat(real.nanosToNextTimer()).as(this::place).isEqualTo(model.nanosToNextTimer());
                assertThat(held.get()).as(this::place).isEqualTo(model.bytesHeld());
            }
            return real.traceHash();
        }

        private String place() {
            return "seed=" + seed + " trace=" + model.trace;
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1 -> setTimer();
                case 2 -> cancelTimer();
                case 3, 4 -> admit();
                case 5, 6 -> complete();
                case 7, 8 -> chunk();
                case 9 -> deliver();
                case 10 -> script();
                case 11 -> {
                    long nanos = random.nextInt(8);
                    clock.advance(nanos);
                    model.now += nanos;
                }
                case 12 -> ticks(random.nextInt(3));
                default -> {
                    ticks(Integer.MAX_VALUE);
                    if (random.nextInt(12) == 0) {
                        begin();
                    }
                }
            }
        }

        private void begin() {
            assertThat(real.stats()).as(this::place).isEqualTo(model.stats());
            real.begin();
            model.begin();
        }

        private void setTimer() {
            long delay = random.nextInt(12);
            boolean repeat = random.nextInt(4) == 0;
            long id = real.setTimer(delay, repeat);
            assertThat(id).as(this::place).isEqualTo(model.setTimer(delay, repeat));
            timers.add(id);
        }

        private void cancelTimer() {
            long id = any(timers);
            real.cancelTimer(id);
            model.cancelTimer(id);
        }

        private long any(List<Long> ids) {
            // Mostly one of the last: the others are over.
            int back = Math.min(ids.size(), 6);
            return ids.isEmpty() ? 77 : ids.get(ids.size() - 1 - random.nextInt(back));
        }

        private void admit() {
            long timeout = random.nextBoolean() ? Scheduler.NO_TIMEOUT : random.nextInt(15);
            boolean stream = random.nextBoolean();
            long id = stream ? real.openStream(timeout) : real.admitHostcall(timeout);
            assertThat(id).as(this::place).isEqualTo(model.admit(stream, timeout));
            calls.add(id);
        }

        private Payload payload() {
            return Payload.text("x".repeat(random.nextInt(9)));
        }

        private void complete() {
            long id = any(calls);
            Outcome outcome = switch (random.nextInt(3)) {
                case 0 -> new Outcome.Failed(Outcome.FailedCode.IO, "no", random.nextBoolean());
                case 1 -> new Outcome.Denied(Outcome.DeniedCode.QUOTA, "no", Map.of("a", "1", "b", "2", "c", "3"));
                default -> new Outcome.Ok(payload());
            };
            assertThat(real.complete(id, outcome)).as(this::place).isEqualTo(model.complete(id, outcome));
        }

        private void chunk() {
            long id = any(calls);
            long number = chunks.getOrDefault(id, 0L);
            long sent = switch (random.nextInt(10)) {
                case 0 -> number + 1;
                case 1 -> Math.max(0, number - 1);
                default -> number;
            };
            Outcome chunk = new Outcome.Chunk(sent, payload(), random.nextInt(6) == 0);
            Arrival arrival = real.complete(id, chunk);
            assertThat(arrival).as(this::place).isEqualTo(model.complete(id, chunk));
            if (arrival == Arrival.TAKEN && sent == number) {
                chunks.put(id, number + 1);
            }
        }

        private void deliver() {
            InboundEvent event = new InboundEvent("e" + random.nextInt(3), "host", payload());
            assertThat(real.deliver(real.call(), event)).as(this::place).isEqualTo(model.deliver(event));
        }

        private void script() {
            long id = any(calls);
            switch (random.nextInt(6)) {
                case 0 -> {
                    real.cancelHostcall(id);
                    model.cancel(id);
                }
                case 1 -> {
                    real.abandonHostcall(id);
                    model.abandon(id);
                }
                default -> {
                    real.pull(id);
                    model.pull(id);
                }
            }
        }

        private void ticks(int countMax) {
            for (int i = 0; i < Math.min(countMax, 40); i++) {
                Macrotask expected = model.next();
                assertThat(real.next()).as(this::place).isEqualTo(expected);
                if (expected == null) {
                    break;
                }
                if (expected instanceof Macrotask.HostcallCompleted completed && !completed.last()) {
                    real.pull(completed.hostcall());
                    model.pull(completed.hostcall());
                }
            }
        }
    }

    @Test
    void agreesWithANaiveModelAndHasTheSameTraceAgain() {
        Map<Long, List<String>> traces = new HashMap<>();
        int from = ONE_SEED == null ? 0 : ONE_SEED;
        int to = ONE_SEED == null ? SEEDS : ONE_SEED + 1;
        long ticks = 0;
        for (int seed = from; seed < to; seed++) {
            Run run = new Run(seed);
            long hash = run.steps(STEPS);
            assertThat(run.real.stats()).as("seed=%d", seed).isEqualTo(run.model.stats());
            assertThat(new Run(seed).steps(STEPS)).as("again, seed=%d", seed).isEqualTo(hash);
            List<String> trace = List.copyOf(run.model.trace);
            assertThat(traces.getOrDefault(hash, trace))
                    .as("another trace has this hash, seed=%d", seed)
                    .isEqualTo(trace);
            traces.put(hash, trace);
            ticks += run.real.stats().ticks();
        }
        assertThat(traces.values().stream().distinct().count())
                .as("equal traces have equal hashes")
                .isEqualTo(traces.size());
        assertThat(ticks).isPositive();
    }
}
