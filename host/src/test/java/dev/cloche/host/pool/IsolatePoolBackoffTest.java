package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.IsolateCreationException;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of callers while isolates cannot be made.
class IsolatePoolBackoffTest {
    private static final int FAILURES_TO_LONGEST = 12;

    private final PoolFixture fixture = new PoolFixture(0, 2);
    private final AtomicInteger creations = new AtomicInteger();

    private void failWith(Reply cause) {
        fixture.factory.before(call -> {
            creations.incrementAndGet();
            throw new IsolateCreationException(cause);
        });
    }

    private Acquisition.Rejected rejected() {
        Acquisition acquisition = fixture.pool.acquire(fixture.clock.in(LONG));
        assertThat(acquisition).isInstanceOf(Acquisition.Rejected.class);
        return (Acquisition.Rejected) acquisition;
    }

    @Test
    void afterTwoFailuresInARowCallersAreToldTheLastCauseAtOnce() {
        failWith(FakeFactory.BROKEN);
        rejected();
        Reply last = new Reply.Trapped(TrapKind.INITIALISATION, "the second", "");
        failWith(last);
        rejected();
        for (int i = 0; i < 3; i++) {
            Acquisition.Rejected third = rejected();
            assertThat(third.reason()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
            assertThat(third.reply()).isEqualTo(last);
        }
        assertThat(creations).hasValue(2);
        assertThat(fixture.pool.stats().creationFailures()).isEqualTo(2);
        assertThat(fixture.pool.stats().rejections()).containsEntry(Acquisition.Reason.CREATION_FAILED, 5L);
    }

    @Test
    void afterOneFailureTheNextCallerTries() {
        failWith(FakeFactory.BROKEN);
        rejected();
        fixture.factory.mend();
        assertThat(isolateOf(fixture.lease()).number()).isEqualTo(2);
    }

    @Test
    void thePauseEnds() {
        failWith(FakeFactory.BROKEN);
        rejected();
        rejected();
        fixture.factory.mend();
        fixture.clock.advance(Backoff.FIRST_PAUSE.minusNanos(1));
        rejected();
        fixture.clock.advance(Duration.ofNanos(1));
        fixture.lease().close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void aSuccessForgetsWhatFailedBefore() {
        failWith(FakeFactory.BROKEN);
        rejected();
        rejected();
        fixture.clock.advance(Backoff.FIRST_PAUSE);
        fixture.factory.mend();
        Lease lease = fixture.lease();
        lease.retire(RetireReason.TRAP);
        lease.close();
        failWith(FakeFactory.BROKEN);
        rejected();
        fixture.factory.mend();
        fixture.lease();
    }

    @Test
    void eachPauseIsTwiceAsLongUpToALongest() {
        failWith(FakeFactory.BROKEN);
        rejected();
        Duration pause = Backoff.FIRST_PAUSE;
        for (int i = 0; i < FAILURES_TO_LONGEST; i++) {
            int before = creations.get();
            rejected();
            assertThat(creations).as("pause=" + pause).hasValue(before + 1);
            fixture.clock.advance(pause.minusNanos(1));
            rejected();
            assertThat(creations).as("pause=" + pause).hasValue(before + 1);
            fixture.clock.advance(Duration.ofNanos(1));
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(Backoff.LONGEST_PAUSE) < 0 ? twice : Backoff.LONGEST_PAUSE;
        }
        assertThat(pause).isEqualTo(Backoff.LONGEST_PAUSE);
    }

    @Test
    void whatFailedBecauseOfItsCallerDoesNotCount() {
        List<Reply> causes = List.of(
                new Reply.TimedOut(Duration.ofSeconds(1), "the caller's deadline passed"),
                new Reply.Trapped(TrapKind.INTERRUPTED, "the caller was interrupted", ""));
        for (Reply cause : causes) {
            for (int i = 1; i <= 3; i++) {
                int before = creations.get();
                failWith(cause);
                assertThat(rejected().reply()).isEqualTo(cause);
                assertThat(creations).hasValue(before + 1);
            }
        }
        fixture.factory.mend();
        fixture.lease();
    }

    @Test
    void waitersWithAnIsolateToHopeForGoOnWaiting() throws Exception {
        Lease lease = fixture.lease();
        FakeIsolate isolate = isolateOf(lease);
        failWith(FakeFactory.BROKEN);
        assertThat(reasonOf(fixture.caller(LONG).answer())).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertThat(reasonOf(fixture.caller(LONG).answer())).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        fixture.pool.maintain();
        assertThat(waiting.task().isDone()).isFalse();
        lease.close();
        assertThat(isolateOf(waiting.answer())).isSameAs(isolate);
        assertThat(creations).hasValue(2);
    }

    @Test
    void waitersWhoseLastHopeGoesAreToldTheCause() throws Exception {
        Lease lease = fixture.lease();
        failWith(FakeFactory.BROKEN);
        fixture.caller(LONG).answer();
        fixture.caller(LONG).answer();
        Caller<Served> first = fixture.waitingCaller(LONG);
        Caller<Served> second = fixture.waitingCaller(LONG);
        lease.retire(RetireReason.TRAP);
        lease.close();
        for (Caller<Served> each : List.of(first, second)) {
            Acquisition.Rejected rejected = (Acquisition.Rejected) each.answer().acquisition();
            assertThat(rejected.reply()).isEqualTo(FakeFactory.BROKEN);
        }
        assertThat(creations).hasValue(2);
        assertThat(fixture.pool.stats().waiting()).isZero();
    }

    @Test
    void waitersMakeOneOnceThePauseIsOver() throws Exception {
        fixture.lease();
        failWith(FakeFactory.BROKEN);
        fixture.caller(LONG).answer();
        fixture.caller(LONG).answer();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        fixture.factory.mend();
        fixture.clock.advance(Backoff.FIRST_PAUSE);
        fixture.pool.maintain();
        assertThat(waiting.answer().isolate()).isNotNull();
    }

    @Test
    void waitersBehindACreationThatIsUnderWayGoOnWaiting() throws Exception {
        PoolFixture single = new PoolFixture(0, 1);
        single.factory.breakDown();
        single.rejection();
        single.rejection();
        single.clock.advance(Backoff.FIRST_PAUSE);
        CountDownLatch goOn = new CountDownLatch(1);
        single.factory.before(call -> IsolatePoolTest.join(goOn));
        Caller<Served> creating = single.caller(LONG);
        PoolFixture.awaitUntil(() -> single.pool.stats().creating() == 1);
        Caller<Served> waiting = single.waitingCaller(LONG);
        goOn.countDown();
        assertThat(creating.answer().isolate()).isNotNull();
        assertThat(waiting.task().isDone()).isFalse();
    }

    @Test
    void nothingIsMadeAheadDuringThePause() {
        PoolFixture keeping = new PoolFixture(1, 1);
        keeping.factory.breakDown();
        keeping.rejection();
        keeping.rejection();
        keeping.factory.mend();
        assertThat(keeping.pool.replenish()).isFalse();
        keeping.clock.advance(Backoff.FIRST_PAUSE);
        assertThat(keeping.pool.replenish()).isTrue();
    }
}
