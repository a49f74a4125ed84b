package dev.cloche.host.scheduler;

import static dev.cloche.host.scheduler.SchedulerStand.chunk;
import static dev.cloche.host.scheduler.SchedulerStand.failureOf;
import static dev.cloche.host.scheduler.SchedulerStand.ready;
import static dev.cloche.host.scheduler.SchedulerStand.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.Macrotask.EventArrived;
import dev.cloche.host.scheduler.Macrotask.HostcallCompleted;
import dev.cloche.host.scheduler.Macrotask.TimerFired;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a scheduler promises, one promise at a time; what it promises of hostcalls is in [SchedulerHostcallTest].
class SchedulerTest {
    private static final Outcome DONE = new Outcome.Ok(Payload.EMPTY);
    private static final long MILLI = 1_000_000;

    private final SchedulerStand stand = new SchedulerStand();
    private final DeterministicClock clock = stand.clock;
    private final Scheduler scheduler = stand.scheduler;

    // ---- The invariants ----------------------------------------------------------------------------------------

    @Test
    void i1AtMostOneMacrotaskATick() {
        long first = scheduler.setTimer(0, false);
        long second = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(first));
        assertThat(scheduler.stats().ticks()).isEqualTo(1);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(second));
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.stats().ticks()).isEqualTo(2);
    }

    @Test
    void i3TimersWithEqualDeadlinesFireInRisingSequence() {
        long first = scheduler.setTimer(10, false);
        long early = scheduler.setTimer(5, false);
        long second = scheduler.setTimer(10, false);
        assertThat(stand.ready()).isEmpty();
        assertThat(scheduler.nanosToNextTimer()).isEqualTo(5);
        clock.advance(10);
        assertThat(stand.ready()).containsExactly(new TimerFired(early), new TimerFired(first), new TimerFired(second));
        assertThat(scheduler.hasWork()).isFalse();
    }

    @Test
    void i4CompletionsEnqueueAndNeverReEnter() {
        long timer = scheduler.setTimer(0, false);
        long other = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(timer));
        // Within that task: a hostcall that is answered where it is made, and one that is cancelled.
        long answered = scheduler.admitHostcall();
        scheduler.complete(answered, DONE);
        long cancelled = scheduler.admitHostcall();
        scheduler.cancelHostcall(cancelled);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(other));
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.CANCELLED);
        assertThat(scheduler.next()).isEqualTo(new HostcallCompleted(answered, DONE, true));
    }

    @Test
    void i5OneSequenceOrdersTimersHostcallsAndEvents() {
        long timer = scheduler.setTimer(0, false);
        long hostcall = scheduler.admitHostcall();
        scheduler.deliver(scheduler.call(), new InboundEvent("a", "host", Payload.EMPTY));
        scheduler.complete(hostcall, DONE);
        assertThat(stand.ready())
                .containsExactly(
                        new HostcallCompleted(hostcall, DONE, true),
                        new EventArrived(hostcall + 1, new InboundEvent("a", "host", Payload.EMPTY)),
                        new TimerFired(timer));
        assertThat(scheduler.openStream(Scheduler.NO_TIMEOUT)).isEqualTo(hostcall + 2);
        assertThat(hostcall).isEqualTo(timer + 1);
    }

    @Test
    void i5CompletionsReadyBetweenTwoTicksComeInTheOrderOfTheirHostcalls() {
        long first = scheduler.admitHostcall();
        long second = scheduler.admitHostcall();
        long third = scheduler.admitHostcall();
        scheduler.complete(third, DONE);
        scheduler.complete(first, DONE);
        assertThat(scheduler.next()).isEqualTo(new HostcallCompleted(first, DONE, true));
        // Ready only after that tick: behind what was ready before it.
        scheduler.complete(second, DONE);
        assertThat(stand.ready())
                .containsExactly(new HostcallCompleted(third, DONE, true), new HostcallCompleted(second, DONE, true));
    }

    // ---- Timers ------------------------------------------------------------------------------------------------

    @Test
    void anIntervalOfZeroFiresOnceATickAndLetsOthersIn() {
        long interval = scheduler.setTimer(0, true);
        long once = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(interval));
        assertThat(scheduler.next()).isEqualTo(new TimerFired(once));
        assertThat(scheduler.next()).isEqualTo(new TimerFired(interval));
        assertThat(scheduler.timers()).isEqualTo(1);
        scheduler.cancelTimer(interval);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.hasWork()).isFalse();
    }

    @Test
    void anIntervalIsSetAgainFromWhenItFires() {
        long interval = scheduler.setTimer(10, true);
        clock.advance(35);
        assertThat(stand.ready()).containsExactly(new TimerFired(interval));
        assertThat(scheduler.nanosToNextTimer()).isEqualTo(10);
    }

    @Test
    void aTimerCancelledByTheTaskBeforeItDoesNotFire() {
        long first = scheduler.setTimer(0, false);
        long second = scheduler.setTimer(0, false);
        long third = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(first));
        scheduler.cancelTimer(second);
        assertThat(stand.ready()).containsExactly(new TimerFired(third));
    }

    @Test
    void timersThatAreReadyCountUntilTheyFire() {
        for (int i = 0; i < 4; i++) {
            assertThat(scheduler.setTimer(0, false)).isNotEqualTo(Scheduler.FULL);
        }
        assertThat(scheduler.setTimer(1, false)).isEqualTo(Scheduler.FULL);
        assertThat(scheduler.next()).isNotNull();
        assertThat(scheduler.setTimer(1, false)).isNotEqualTo(Scheduler.FULL);
        assertThat(scheduler.setTimer(1, false)).isEqualTo(Scheduler.FULL);
    }

    @Test
    void timersThatAreSetAndClearedForEverLeaveNothingInTheQueue() {
        Scheduler busy = stand.scheduler(clock, SchedulerLimits.DEFAULT);
        for (int turn = 0; turn < 2_000; turn++) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                ids.add(busy.setTimer(0, false));
            }
            assertThat(busy.next()).isEqualTo(new TimerFired(ids.getFirst()));
            ids.forEach(busy::cancelTimer);
        }
        assertThat(busy.next()).isNull();
        assertThat(busy.hasWork()).isFalse();
    }

    // ---- Bounds ------------------------------------------------------------------------------------------------

    @Test
    void defaultsAreAsDocumented() {
        assertThat(SchedulerLimits.DEFAULT)
                .isEqualTo(new SchedulerLimits(1_000, 1 << 20, 256, 4 << 20, 1_024, 1 << 20));
        assertThatThrownBy(() -> SchedulerLimits.DEFAULT.withTimers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a scheduler's limit must be positive, timers=0");
    }

    @Test
    void chunksBeyondTheirRoomAreRefusedUntilSomeAreRead() {
        Scheduler small = stand.scheduler(clock, new SchedulerLimits(1, 2, 2, 10, 1, 10));
        long stream = small.openStream(Scheduler.NO_TIMEOUT);
        assertThat(small.complete(stream, chunk(0, "12345678901", false))).isEqualTo(Arrival.FULL);
        assertThat(small.complete(stream, chunk(0, "123456", false))).isEqualTo(Arrival.TAKEN);
        assertThat(small.complete(stream, chunk(1, "12345", false))).isEqualTo(Arrival.FULL);
        assertThat(small.complete(stream, chunk(1, "1234", false))).isEqualTo(Arrival.TAKEN);
        assertThat(small.complete(stream, chunk(2, "", true))).isEqualTo(Arrival.FULL);
        small.pull(stream);
        assertThat(small.next()).isNotNull();
        assertThat(small.complete(stream, chunk(2, "", true))).isEqualTo(Arrival.TAKEN);
        assertThat(small.stats().refused()).isEqualTo(3);
        assertThat(stand.held).hasValue(4);
    }

    @Test
    void roomTakenByAnEarlierCallIsGivenBack() {
        Scheduler small = stand.scheduler(clock, new SchedulerLimits(1, 2, 1, 10, 1, 10));
        for (int call = 0; call < 3; call++) {
            small.begin();
            long stream = small.openStream(Scheduler.NO_TIMEOUT);
            assertThat(small.complete(stream, chunk(0, "1", false))).isEqualTo(Arrival.TAKEN);
            assertThat(small.deliver(small.call(), new InboundEvent("e", "host", Payload.text("1"))))
                    .isEqualTo(Arrival.TAKEN);
            assertThat(small.deliver(small.call(), new InboundEvent("e", "host", Payload.text("1"))))
                    .isEqualTo(Arrival.FULL);
            if (call == 1) {
                assertThat(small.next()).isInstanceOf(EventArrived.class);
            }
            small.clear();
        }
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void moreHostcallsThanTheLimitAreRefused() {
        Scheduler small = stand.scheduler(clock, new SchedulerLimits(1, 2, 1, 1, 1, 1));
        long first = small.admitHostcall();
        assertThat(small.openStream(5)).isNotEqualTo(Scheduler.FULL);
        assertThat(small.admitHostcall()).isEqualTo(Scheduler.FULL);
        small.complete(first, DONE);
        assertThat(small.next()).isNotNull();
        assertThat(small.admitHostcall()).isNotEqualTo(Scheduler.FULL);
    }

    // ---- Clocks ------------------------------------------------------------------------------------------------

    @Test
    void aSkippingClockGoesOnToTheNextTimerWhenNothingElseCanHappen() {
        DeterministicClock skipping = DeterministicClock.skipping(100);
        Scheduler idle = stand.scheduler(skipping, SchedulerLimits.DEFAULT);
        long late = idle.setTimer(3_600_000 * MILLI, false);
        long early = idle.setTimer(5, false);
        long hostcall = idle.admitHostcall();
        assertThat(idle.next()).as("the hostcall may be answered before").isNull();
        idle.complete(hostcall, DONE);
        assertThat(ready(idle))
                .containsExactly(
                        new HostcallCompleted(hostcall, DONE, true), new TimerFired(early), new TimerFired(late));
        assertThat(skipping.getAsLong()).isEqualTo(100 + 3_600_000 * MILLI);
    }

    @Test
    void aClockIsAsGivenOrElseBoundToRealTime() {
        assertThat(SchedulerClock.of(clock)).isSameAs(clock);
        SchedulerClock wall = SchedulerClock.of(() -> 7);
        assertThat(wall).isInstanceOf(WallClock.class);
        assertThat(wall.getAsLong()).isEqualTo(7);
        assertThat(wall.skipTo(9)).isFalse();
        assertThatThrownBy(() -> clock.advance(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time does not go back, nanos=-1");
    }

    // ---- Traces ------------------------------------------------------------------------------------------------

    private long traceOf(boolean otherWayRound, boolean tickBetween, String answer) {
        scheduler.begin();
        long a = scheduler.admitHostcall();
        long b = scheduler.admitHostcall();
        scheduler.complete(otherWayRound ? b : a, text(answer));
        if (tickBetween) {
            assertThat(scheduler.next()).isNotNull();
        }
        scheduler.complete(otherWayRound ? a : b, text(answer));
        assertThat(stand.ready()).isNotEmpty();
        return scheduler.traceHash();
    }

    @Test
    void theTraceIsThatOfWhatCouldBeObserved() {
        long hash = traceOf(false, false, "x");
        assertThat(traceOf(false, false, "x")).as("again, in a later call").isEqualTo(hash);
        assertThat(traceOf(true, false, "x"))
                .as("nobody can see who came first")
                .isEqualTo(hash);
        assertThat(traceOf(false, true, "x")).isEqualTo(hash);
        assertThat(traceOf(true, true, "x")).as("another order").isNotEqualTo(hash);
        assertThat(traceOf(false, false, "y")).as("another answer").isNotEqualTo(hash);
    }

    @Test
    void theTraceTellsOutcomesEventsAndRequestsApart() {
        List<Outcome> outcomes = List.of(
                DONE,
                text("a"),
                new Outcome.Failed(Outcome.FailedCode.IO, "a", false),
                new Outcome.Failed(Outcome.FailedCode.IO, "a", true),
                new Outcome.Failed(Outcome.FailedCode.IO, "b", true),
                new Outcome.Failed(Outcome.FailedCode.INTERNAL, "a", false),
                new Outcome.Denied(Outcome.DeniedCode.POLICY, "a", Map.of()),
                new Outcome.Denied(Outcome.DeniedCode.QUOTA, "a", Map.of()),
                new Outcome.Denied(Outcome.DeniedCode.QUOTA, "a", Map.of("k", "v")));
        List<Long> hashes = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            scheduler.begin();
            scheduler.complete(scheduler.admitHostcall(), outcome);
            assertThat(stand.ready()).hasSize(1);
            hashes.add(scheduler.traceHash());
        }
        for (String name : List.of("a", "b")) {
            for (String value : List.of("1", "2")) {
                scheduler.begin();
                scheduler.deliver(scheduler.call(), new InboundEvent(name, "host", Payload.text(value)));
                assertThat(stand.ready()).hasSize(1);
                hashes.add(scheduler.traceHash());
                scheduler.begin();
                scheduler.note(name, Payload.text(value));
                hashes.add(scheduler.traceHash());
            }
        }
        assertThat(hashes).doesNotHaveDuplicates();
    }
}
