package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Reply;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class IsolatePoolTest {
    @Test
    void makesNoIsolateBeforeItIsNeeded() {
        PoolFixture fixture = new PoolFixture(0, 2);
        assertThat(fixture.pool.maintain()).isZero();
        assertThat(fixture.factory.made()).isEmpty();
    }

    @Test
    void lendsTheSameIsolateAgain() {
        PoolFixture fixture = new PoolFixture(0, 2);
        FakeIsolate first;
        try (Lease lease = fixture.lease()) {
            first = isolateOf(lease);
        }
        try (Lease lease = fixture.lease()) {
            assertThat(isolateOf(lease)).isSameAs(first);
        }
        assertThat(fixture.factory.made()).hasSize(1);
        assertThat(first.closes()).isZero();
    }

    @Test
    void lendsTheIsolateThatWentIdleLast() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease first = fixture.lease();
        Lease second = fixture.lease();
        FakeIsolate newest = isolateOf(first);
        second.close();
        first.close();
        assertThat(isolateOf(fixture.lease())).isSameAs(newest);
    }

    @Test
    void closingALeaseTwiceGivesTheIsolateBackOnce() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease lease = fixture.lease();
        lease.close();
        lease.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(fixture.pool.stats().inUse()).isZero();
        assertThatThrownBy(lease::isolate)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("pool=test");
    }

    @Test
    void makesAtMostMaxIsolatesAndLetsTheNextCallerWaitForOne() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease first = fixture.lease();
        Lease second = fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        FakeIsolate returned = isolateOf(second);
        second.close();
        assertThat(isolateOf(waiting.answer())).isSameAs(returned);
        first.close();
        assertThat(fixture.factory.made()).hasSize(2);
    }

    @Test
    void servesWaitersInOrderOfArrival() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease current = fixture.lease();
        List<Integer> served = new CopyOnWriteArrayList<>();
        List<Caller<Acquisition>> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            callers.add(fixture.waitingUser(_ -> served.add(number)));
        }
        current.close();
        for (Caller<Acquisition> each : callers) {
            assertThat(each.answer()).isInstanceOf(Lease.class);
        }
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void newcomersOvertakeAWaiterAtMostMaxTimes() throws Exception {
        int max = 3;
        PoolFixture fixture = new PoolFixture(0, max);
        List<Lease> others = List.of(fixture.lease(), fixture.lease());
        Lease lease = fixture.lease();
        Caller<Served> first = fixture.waitingCaller(LONG);
        int overtaken = -1;
        Acquisition acquisition = lease;
        while (acquisition instanceof Lease mine) {
            mine.close();
            overtaken++;
            acquisition = fixture.pool.acquire(fixture.clock.in(Duration.ZERO));
        }
        assertThat(overtaken).isLessThanOrEqualTo(max);
        assertThat(first.answer().acquisition()).isInstanceOf(Lease.class);
        others.forEach(Lease::close);
    }

    @Test
    void aWaiterGivesUpAtItsDeadlineAndLeavesNoTrace() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Served> late = fixture.waitingCaller(Duration.ofMillis(50));
        Caller<Served> patient = fixture.waitingCaller(LONG);
        fixture.clock.advance(Duration.ofMillis(50));
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        assertThat(reasonOf(late.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
        assertThat(fixture.pool.stats().waiting()).isEqualTo(1);
        lease.close();
        assertThat(patient.answer().acquisition()).isInstanceOf(Lease.class);
    }

    @Test
    void aWaiterGivesUpAfterTheAcquireTimeoutHoweverFarItsDeadline() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(LONG.multipliedBy(3));
        fixture.clock.advance(LONG);
        fixture.pool.maintain();
        Acquisition.Rejected rejected = (Acquisition.Rejected) waiting.answer().acquisition();
        assertThat(rejected.reason()).isEqualTo(Acquisition.Reason.TIMEOUT);
        assertThat(rejected.reply()).isEqualTo(new Reply.Rejected(Reply.RejectReason.POOL_TIMEOUT, rejected.message()));
        assertThat(rejected.message()).endsWith("pool=test max=1");
    }

    @Test
    void aDeadlineInThePastGetsAnIdleIsolateButDoesNotMakeOne() {
        PoolFixture fixture = new PoolFixture(0, 1);
        assertThat(reasonOf(fixture.pool.acquire(fixture.clock.in(Duration.ofNanos(-1)))))
                .isEqualTo(Acquisition.Reason.TIMEOUT);
        assertThat(fixture.pool.stats().creating()).isZero();
        fixture.lease().close();
        assertThat(fixture.pool.acquire(fixture.clock.in(Duration.ofNanos(-1)))).isInstanceOf(Lease.class);
    }

    @Test
    void anInterruptedWaiterGivesUpWithItsFlagSet() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Boolean> waiting = Caller.of(() -> {
            assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.INTERRUPTED);
            return Thread.currentThread().isInterrupted();
        });
        awaitUntil(() -> fixture.pool.stats().waiting() == 1);
        waiting.thread().interrupt();
        assertThat(waiting.answer()).isTrue();
        assertThat(fixture.pool.stats().waiting()).isZero();
        lease.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void anInterruptedCallerStillGetsWhatIsThere() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease().close();
        Thread.currentThread().interrupt();
        try (Lease lease = fixture.lease()) {
            assertThat(isolateOf(lease).closes()).isZero();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void refusesACallerWhereTooManyWait() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.lease();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < IsolatePool.WAITERS_MAX; i++) {
            waiting.add(Thread.startVirtualThread(() -> fixture.pool.acquire(fixture.clock.in(LONG))));
        }
        awaitUntil(() -> fixture.pool.stats().waiting() == IsolatePool.WAITERS_MAX);
        Acquisition.Rejected rejected =
                (Acquisition.Rejected) fixture.caller(LONG).answer().acquisition();
        assertThat(rejected.reply()).isEqualTo(new Reply.Rejected(Reply.RejectReason.BACKPRESSURE, rejected.message()));
        fixture.pool.close();
        for (Thread thread : waiting) {
            thread.join();
        }
    }

    @Test
    void aFailedCreationTellsItsCaller() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.factory.breakDown();
        Acquisition.Rejected rejected = (Acquisition.Rejected) fixture.pool.acquire(fixture.clock.in(LONG));
        assertThat(rejected.reason()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertThat(rejected.reply()).isEqualTo(FakeFactory.BROKEN);
        assertThat(fixture.pool.stats().creating()).isZero();
        fixture.factory.mend();
        fixture.lease().close();
    }

    @Test
    void aFailedCreationLetsTheNextWaiterTry() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        CountDownLatch othersWait = new CountDownLatch(1);
        fixture.factory.before(call -> {
            if (call == 1) {
                join(othersWait);
                throw new IllegalStateException("the first creation fails");
            }
        });
        Caller<Served> creating = fixture.caller(LONG);
        awaitUntil(() -> fixture.pool.stats().creating() == 1);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        othersWait.countDown();
        Acquisition.Rejected rejected = (Acquisition.Rejected) creating.answer().acquisition();
        assertThat(rejected.reply()).isInstanceOf(Reply.Trapped.class);
        assertThat(rejected.reply().toString()).contains("the first creation fails");
        assertThat(isolateOf(waiting.answer()).number()).isEqualTo(2);
    }

    @Test
    void anErrorDuringCreationReachesTheCallerAndFreesThePlace() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.factory.before(call -> {
            throw new StackOverflowError();
        });
        assertThatThrownBy(fixture::lease).isInstanceOf(StackOverflowError.class);
        fixture.factory.mend();
        fixture.lease().close();
    }

    @Test
    void retiresAnUnsoundIsolateAndLetsTheNextWaiterMakeOne() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        FakeIsolate broken = isolateOf(lease);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        broken.breakDown();
        lease.close();
        assertThat(isolateOf(waiting.answer())).isNotSameAs(broken);
        assertThat(broken.closes()).isEqualTo(1);
        assertThat(retired(fixture, RetireReason.TRAP)).isEqualTo(1);
        assertThat(fixture.factory.highWater()).isEqualTo(1);
    }

    @Test
    void retiresWithTheFirstReasonGiven() {
        PoolFixture fixture = new PoolFixture(0, 1);
        try (Lease lease = fixture.lease()) {
            lease.retire(RetireReason.TIMEOUT);
            lease.retire(RetireReason.TRAP);
            isolateOf(lease).breakDown();
        }
        assertThat(retired(fixture, RetireReason.TIMEOUT)).isEqualTo(1);
        assertThat(fixture.pool.stats().retiredTotal()).isEqualTo(1);
    }

    @Test
    void anIsolateThatFailsToAnswerIsRetiredAndItsPlaceFreed() {
        PoolFixture fixture = new PoolFixture(0, 1);
        try (Lease lease = fixture.lease()) {
            isolateOf(lease).fail();
        }
        assertThat(fixture.pool.stats().live()).isZero();
        fixture.lease().close();
        assertThat(fixture.factory.made()).hasSize(2);
    }

    @Test
    void retiresAfterMaxUses() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withMaxUses(3));
        for (int i = 0; i < 7; i++) {
            fixture.lease().close();
        }
        assertThat(fixture.factory.made()).hasSize(3);
        assertThat(retired(fixture, RetireReason.MAX_USES)).isEqualTo(2);
    }

    @Test
    void retiresAnIsolateThatHoldsMoreThanItsPartOfMemory() {
        PoolFixture fixture = new PoolFixture(0, 1);
        try (Lease lease = fixture.lease()) {
            isolateOf(lease).memory(FakeIsolate.MEMORY_MAX * 8 / 10);
        }
        assertThat(fixture.pool.stats().retiredTotal()).isZero();
        try (Lease lease = fixture.lease()) {
            isolateOf(lease).memory(FakeIsolate.MEMORY_MAX * 8 / 10 + 1);
        }
        assertThat(retired(fixture, RetireReason.MEMORY)).isEqualTo(1);
    }

    @Test
    void givesEachLeaseAPristineIsolateWhereAskedTo() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withReset(PoolSettings.Reset.PER_LEASE));
        fixture.lease().close();
        fixture.lease().close();
        assertThat(fixture.factory.made()).hasSize(2);
        assertThat(retired(fixture, RetireReason.RESET)).isEqualTo(2);
    }

    @Test
    void resetsAnIsolateBetweenLeasesWhereThatCanBeDone() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withReset(PoolSettings.Reset.PER_LEASE));
        Lease first = fixture.lease();
        FakeIsolate isolate = isolateOf(first);
        isolate.resettable();
        isolate.memory(FakeIsolate.MEMORY_MAX);
        first.close();
        Lease second = fixture.lease();
        assertThat(isolateOf(second)).isSameAs(isolate);
        assertThat(isolate.resets()).isOne();
        second.retire(RetireReason.TRAP);
        second.close();
        assertThat(isolate.resets()).as("what is retired is not reset").isOne();
    }

    @Test
    void prewarmsBeforeTheFirstLeaseAndNotBeyond() {
        PoolFixture fixture = new PoolFixture(0, 4, knobs -> knobs.withPrewarm(3));
        assertThat(fixture.pool.prewarm(Long.MAX_VALUE)).isEqualTo(3);
        assertThat(fixture.pool.stats().idle()).isEqualTo(3);
        assertThat(fixture.pool.prewarm(Long.MAX_VALUE)).isZero();
        fixture.lease().close();
        assertThat(fixture.factory.made()).hasSize(3);
    }

    @Test
    void prewarmingEndsWithTheFirstIsolateThatCannotBeMade() {
        PoolFixture fixture = new PoolFixture(0, 4, knobs -> knobs.withPrewarm(3));
        fixture.factory.breakDown();
        assertThat(fixture.pool.prewarm(Long.MAX_VALUE)).isZero();
        assertThat(fixture.pool.stats().idle()).isZero();
    }

    @Test
    void retiresIdleIsolatesDownToMin() {
        PoolFixture fixture = new PoolFixture(1, 3);
        List<Lease> leases = List.of(fixture.lease(), fixture.lease(), fixture.lease());
        FakeIsolate newest = isolateOf(leases.getLast());
        leases.forEach(Lease::close);
        assertThat(fixture.pool.maintain()).isZero();
        fixture.clock.advance(Duration.ofMinutes(5));
        assertThat(fixture.pool.maintain()).isZero();
        fixture.clock.advance(Duration.ofNanos(1));
        assertThat(fixture.pool.maintain()).isEqualTo(2);
        assertThat(retired(fixture, RetireReason.IDLE)).isEqualTo(2);
        assertThat(isolateOf(fixture.lease())).isSameAs(newest);
    }

    @Test
    void retiresAnOldIsolateWhenItIsIdleAndReplacesItUpToMin() {
        PoolFixture fixture = new PoolFixture(1, 2, knobs -> knobs.withMaxIdle(Duration.ofDays(1)));
        assertThat(fixture.pool.replenish()).isTrue();
        fixture.clock.advance(Duration.ofHours(1));
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        assertThat(fixture.pool.replenish()).isTrue();
        assertThat(retired(fixture, RetireReason.AGE)).isEqualTo(1);
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void retiresAnOldIsolateAfterItsLease() {
        PoolFixture fixture = new PoolFixture(0, 1);
        try (Lease lease = fixture.lease()) {
            fixture.clock.advance(Duration.ofHours(1));
            assertThat(fixture.pool.maintain()).isZero();
            assertThat(isolateOf(lease).closes()).isZero();
        }
        assertThat(retired(fixture, RetireReason.AGE)).isEqualTo(1);
    }

    @Test
    void isolatesMadeTogetherDoNotAgeTogether() {
        PoolFixture fixture = new PoolFixture(0, 8, knobs -> knobs.withMaxIdle(Duration.ofDays(1)));
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            leases.add(fixture.lease());
        }
        leases.forEach(Lease::close);
        fixture.clock.advance(Duration.ofMinutes(54).minusNanos(1));
        assertThat(fixture.pool.maintain()).isZero();
        int steps = 0;
        for (int minute = 54; minute <= 60; minute++) {
            steps += fixture.pool.maintain() > 0 ? 1 : 0;
            fixture.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(steps).isGreaterThan(2);
        assertThat(fixture.pool.stats().idle()).isZero();
    }

    @Test
    void keepsMinIsolatesReady() {
        PoolFixture fixture = new PoolFixture(2, 4);
        assertThat(fixture.pool.replenish()).isTrue();
        assertThat(fixture.pool.replenish()).isTrue();
        assertThat(fixture.pool.replenish()).isFalse();
        assertThat(fixture.pool.stats().idle()).isEqualTo(2);
    }

    @Test
    void makesOneIsolateAheadAtATimeSoThatOtherPoolsHaveTheirTurn() {
        PoolFixture fixture = new PoolFixture(3, 4);
        for (int step = 1; step <= 3; step++) {
            assertThat(fixture.pool.replenish()).isTrue();
            assertThat(fixture.factory.made()).hasSize(step);
        }
    }

    @Test
    void pausesAfterItCouldNotMakeAnIsolateAhead() {
        PoolFixture fixture = new PoolFixture(1, 1);
        fixture.factory.breakDown();
        assertThat(fixture.pool.replenish()).isFalse();
        fixture.factory.mend();
        fixture.clock.advance(IsolatePool.REPLENISH_PAUSE.minusNanos(1));
        assertThat(fixture.pool.replenish()).isFalse();
        fixture.clock.advance(Duration.ofNanos(1));
        assertThat(fixture.pool.replenish()).isTrue();
        assertThat(fixture.pool.stats().creationFailures()).isEqualTo(1);
    }

    @Test
    void anIsolateMadeAheadGoesToWhoeverWaits() throws Exception {
        PoolFixture fixture = new PoolFixture(1, 1);
        CountDownLatch somebodyWaits = new CountDownLatch(1);
        fixture.factory.before(call -> join(somebodyWaits));
        Caller<Boolean> maintaining = Caller.of(fixture.pool::replenish);
        awaitUntil(() -> fixture.pool.stats().creating() == 1);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        somebodyWaits.countDown();
        assertThat(isolateOf(waiting.answer()).number()).isEqualTo(1);
        assertThat(maintaining.answer()).isTrue();
    }

    @Test
    void aLeaseIsItsThreadsOwn() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        try (Lease lease = fixture.lease()) {
            Caller<Void> other = Caller.of(() -> {
                for (Runnable use :
                        List.<Runnable>of(lease::isolate, lease::close, () -> lease.retire(RetireReason.TRAP))) {
                    assertThatThrownBy(use::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContainingAll("another thread", "pool=test", "owner=");
                }
                return null;
            });
            assertThat(other.answer()).isNull();
            assertThat(isolateOf(lease).closes()).isZero();
        }
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(fixture.pool.stats().retiredTotal()).isZero();
    }

    @Test
    void aLeaseWhoseThreadEndedIsFoundAndItsPlaceFreed() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Caller<Served> careless = fixture.caller(LONG);
        FakeIsolate lost = isolateOf(careless.answer());
        careless.thread().join();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        assertThat(isolateOf(waiting.answer())).isNotSameAs(lost);
        assertThat(lost.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().leaked()).isEqualTo(1);
        assertThat(retired(fixture, RetireReason.LEAK)).isEqualTo(1);
    }

    @Test
    void aLeaseThatIsOpenLongAfterItsDeadlineIsCountedOnceAndLeftAlone() {
        PoolFixture fixture = new PoolFixture(0, 1);
        for (int round = 1; round <= 2; round++) {
            try (Lease lease = fixture.lease()) {
                fixture.clock.advance(LONG.plus(Retirement.LEAK_GRACE).minusNanos(1));
                fixture.pool.maintain();
                assertThat(fixture.pool.stats().leaked()).isEqualTo(round - 1);
                fixture.clock.advance(Duration.ofNanos(1));
                fixture.pool.maintain();
                fixture.pool.maintain();
                assertThat(fixture.pool.stats().leaked()).isEqualTo(round);
                assertThat(isolateOf(lease).closes()).isZero();
            }
        }
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void aThreadGetsBackWhatItGaveBackItself() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease own = fixture.lease();
        FakeIsolate usual = isolateOf(own);
        Caller<FakeIsolate> other = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                return isolateOf(lease);
            }
        });
        assertThat(other.answer()).isNotSameAs(usual);
        own.close();
        other = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                return isolateOf(lease);
            }
        });
        assertThat(other.answer()).as("what went idle last").isSameAs(usual);
    }

    private static long retired(PoolFixture fixture, RetireReason reason) {
        return fixture.pool.stats().retired().getOrDefault(reason, -1L);
    }

    static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
