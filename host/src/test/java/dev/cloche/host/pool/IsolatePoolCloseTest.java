package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Reply;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class IsolatePoolCloseTest {
    @Test
    void closesWhatIsIdleAtOnceAndWhatIsInUseWhenItIsReleased() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease inUse = fixture.lease();
        Lease idle = fixture.lease();
        FakeIsolate first = isolateOf(inUse);
        FakeIsolate second = isolateOf(idle);
        idle.close();
        fixture.pool.close();
        fixture.pool.close();
        assertThat(second.closes()).isEqualTo(1);
        assertThat(first.closes()).isZero();
        inUse.close();
        assertThat(first.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.CLOSE, 2L);
        assertThat(fixture.pool.stats().live()).isZero();
    }

    @Test
    void refusesWhoComesAfterClose() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.pool.close();
        Acquisition.Rejected rejected = (Acquisition.Rejected) fixture.pool.acquire(fixture.clock.in(LONG));
        assertThat(rejected.reply())
                .isEqualTo(new Reply.Unavailable(Reply.UnavailableReason.CLOSED, rejected.message()));
        assertThat(fixture.pool.maintain()).isZero();
        assertThat(fixture.factory.made()).isEmpty();
    }

    @Test
    void refusesWhoWaitsWhenItIsClosed() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        fixture.pool.close();
        assertThat(reasonOf(waiting.answer())).isEqualTo(Acquisition.Reason.CLOSED);
    }

    @Test
    void anIsolateThatWasBeingMadeDuringCloseIsClosedAndNotLent() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        CountDownLatch closed = new CountDownLatch(1);
        fixture.factory.before(call -> IsolatePoolTest.join(closed));
        Caller<Served> creating = fixture.caller(LONG);
        awaitUntil(() -> fixture.pool.stats().creating() == 1);
        fixture.pool.close();
        closed.countDown();
        assertThat(reasonOf(creating.answer())).isEqualTo(Acquisition.Reason.CLOSED);
        assertThat(fixture.factory.made().getFirst().closes()).isEqualTo(1);
        assertThat(fixture.factory.live()).isZero();
    }

    @Test
    void anIsolateThatWasBeingMadeAheadDuringCloseIsClosed() throws Exception {
        PoolFixture fixture = new PoolFixture(1, 1);
        CountDownLatch closed = new CountDownLatch(1);
        fixture.factory.before(call -> IsolatePoolTest.join(closed));
        Caller<Boolean> making = Caller.of(fixture.pool::replenish);
        awaitUntil(() -> fixture.pool.stats().creating() == 1);
        fixture.pool.close();
        closed.countDown();
        assertThat(making.answer()).isFalse();
        assertThat(fixture.factory.made().getFirst().closes()).isEqualTo(1);
    }

    @Test
    void drainGivesNoMoreLeasesAndWaitsForThoseItGave() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Boolean> draining = Caller.of(() -> fixture.pool.drain(fixture.clock.in(LONG), RetireReason.CLOSE));
        fixture.awaitDraining();
        assertThat(draining.task().isDone()).isFalse();
        lease.close();
        assertThat(draining.answer()).isTrue();
        assertThat(fixture.factory.live()).isZero();
    }

    @Test
    void drainRefusesWhoWaits() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        assertThat(fixture.pool.drain(fixture.clock.in(Duration.ZERO), RetireReason.CLOSE))
                .isFalse();
        Acquisition.Rejected rejected = (Acquisition.Rejected) waiting.answer().acquisition();
        assertThat(rejected.reply()).isEqualTo(new Reply.Rejected(Reply.RejectReason.DRAINING, rejected.message()));
    }

    @Test
    void drainGivesUpAtItsDeadline() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        Caller<Boolean> draining =
                Caller.of(() -> fixture.pool.drain(fixture.clock.in(Duration.ofMillis(1)), RetireReason.CLOSE));
        fixture.awaitDraining();
        fixture.clock.advance(Duration.ofMillis(1));
        fixture.pool.maintain();
        assertThat(draining.answer()).isFalse();
    }

    @Test
    void anInterruptedDrainKeepsTheFlag() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        Caller<Boolean> draining = Caller.of(() -> {
            assertThat(fixture.pool.drain(fixture.clock.in(LONG), RetireReason.CLOSE))
                    .isFalse();
            return Thread.currentThread().isInterrupted();
        });
        fixture.awaitDraining();
        draining.thread().interrupt();
        assertThat(draining.answer()).isTrue();
    }

    @Test
    void closeAfterDrainRefusesAsClosed() {
        PoolFixture fixture = new PoolFixture(0, 1);
        assertThat(fixture.pool.drain(fixture.clock.in(LONG), RetireReason.CLOSE))
                .isTrue();
        fixture.pool.close();
        assertThat(fixture.pool.drain(fixture.clock.in(LONG), RetireReason.CLOSE))
                .isTrue();
        assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CLOSED);
    }
}
