package dev.cloche.host.scheduler;

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
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a scheduler promises, one promise at a time.
class SchedulerTest {
    private static final Outcome DONE = new Outcome.Ok(Payload.EMPTY);
    private static final long MILLI = 1_000_000;

    private final DeterministicClock clock = DeterministicClock.stepped(0);
    private final AtomicLong held = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private final Scheduler scheduler = scheduler(clock, SchedulerLimits.DEFAULT.withTimers(4));

    private Scheduler scheduler(SchedulerClock of, SchedulerLimits limits) {
        return new Scheduler(of, limits, new HeldBytes() {
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

    private final class Told implements HostcallControl {
        @Override
        public void cancel() {
            told.add("cancel");
        }

        @Override
        public void delivered(long chunk) {
            told.add("delivered " + chunk);
        }
    }

    private static Outcome text(String text) {
        return new Outcome.Ok(Payload.text(text));
    }

    private static Outcome.Chunk chunk(long number, String text, boolean last) {
        return new Outcome.Chunk(number, Payload.text(text), last);
    }

    private List<Macrotask> ready() {
        return ready(scheduler);
    }

    private static List<Macrotask> ready(Scheduler of) {
        List<Macrotask> tasks = new ArrayList<>();
        for (Macrotask task = of.next(); task != null; task = of.next()) {
            tasks.add(task);
        }
        return tasks;
    }

    private static HostcallCompleted completed(@Nullable Macrotask task) {
        return (HostcallCompleted) Objects.requireNonNull(task, "task");
    }

    private static Outcome.Failed failureOf(@Nullable Macrotask task) {
        return (Outcome.Failed) completed(task).outcome();
    }

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
        assertThat(ready()).isEmpty();
        assertThat(scheduler.nanosToNextTimer()).isEqualTo(5);
        clock.advance(10);
        assertThat(ready()).containsExactly(new TimerFired(early), new TimerFired(first), new TimerFired(second));
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
        scheduler.deliver(new InboundEvent("a", Payload.EMPTY));
        scheduler.complete(hostcall, DONE);
        assertThat(ready())
                .containsExactly(
                        new HostcallCompleted(hostcall, DONE, true),
                        new EventArrived(hostcall + 1, new InboundEvent("a", Payload.EMPTY)),
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
        assertThat(ready())
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
        assertThat(ready()).containsExactly(new TimerFired(interval));
        assertThat(scheduler.nanosToNextTimer()).isEqualTo(10);
    }

    @Test
    void aTimerCancelledByTheTaskBeforeItDoesNotFire() {
        long first = scheduler.setTimer(0, false);
        long second = scheduler.setTimer(0, false);
        long third = scheduler.setTimer(0, false);
        assertThat(scheduler.next()).isEqualTo(new TimerFired(first));
        scheduler.cancelTimer(second);
        assertThat(ready()).containsExactly(new TimerFired(third));
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
        Scheduler busy = scheduler(clock, SchedulerLimits.DEFAULT);
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

    // ---- The end of a hostcall's time --------------------------------------------------------------------------

    @Test
    void aHostcallThatIsNotAnsweredInTimeFailsAndItsAnswerIsDropped() {
        long hostcall = scheduler.admitHostcall(20 * MILLI);
        scheduler.control(hostcall, new Told());
        clock.advance(20 * MILLI);
        Macrotask task = scheduler.next();
        assertThat(failureOf(task))
                .isEqualTo(new Outcome.Failed(
                        Outcome.FailedCode.TIMEOUT, "it was not answered in time, timeout=20ms", true));
        assertThat(told).containsExactly("cancel");
        scheduler.complete(hostcall, text("late"));
        assertThat(ready()).isEmpty();
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(1, 1, 0, 0, 1, 0));
        assertThat(held).hasValue(0);
    }

    @Test
    void anAnswerThatIsThereWhenTheTimeEndsIsGiven() {
        long hostcall = scheduler.admitHostcall(5);
        scheduler.complete(hostcall, DONE);
        clock.advance(5);
        assertThat(ready()).containsExactly(new HostcallCompleted(hostcall, DONE, true));
        assertThat(scheduler.hasWork()).isFalse();
        assertThat(scheduler.stats().timeouts()).isZero();
    }

    @Test
    void theEndOfAHostcallsTimeIsATimerAmongTimers() {
        long before = scheduler.setTimer(10, false);
        long hostcall = scheduler.admitHostcall(10);
        long after = scheduler.setTimer(10, false);
        assertThat(scheduler.timers()).isEqualTo(2);
        clock.advance(10);
        List<Macrotask> tasks = ready();
        assertThat(tasks).hasSize(3).startsWith(new TimerFired(before)).endsWith(new TimerFired(after));
        assertThat(completed(tasks.get(1)).hostcall()).isEqualTo(hostcall);
    }

    // ---- Cancelling --------------------------------------------------------------------------------------------

    @Test
    void aCancelledHostcallFailsOnceAndItsServiceIsTold() {
        long hostcall = scheduler.admitHostcall(50);
        scheduler.control(hostcall, new Told());
        scheduler.cancelHostcall(hostcall);
        scheduler.cancelHostcall(hostcall);
        scheduler.complete(hostcall, DONE);
        assertThat(ready())
                .containsExactly(new HostcallCompleted(
                        hostcall,
                        new Outcome.Failed(Outcome.FailedCode.CANCELLED, "the script cancelled it", false),
                        true));
        assertThat(told).containsExactly("cancel");
        assertThat(scheduler.hasWork()).as("its time is not waited for").isFalse();
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(1, 1, 0, 1, 0, 0));
    }

    @Test
    void cancellingTakesTheAnswerBackThatIsReady() {
        long first = scheduler.admitHostcall();
        long second = scheduler.admitHostcall();
        scheduler.control(second, new Told());
        scheduler.complete(first, DONE);
        scheduler.complete(second, text("answer"));
        assertThat(scheduler.next()).isEqualTo(new HostcallCompleted(first, DONE, true));
        scheduler.cancelHostcall(second);
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.CANCELLED);
        assertThat(told).as("the service is done").isEmpty();
        assertThat(scheduler.stats().late()).isEqualTo(1);
        assertThat(held).hasValue(0);
    }

    @Test
    void anAbandonedHostcallIsNotHeardOfAgain() {
        long hostcall = scheduler.admitHostcall();
        scheduler.control(hostcall, new Told());
        assertThat(scheduler.hasWork()).isTrue();
        scheduler.abandonHostcall(hostcall);
        assertThat(scheduler.hasWork()).isFalse();
        scheduler.complete(hostcall, text("answer"));
        assertThat(ready()).isEmpty();
        assertThat(told).containsExactly("cancel");
    }

    // ---- Late --------------------------------------------------------------------------------------------------

    @Test
    void aSecondCompletionAndALateOneAreDroppedAndCounted() {
        long hostcall = scheduler.admitHostcall();
        assertThat(scheduler.complete(hostcall, DONE)).isEqualTo(Arrival.TAKEN);
        assertThat(scheduler.complete(hostcall, DONE)).isEqualTo(Arrival.TAKEN);
        assertThat(ready()).hasSize(1);
        long forgotten = scheduler.admitHostcall();
        scheduler.clear();
        assertThat(scheduler.complete(forgotten, DONE)).isEqualTo(Arrival.LATE);
        assertThat(scheduler.deliver(new InboundEvent("a", Payload.EMPTY))).isEqualTo(Arrival.LATE);
        scheduler.begin();
        assertThat(scheduler.complete(forgotten, DONE)).isEqualTo(Arrival.LATE);
        assertThat(ready()).isEmpty();
        assertThat(scheduler.stats().late()).isEqualTo(4);
    }

    @Test
    void whatACallLeavesBehindIsForgotten() {
        scheduler.setTimer(0, true);
        long plain = scheduler.admitHostcall(3);
        scheduler.control(plain, () -> told.add("plain"));
        long stream = scheduler.openStream(Scheduler.NO_TIMEOUT);
        scheduler.control(stream, () -> told.add("stream"));
        scheduler.complete(stream, chunk(0, "abc", false));
        scheduler.deliver(new InboundEvent("e", Payload.text("1")));
        assertThat(held).hasValue(4);
        scheduler.clear();
        assertThat(held).hasValue(0);
        assertThat(scheduler.hasWork()).isFalse();
        assertThat(scheduler.timers()).isZero();
        assertThat(told).as("a plain hostcall is carried out to its end").containsExactly("stream");
        scheduler.begin();
        assertThat(scheduler.number(scheduler.admitHostcall())).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatPassesTheDoorAsACallEndsIsLateInTheNext(boolean endedAlone) {
        Scheduler[] raced = {scheduler};
        AtomicLong account = new AtomicLong();
        // The call ends after the door was passed, and before what was brought is there for a tick.
        HeldBytes ending = new HeldBytes() {
            @Override
            public void hold(long bytes) {
                account.addAndGet(bytes);
                raced[0].clear();
                if (!endedAlone) {
                    account.set(0);
                    raced[0].begin();
                }
            }

            @Override
            public void drop(long bytes) {
                account.addAndGet(-bytes);
            }
        };
        raced[0] = new Scheduler(clock, new SchedulerLimits(1, 2, 1, 9, 1, 9), ending);
        for (int round = 1; round <= 2; round++) {
            raced[0].begin();
            long hostcall = raced[0].openStream(Scheduler.NO_TIMEOUT);
            assertThat(raced[0].complete(hostcall, chunk(0, "abc", true))).isEqualTo(Arrival.TAKEN);
            account.set(0);
            raced[0].begin();
            assertThat(raced[0].deliver(new InboundEvent("e", Payload.text("12"))))
                    .as("there is room again")
                    .isEqualTo(Arrival.TAKEN);
            account.set(0);
            if (endedAlone) {
                raced[0].begin();
            }
            assertThat(raced[0].next()).isNull();
            assertThat(raced[0].stats().late()).isEqualTo(2L * round);
            assertThat(account)
                    .as("what the end of a call wiped is not dropped again")
                    .hasValue(0);
        }
    }

    // ---- Streams -----------------------------------------------------------------------------------------------

    private long stream() {
        long stream = scheduler.openStream(Scheduler.NO_TIMEOUT);
        scheduler.control(stream, new Told());
        return stream;
    }

    @Test
    void chunksAreGivenInOrderAsTheyAreAskedFor() {
        long stream = stream();
        assertThat(scheduler.hasWork())
                .as("nothing comes that is not asked for")
                .isFalse();
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(1, "b", false));
        assertThat(scheduler.next()).isNull();
        scheduler.pull(stream);
        scheduler.pull(stream);
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        assertThat(told).containsExactly("delivered 0");
        scheduler.pull(stream);
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, chunk(1, "b", false), false));
        scheduler.pull(stream);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.hasWork()).isTrue();
        scheduler.complete(stream, chunk(2, "", true));
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, chunk(2, "", true), true));
        assertThat(scheduler.complete(stream, chunk(3, "", true))).isEqualTo(Arrival.TAKEN);
        assertThat(ready()).isEmpty();
        assertThat(held).hasValue(0);
    }

    @Test
    void aMissingChunkEndsTheStream() {
        long stream = stream();
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(2, "c", false));
        scheduler.complete(stream, chunk(1, "b", true));
        scheduler.pull(stream);
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        scheduler.pull(stream);
        Macrotask end = scheduler.next();
        assertThat(failureOf(end))
                .isEqualTo(new Outcome.Failed(
                        Outcome.FailedCode.INTERNAL, "chunk missing; the stream ends here, expected=1 came=2", false));
        assertThat(completed(end).last()).isTrue();
        assertThat(told).containsExactly("cancel");
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(2, 1, 1, 0, 0, 0));
        assertThat(held).hasValue(0);
    }

    @Test
    void aChunkThatComesTwiceEndsTheStream() {
        long stream = stream();
        scheduler.pull(stream);
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(0, "a", false));
        assertThat(ready()).hasSize(1);
        scheduler.pull(stream);
        assertThat(failureOf(scheduler.next()).message())
                .isEqualTo("chunk came twice; the stream ends here, expected=1 came=0");
    }

    @Test
    void chunksForAPlainHostcallAreUnsupported() {
        long hostcall = scheduler.admitHostcall();
        scheduler.control(hostcall, new Told());
        scheduler.complete(hostcall, chunk(0, "a", false));
        scheduler.complete(hostcall, chunk(1, "b", true));
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.UNSUPPORTED);
        assertThat(ready()).isEmpty();
        assertThat(told).containsExactly("cancel");
        assertThat(held).hasValue(0);
    }

    @Test
    void aStreamWhoseServiceFailsGivesItsChunksFirst() {
        long stream = stream();
        Outcome.Failed failed = new Outcome.Failed(Outcome.FailedCode.IO, "broken", true);
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, failed);
        scheduler.pull(stream);
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        scheduler.pull(stream);
        assertThat(ready()).containsExactly(new HostcallCompleted(stream, failed, true));
    }

    @Test
    void aCancelledStreamDropsTheChunksThatWait() {
        long stream = stream();
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(1, "b", false));
        assertThat(scheduler.next()).isNull();
        scheduler.cancelHostcall(stream);
        scheduler.pull(stream);
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.CANCELLED);
        assertThat(scheduler.stats().late()).isEqualTo(2);
        assertThat(held).hasValue(0);
    }

    @Test
    void theTimeOfAStreamIsThatOfItsLastChunk() {
        long stream = scheduler.openStream(7 * MILLI);
        scheduler.pull(stream);
        scheduler.complete(stream, chunk(0, "a", false));
        assertThat(ready()).hasSize(1);
        clock.advance(7 * MILLI);
        scheduler.pull(stream);
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.TIMEOUT);
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
        Scheduler small = scheduler(clock, new SchedulerLimits(1, 2, 2, 10, 1, 10));
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
        assertThat(held).hasValue(4);
    }

    @Test
    void roomTakenByAnEarlierCallIsGivenBack() {
        Scheduler small = scheduler(clock, new SchedulerLimits(1, 2, 1, 10, 1, 10));
        for (int call = 0; call < 3; call++) {
            small.begin();
            long stream = small.openStream(Scheduler.NO_TIMEOUT);
            assertThat(small.complete(stream, chunk(0, "1", false))).isEqualTo(Arrival.TAKEN);
            assertThat(small.deliver(new InboundEvent("e", Payload.text("1")))).isEqualTo(Arrival.TAKEN);
            assertThat(small.deliver(new InboundEvent("e", Payload.text("1")))).isEqualTo(Arrival.FULL);
            if (call == 1) {
                assertThat(small.next()).isInstanceOf(EventArrived.class);
            }
            small.clear();
        }
        assertThat(held).hasValue(0);
    }

    @Test
    void moreHostcallsThanTheLimitAreRefused() {
        Scheduler small = scheduler(clock, new SchedulerLimits(1, 2, 1, 1, 1, 1));
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
        Scheduler idle = scheduler(skipping, SchedulerLimits.DEFAULT);
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
        assertThat(ready()).isNotEmpty();
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
            assertThat(ready()).hasSize(1);
            hashes.add(scheduler.traceHash());
        }
        for (String name : List.of("a", "b")) {
            for (String value : List.of("1", "2")) {
                scheduler.begin();
                scheduler.deliver(new InboundEvent(name, Payload.text(value)));
                assertThat(ready()).hasSize(1);
                hashes.add(scheduler.traceHash());
                scheduler.begin();
                scheduler.note(name, Payload.text(value));
                hashes.add(scheduler.traceHash());
            }
        }
        assertThat(hashes).doesNotHaveDuplicates();
    }
}
