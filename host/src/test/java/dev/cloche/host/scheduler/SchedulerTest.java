package dev.cloche.host.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Outcome DONE = new Outcome.Ok(Payload.EMPTY);

    private long now;
    private final Scheduler scheduler = new Scheduler(() -> now, 4);

    private List<Macrotask> ready() {
        List<Macrotask> tasks = new ArrayList<>();
        for (Macrotask task = scheduler.next(); task != null; task = scheduler.next()) {
            tasks.add(task);
        }
        return tasks;
    }

    @Test
    void timersOfTheSameTimeFireInTheOrderInWhichTheyWereSet() {
        long first = scheduler.setTimer(10, false);
        long early = scheduler.setTimer(5, false);
        long second = scheduler.setTimer(10, false);
        assertThat(ready()).isEmpty();
        assertThat(scheduler.nanosToNextTimer()).isEqualTo(5);
        now = 10;
        assertThat(ready())
                .containsExactly(
                        new Macrotask.TimerFired(early),
                        new Macrotask.TimerFired(first),
                        new Macrotask.TimerFired(second));
        assertThat(scheduler.hasWork()).isFalse();
    }

    @Test
    void completionsAreDeliveredInTheOrderOfTheirHostcalls() {
        long first = scheduler.admitHostcall();
        long second = scheduler.admitHostcall();
        scheduler.complete(second, DONE);
        scheduler.complete(first, DONE);
        assertThat(ready())
                .containsExactly(
                        new Macrotask.HostcallCompleted(first, DONE), new Macrotask.HostcallCompleted(second, DONE));
    }

    @Test
    void aSecondCompletionAndALateOneAreDropped() {
        long hostcall = scheduler.admitHostcall();
        scheduler.complete(hostcall, DONE);
        scheduler.complete(hostcall, DONE);
        assertThat(ready()).hasSize(1);
        long forgotten = scheduler.admitHostcall();
        scheduler.clear();
        scheduler.complete(forgotten, DONE);
        assertThat(ready()).isEmpty();
    }

    @Test
    void anIntervalOfZeroFiresOnceATick() {
        long interval = scheduler.setTimer(0, true);
        assertThat(scheduler.next()).isEqualTo(new Macrotask.TimerFired(interval));
        assertThat(scheduler.hasWork()).isTrue();
        scheduler.cancelTimer(interval);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.hasWork()).isFalse();
    }

    @Test
    void aTimerCancelledByTheTaskBeforeItDoesNotFire() {
        scheduler.setTimer(0, false);
        long second = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isNotNull();
        scheduler.cancelTimer(second);
        assertThat(scheduler.next()).isNull();
    }

    @Test
    void moreTimersThanTheLimitAreRefused() {
        for (int i = 0; i < 4; i++) {
            assertThat(scheduler.setTimer(1, false)).isNotEqualTo(Scheduler.FULL);
        }
        assertThat(scheduler.setTimer(1, false)).isEqualTo(Scheduler.FULL);
    }

    /// A list sorted anew each time, for what the scheduler keeps in a heap and maps.
    private record ModelTimer(long id, long due, long order) {}

    @Test
    void timersAgreeWithANaiveModel() {
        for (long seed = 0; seed < 500; seed++) {
            compareWithModel(seed);
        }
    }

    private void compareWithModel(long seed) {
        Random random = new Random(seed);
        now = 0;
        Scheduler real = new Scheduler(() -> now, 1_000);
        List<ModelTimer> model = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    long delay = random.nextInt(20);
                    long id = real.setTimer(delay, false);
                    model.add(new ModelTimer(id, now + delay, step));
                }
                case 1 -> {
                    if (!model.isEmpty()) {
                        ModelTimer cancelled = model.remove(random.nextInt(model.size()));
                        real.cancelTimer(cancelled.id());
                    }
                }
                default -> {
                    now += random.nextInt(10);
                    List<ModelTimer> due = model.stream()
                            .filter(timer -> timer.due() <= now)
                            .sorted(Comparator.comparingLong(ModelTimer::due).thenComparingLong(ModelTimer::order))
                            .toList();
                    model.removeAll(due);
                    for (ModelTimer timer : due) {
                        assertThat(real.next()).as("seed=%d", seed).isEqualTo(new Macrotask.TimerFired(timer.id()));
                    }
                    assertThat(real.next()).as("seed=%d", seed).isNull();
                }
            }
        }
    }
}
