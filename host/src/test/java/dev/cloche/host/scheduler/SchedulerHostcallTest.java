package dev.cloche.host.scheduler;

import static dev.cloche.host.scheduler.SchedulerStand.chunk;
import static dev.cloche.host.scheduler.SchedulerStand.completed;
import static dev.cloche.host.scheduler.SchedulerStand.failureOf;
import static dev.cloche.host.scheduler.SchedulerStand.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.Macrotask.HostcallCompleted;
import dev.cloche.host.scheduler.Macrotask.TimerFired;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a scheduler promises of hostcalls: they end in time or are cancelled, streams keep their order, what is late is
/// dropped.
class SchedulerHostcallTest {
    private static final Outcome DONE = new Outcome.Ok(Payload.EMPTY);
    private static final long MILLI = 1_000_000;

    private final SchedulerStand stand = new SchedulerStand();
    private final DeterministicClock clock = stand.clock;
    private final Scheduler scheduler = stand.scheduler;

    // ---- The end of a hostcall's time --------------------------------------------------------------------------

    @Test
    void aHostcallThatIsNotAnsweredInTimeFailsAndItsAnswerIsDropped() {
        long hostcall = scheduler.admitHostcall(20 * MILLI);
        scheduler.control(hostcall, stand.control());
        clock.advance(20 * MILLI);
        Macrotask task = scheduler.next();
        assertThat(failureOf(task))
                .isEqualTo(new Outcome.Failed(
                        Outcome.FailedCode.TIMEOUT, "it was not answered in time, timeout=20ms", true));
        assertThat(stand.told).containsExactly("cancel");
        scheduler.complete(hostcall, text("late"));
        assertThat(stand.ready()).isEmpty();
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(1, 1, 0, 0, 1, 0));
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void anAnswerThatIsThereWhenTheTimeEndsIsGiven() {
        long hostcall = scheduler.admitHostcall(5);
        scheduler.complete(hostcall, DONE);
        clock.advance(5);
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(hostcall, DONE, true));
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
        List<Macrotask> tasks = stand.ready();
        assertThat(tasks).hasSize(3).startsWith(new TimerFired(before)).endsWith(new TimerFired(after));
        assertThat(completed(tasks.get(1)).hostcall()).isEqualTo(hostcall);
    }

    // ---- Cancelling --------------------------------------------------------------------------------------------

    @Test
    void aCancelledHostcallFailsOnceAndItsServiceIsTold() {
        long hostcall = scheduler.admitHostcall(50);
        scheduler.control(hostcall, stand.control());
        scheduler.cancelHostcall(hostcall);
        scheduler.cancelHostcall(hostcall);
        scheduler.complete(hostcall, DONE);
        assertThat(stand.ready())
                .containsExactly(new HostcallCompleted(
                        hostcall,
                        new Outcome.Failed(Outcome.FailedCode.CANCELLED, "the script cancelled it", false),
                        true));
        assertThat(stand.told).containsExactly("cancel");
        assertThat(scheduler.hasWork()).as("its time is not waited for").isFalse();
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(1, 1, 0, 1, 0, 0));
    }

    @Test
    void cancellingTakesTheAnswerBackThatIsReady() {
        long first = scheduler.admitHostcall();
        long second = scheduler.admitHostcall();
        scheduler.control(second, stand.control());
        scheduler.complete(first, DONE);
        scheduler.complete(second, text("answer"));
        assertThat(scheduler.next()).isEqualTo(new HostcallCompleted(first, DONE, true));
        scheduler.cancelHostcall(second);
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.CANCELLED);
        assertThat(stand.told).as("the service is done").isEmpty();
        assertThat(scheduler.stats().late()).isEqualTo(1);
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void anAbandonedHostcallIsNotHeardOfAgain() {
        long hostcall = scheduler.admitHostcall();
        scheduler.control(hostcall, stand.control());
        assertThat(scheduler.hasWork()).isTrue();
        scheduler.abandonHostcall(hostcall);
        assertThat(scheduler.hasWork()).isFalse();
        scheduler.complete(hostcall, text("answer"));
        assertThat(stand.ready()).isEmpty();
        assertThat(stand.told).containsExactly("cancel");
    }

    // ---- Waiting -----------------------------------------------------------------------------------------------

    @Test
    void aHostcallIsAwaitedFromWhenItsOutcomeIsWantedUntilItIsThere() {
        assertThat(scheduler.awaitsHostcalls()).isFalse();
        scheduler.setTimer(5, false);
        assertThat(scheduler.awaitsHostcalls()).as("a timer is no hostcall").isFalse();
        long hostcall = scheduler.admitHostcall();
        assertThat(scheduler.awaitsHostcalls()).isTrue();
        scheduler.complete(hostcall, DONE);
        assertThat(stand.ready()).hasSize(1);
        assertThat(scheduler.awaitsHostcalls()).isFalse();
        long stream = stream();
        assertThat(scheduler.awaitsHostcalls()).as("no chunk is asked for").isFalse();
        scheduler.pull(stream);
        assertThat(scheduler.awaitsHostcalls()).isTrue();
        scheduler.abandonHostcall(stream);
        assertThat(scheduler.awaitsHostcalls()).isFalse();
        scheduler.admitHostcall();
        scheduler.clear();
        assertThat(scheduler.awaitsHostcalls()).isFalse();
    }

    // ---- Late --------------------------------------------------------------------------------------------------

    @Test
    void aSecondCompletionAndALateOneAreDroppedAndCounted() {
        long hostcall = scheduler.admitHostcall();
        assertThat(scheduler.complete(hostcall, DONE)).isEqualTo(Arrival.TAKEN);
        assertThat(scheduler.complete(hostcall, DONE)).isEqualTo(Arrival.TAKEN);
        assertThat(stand.ready()).hasSize(1);
        long forgotten = scheduler.admitHostcall();
        scheduler.clear();
        assertThat(scheduler.complete(forgotten, DONE)).isEqualTo(Arrival.LATE);
        assertThat(scheduler.deliver(scheduler.call(), new InboundEvent("a", "host", Payload.EMPTY)))
                .isEqualTo(Arrival.LATE);
        scheduler.begin();
        assertThat(scheduler.complete(forgotten, DONE)).isEqualTo(Arrival.LATE);
        assertThat(stand.ready()).isEmpty();
        assertThat(scheduler.stats().late()).isEqualTo(4);
    }

    @Test
    void whatACallLeavesBehindIsForgotten() {
        scheduler.setTimer(0, true);
        long plain = scheduler.admitHostcall(3);
        scheduler.control(plain, () -> stand.told.add("plain"));
        long stream = scheduler.openStream(Scheduler.NO_TIMEOUT);
        scheduler.control(stream, () -> stand.told.add("stream"));
        scheduler.complete(stream, chunk(0, "abc", false));
        scheduler.deliver(scheduler.call(), new InboundEvent("e", "host", Payload.text("1")));
        assertThat(stand.held).hasValue(4);
        scheduler.clear();
        assertThat(stand.held).hasValue(0);
        assertThat(scheduler.hasWork()).isFalse();
        assertThat(scheduler.timers()).isZero();
        assertThat(stand.told).as("a plain hostcall is carried out to its end").containsExactly("stream");
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
            assertThat(raced[0].deliver(raced[0].call(), new InboundEvent("e", "host", Payload.text("12"))))
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
        scheduler.control(stream, stand.control());
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
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        assertThat(stand.told).containsExactly("delivered 0");
        scheduler.pull(stream);
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, chunk(1, "b", false), false));
        scheduler.pull(stream);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.hasWork()).isTrue();
        scheduler.complete(stream, chunk(2, "", true));
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, chunk(2, "", true), true));
        assertThat(scheduler.complete(stream, chunk(3, "", true))).isEqualTo(Arrival.TAKEN);
        assertThat(stand.ready()).isEmpty();
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void aMissingChunkEndsTheStream() {
        long stream = stream();
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(2, "c", false));
        scheduler.complete(stream, chunk(1, "b", true));
        scheduler.pull(stream);
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        scheduler.pull(stream);
        Macrotask end = scheduler.next();
        assertThat(failureOf(end))
                .isEqualTo(new Outcome.Failed(
                        Outcome.FailedCode.INTERNAL, "chunk missing; the stream ends here, expected=1 came=2", false));
        assertThat(completed(end).last()).isTrue();
        assertThat(stand.told).containsExactly("cancel");
        assertThat(scheduler.stats()).isEqualTo(new SchedulerStats(2, 1, 1, 0, 0, 0));
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void aChunkThatComesTwiceEndsTheStream() {
        long stream = stream();
        scheduler.pull(stream);
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, chunk(0, "a", false));
        assertThat(stand.ready()).hasSize(1);
        scheduler.pull(stream);
        assertThat(failureOf(scheduler.next()).message())
                .isEqualTo("chunk came twice; the stream ends here, expected=1 came=0");
    }

    @Test
    void chunksForAPlainHostcallAreUnsupported() {
        long hostcall = scheduler.admitHostcall();
        scheduler.control(hostcall, stand.control());
        scheduler.complete(hostcall, chunk(0, "a", false));
        scheduler.complete(hostcall, chunk(1, "b", true));
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.UNSUPPORTED);
        assertThat(stand.ready()).isEmpty();
        assertThat(stand.told).containsExactly("cancel");
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void aStreamWhoseServiceFailsGivesItsChunksFirst() {
        long stream = stream();
        Outcome.Failed failed = new Outcome.Failed(Outcome.FailedCode.IO, "broken", true);
        scheduler.complete(stream, chunk(0, "a", false));
        scheduler.complete(stream, failed);
        scheduler.pull(stream);
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, chunk(0, "a", false), false));
        scheduler.pull(stream);
        assertThat(stand.ready()).containsExactly(new HostcallCompleted(stream, failed, true));
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
        assertThat(stand.held).hasValue(0);
    }

    @Test
    void theTimeOfAStreamIsThatOfItsLastChunk() {
        long stream = scheduler.openStream(7 * MILLI);
        scheduler.pull(stream);
        scheduler.complete(stream, chunk(0, "a", false));
        assertThat(stand.ready()).hasSize(1);
        clock.advance(7 * MILLI);
        scheduler.pull(stream);
        assertThat(failureOf(scheduler.next()).code()).isEqualTo(Outcome.FailedCode.TIMEOUT);
    }
}
