package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.frame.Lineage;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Leases whose calls wait for other calls, and calls that wait for the leases of their own ancestors.
class IsolatePoolSuspensionTest {
    private static final int DEPTH = 10_000;
    private static final int MAX = 2;
    private static final int CAP = 3;

    @Test
    void callsNestFarDeeperThanThePoolIsLarge() {
        HostIsolates host = new HostIsolates(CAP);
        PoolFixture fixture = new PoolFixture(host, 0, MAX);
        Deque<Lease> nest = new ArrayDeque<>();
        Set<FakeIsolate> seen = new HashSet<>();
        for (int depth = 1; depth <= DEPTH; depth++) {
            Lease lease = fixture.lease();
            assertThat(seen.add(isolateOf(lease))).isTrue();
            assertShape(fixture.pool.stats(), depth - 1, 1, depth);
            assertThat(host.taken()).isEqualTo(1);
            lease.suspend();
            assertShape(fixture.pool.stats(), depth, 0, depth);
            assertThat(host.taken()).isZero();
            nest.push(lease);
        }
        int depth = DEPTH;
        for (Lease lease : nest) {
            boolean room = fixture.pool.stats().live() < MAX;
            lease.resume();
            assertThat(fixture.pool.stats().suspended()).isEqualTo(room ? depth - 1 : depth);
            assertThat(host.taken()).isLessThanOrEqualTo(MAX);
            lease.close();
            depth--;
            PoolStats stats = fixture.pool.stats();
            assertThat(stats.suspended()).isEqualTo(depth);
            assertThat(stats.live()).isEqualTo(stats.idle()).isEqualTo(host.taken());
            assertThat(stats.idle()).isBetween(1, MAX);
        }
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.retired()).containsEntry(RetireReason.SURPLUS, (long) DEPTH - stats.idle());
        assertThat(fixture.factory.live()).isEqualTo(stats.idle());
    }

    private static void assertShape(PoolStats stats, int suspended, int inUse, int created) {
        assertThat(stats.suspended()).isEqualTo(suspended);
        assertThat(stats.inUse()).isEqualTo(inUse);
        assertThat(stats.idle()).isZero();
        assertThat(stats.live()).isEqualTo(inUse);
        assertThat(stats.created()).isEqualTo(created);
    }

    @Test
    void aCallThatWaitsForItsOwnThreadsLeaseGetsATemporaryIsolate() {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease outer = fixture.lease();
        Lease inner = fixture.lease();
        assertThat(isolateOf(inner)).isNotSameAs(isolateOf(outer));
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
        FakeIsolate temporary = isolateOf(inner);
        inner.close();
        assertThat(temporary.closes()).as("there is no room to keep it").isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.SURPLUS, 1L);
        assertThat(fixture.pool.stats().suspended()).isZero();
        outer.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void aTemporaryIsolateIsKeptWhereThereIsRoomByThen() {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease outer = fixture.lease();
        Lease inner = fixture.lease();
        FakeIsolate temporary = isolateOf(inner);
        outer.retire(RetireReason.TRAP);
        outer.close();
        assertThat(host.taken()).isZero();
        inner.close();
        assertThat(temporary.closes()).isZero();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
        assertThat(isolateOf(fixture.lease())).isSameAs(temporary);
    }

    @Test
    void aTemporaryIsolateGoesToWhoeverWaitsWhereThereIsRoom() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        Lease inner = fixture.lease();
        FakeIsolate temporary = isolateOf(inner);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        fixture.factory.breakDown();
        inner.close();
        assertThat(temporary.closes()).as("there is no room").isEqualTo(1);
        FakeIsolate first = isolateOf(outer);
        outer.close();
        assertThat(isolateOf(waiting.answer())).isSameAs(first);
    }

    @Test
    void aCallOfItsLineageGetsATemporaryIsolateToo() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        Lineage lineage = Lineage.NONE.then(Thread.currentThread());
        Caller<Served> stranger = fixture.waitingCaller(LONG);
        Caller<Acquisition> nested = Caller.of(() -> {
            Acquisition acquisition = fixture.pool.acquire(fixture.clock.in(LONG), lineage);
            if (acquisition instanceof Lease lease) {
                lease.close();
            }
            return acquisition;
        });
        assertThat(nested.answer()).isInstanceOf(Lease.class);
        assertThat(stranger.task().isDone()).isFalse();
        assertThat(fixture.pool.stats().waiting()).isEqualTo(1);
        outer.close();
        assertThat(stranger.answer().isolate()).isNotNull();
    }

    @Test
    void aDeadlineInThePastMakesNoTemporaryIsolateAndLeavesNothing() {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        assertThat(reasonOf(fixture.pool.acquire(fixture.clock.in(Duration.ZERO))))
                .isEqualTo(Acquisition.Reason.TIMEOUT);
        assertThat(fixture.pool.stats().suspended()).isZero();
        assertThat(fixture.factory.made()).hasSize(1);
        outer.close();
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
    }

    @Test
    void aTemporaryIsolateThatCannotBeMadeLeavesNothing() {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease outer = fixture.lease();
        fixture.factory.breakDown();
        assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertThat(fixture.pool.stats().suspended()).isZero();
        assertThat(host.taken()).isEqualTo(1);
        outer.close();
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
    }

    @Test
    void suspendingMakesRoomForWhoeverWaits() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        lease.suspend();
        assertThat(isolateOf(waiting.answer())).isNotSameAs(isolateOf(lease));
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void suspendingMakesRoomForAnotherPoolOfTheHost() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        PoolFixture other = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        Caller<Served> waiting = other.waitingCaller(LONG);
        lease.suspend();
        assertThat(waiting.answer().isolate()).isNotNull();
        lease.resume();
        assertThat(fixture.pool.stats().suspended()).as("the host is full").isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
        FakeIsolate isolate = isolateOf(lease);
        lease.close();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void resumingNeverWaitsAndWhatFindsNoRoomGoesWhenItsLeaseIsClosed() {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        FakeIsolate isolate = isolateOf(outer);
        outer.suspend();
        Lease inner = fixture.lease();
        outer.resume();
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        outer.close();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.SURPLUS, 1L);
        inner.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void whatFoundNoRoomWhenItWasResumedIsKeptIfThereIsRoomWhenItsLeaseIsClosed() {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        FakeIsolate isolate = isolateOf(outer);
        outer.suspend();
        Lease inner = fixture.lease();
        outer.resume();
        inner.retire(RetireReason.TRAP);
        inner.close();
        outer.close();
        assertThat(isolate.closes()).isZero();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(fixture.pool.stats().suspended()).isZero();
    }

    @Test
    void oneThatWaitsForTwoCallsCountsAgainAfterTheSecond() {
        PoolFixture fixture = new PoolFixture(0, MAX);
        Lease lease = fixture.lease();
        lease.suspend();
        lease.suspend();
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        lease.resume();
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        lease.resume();
        assertThat(fixture.pool.stats().suspended()).isZero();
        assertThat(fixture.pool.stats().inUse()).isEqualTo(1);
        lease.suspend();
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        lease.resume();
        lease.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void anotherThreadThanTheOwnerMaySuspendAndResume() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        suspendElsewhere(lease);
        assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
        resumeElsewhere(lease);
        assertThat(fixture.pool.stats().suspended()).isZero();
        lease.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void resumingAfterTheLeaseIsClosedDoesNothing() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        suspendElsewhere(lease);
        lease.close();
        PoolStats closed = fixture.pool.stats();
        assertThat(closed.idle()).isEqualTo(1);
        resumeElsewhere(lease);
        assertThat(fixture.pool.stats()).isEqualTo(closed);
        try (Lease next = fixture.lease()) {
            suspendElsewhere(lease);
            resumeElsewhere(lease);
            assertThat(next.isolate()).isNotNull();
            assertThat(fixture.pool.stats().inUse()).isEqualTo(1);
            assertThat(fixture.pool.stats().suspended()).isZero();
        }
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void resumingAfterTheLeaseIsClosedDoesNotResumeTheNextOne() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        lease.suspend();
        lease.close();
        try (Lease next = fixture.lease()) {
            next.suspend();
            resumeElsewhere(lease);
            assertThat(fixture.pool.stats().suspended()).isEqualTo(1);
            assertThat(fixture.pool.stats().live()).isZero();
        }
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void resumingAfterTheLeaseWasFoundToBeLeakedDoesNothing() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Caller<Lease> careless = Caller.of(() -> {
            Lease lease = fixture.lease();
            lease.suspend();
            return lease;
        });
        Lease leaked = careless.answer();
        careless.thread().join();
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        PoolStats before = fixture.pool.stats();
        assertThat(before.suspended() + before.live()).isZero();
        leaked.resume();
        assertThat(fixture.pool.stats()).isEqualTo(before);
        assertThat(host.taken()).isZero();
        leaked.suspend();
        assertThat(fixture.pool.stats()).isEqualTo(before);
        assertThat(host.taken()).isZero();
        fixture.lease().close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void whatIsSuspendedWhenItsLeaseIsClosedIsAskedHowItIs() {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        FakeIsolate isolate = isolateOf(lease);
        lease.suspend();
        isolate.breakDown();
        lease.close();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.TRAP, 1L);
        assertThat(fixture.pool.stats().live() + fixture.pool.stats().suspended())
                .isZero();
    }

    @Test
    void drainWaitsForWhatIsSuspendedAndStopsItToo() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Caller<FakeIsolate> nesting = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                FakeIsolate isolate = isolateOf(lease);
                lease.suspend();
                awaitUntil(() -> isolate.cancels() > 0);
                lease.resume();
                return isolate;
            }
        });
        awaitUntil(() -> fixture.pool.stats().suspended() == 1);
        assertThat(fixture.pool.drain(fixture.clock.in(Duration.ZERO), RetireReason.RELOAD))
                .isFalse();
        assertThat(nesting.answer().cancels()).isEqualTo(1);
        awaitUntil(() -> fixture.factory.live() == 0);
        assertThat(fixture.pool.stats().retired())
                .as("it goes because its pool does")
                .containsEntry(RetireReason.RELOAD, 1L);
    }

    @Test
    void whatIsSuspendedWhenThePoolIsClosedGoesWhenItsLeaseIsClosed() {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        FakeIsolate isolate = isolateOf(lease);
        lease.suspend();
        fixture.pool.close();
        assertThat(fixture.pool.closed()).isFalse();
        lease.resume();
        assertThat(host.taken()).isZero();
        lease.close();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.closed()).isTrue();
        assertThat(fixture.pool.stats().suspended()).isZero();
        assertThat(host.taken()).isZero();
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.CLOSE, 1L);
    }

    @Test
    void whatIsSuspendedIsNotSurplusWhenThePoolIsMadeSmaller() {
        PoolFixture fixture = new PoolFixture(0, MAX);
        Lease suspended = fixture.lease();
        suspended.suspend();
        Lease used = fixture.lease();
        fixture.pool.resize(0, 1);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        used.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        FakeIsolate isolate = isolateOf(suspended);
        suspended.close();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
    }

    @Test
    void aCallBeneathASuspendedOneFailsAtOnceWhereNoIsolateCanBeMade() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease outer = fixture.lease();
        outer.suspend();
        fixture.factory.breakDown();
        assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        Lineage lineage = Lineage.NONE.then(Thread.currentThread());
        Caller<Served> third = Caller.of(() -> Served.of(fixture.pool.acquire(fixture.clock.in(LONG), lineage)));
        awaitUntil(() -> third.task().isDone() || fixture.pool.stats().waiting() == 1);
        assertThat(fixture.pool.stats().waiting())
                .as("it would wait for what waits for it")
                .isZero();
        assertThat(reasonOf(third.answer())).isEqualTo(Acquisition.Reason.CREATION_FAILED);
    }

    private static void suspendElsewhere(Lease lease) throws Exception {
        Caller<Void> other = Caller.of(() -> {
            lease.suspend();
            return null;
        });
        assertThat(other.answer()).isNull();
    }

    private static void resumeElsewhere(Lease lease) throws Exception {
        Caller<Void> other = Caller.of(() -> {
            lease.resume();
            return null;
        });
        assertThat(other.answer()).isNull();
    }
}
