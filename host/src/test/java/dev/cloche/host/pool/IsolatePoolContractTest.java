package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a pool promises, one test for each promise.
class IsolatePoolContractTest {
    private static final int MAX = 3;
    private static final int MAX_USES = 4;
    private static final Duration MAX_IDLE = Duration.ofMinutes(5);
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    @Test
    void theAcquireBeyondMaxBlocksUntilALeaseIsClosed() throws Exception {
        PoolFixture fixture = new PoolFixture(0, MAX);
        for (int i = 1; i < MAX; i++) {
            fixture.lease();
        }
        Lease last = fixture.lease();
        FakeIsolate isolate = isolateOf(last);
        Caller<Served> blocked = fixture.waitingCaller(LONG);
        assertThat(blocked.task().isDone()).isFalse();
        assertThat(fixture.factory.made()).hasSize(MAX);
        last.close();
        assertThat(isolateOf(blocked.answer())).isSameAs(isolate);
        assertThat(fixture.factory.highWater()).isEqualTo(MAX);
    }

    @Test
    void aDeadlineWhileBlockedGivesRejectedTimeoutAndLeaksNothing() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        FakeIsolate isolate = isolateOf(lease);
        Caller<Served> blocked = fixture.waitingCaller(DEADLINE);
        fixture.clock.advance(DEADLINE.minusNanos(1));
        assertThat(fixture.pool.maintain()).isZero();
        assertThat(fixture.pool.stats().waiting()).isEqualTo(1);
        fixture.clock.advance(Duration.ofNanos(1));
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        assertThat(reasonOf(blocked.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
        assertThat(fixture.pool.stats().waiting()).isZero();
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        lease.close();
        try (Lease next = fixture.lease()) {
            assertThat(isolateOf(next)).isSameAs(isolate);
        }
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(fixture.pool.stats().rejections()).containsEntry(Acquisition.Reason.TIMEOUT, 1L);
        assertThat(fixture.pool.stats().rejectionsTotal()).isEqualTo(1);
    }

    @Test
    void afterExactlyMaxUsesLeasesTheIsolateIsAnotherOne() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withMaxUses(MAX_USES));
        for (int use = 0; use < 3 * MAX_USES; use++) {
            try (Lease lease = fixture.lease()) {
                assertThat(isolateOf(lease).number()).as("use=" + use).isEqualTo(1 + use / MAX_USES);
            }
        }
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.MAX_USES, 3L);
        assertThat(fixture.factory.live()).isZero();
    }

    @Test
    void aTrappedIsolateNeverReentersRotation() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Set<FakeIsolate> trapped = new HashSet<>();
        for (int round = 0; round < MAX_USES; round++) {
            Lease lease = fixture.lease();
            FakeIsolate isolate = isolateOf(lease);
            assertThat(trapped).doesNotContain(isolate);
            trapped.add(isolate);
            Caller<Served> waiting = fixture.waitingCaller(LONG);
            isolate.breakDown();
            lease.close();
            FakeIsolate next = isolateOf(waiting.answer());
            assertThat(trapped).doesNotContain(next);
            assertThat(isolate.closes()).isEqualTo(1);
            waiting.thread().join();
            assertThat(fixture.pool.maintain())
                    .as("the lease that its thread left")
                    .isEqualTo(1);
        }
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.TRAP, (long) MAX_USES);
    }

    @Test
    void idleEvictionRefillsToMin() {
        PoolFixture fixture = new PoolFixture(2, MAX, knobs -> knobs.withMaxIdle(MAX_IDLE));
        try (PoolMaintenance maintenance = PoolMaintenance.start()) {
            maintenance.add(fixture.pool);
            awaitUntil(() -> fixture.pool.stats().idle() == 2);
            fixture.clock.advance(Duration.ofHours(2));
            maintenance.step();
            assertThat(fixture.pool.stats().retired()).as("too old").containsEntry(RetireReason.AGE, 2L);
            awaitUntil(() -> fixture.pool.stats().idle() == 2);
        }
        Lease first = fixture.lease();
        Lease second = fixture.lease();
        Lease third = fixture.lease();
        first.close();
        second.close();
        third.close();
        assertThat(fixture.pool.maintain()).isZero();
        fixture.clock.advance(MAX_IDLE);
        assertThat(fixture.pool.maintain()).isZero();
        fixture.clock.advance(Duration.ofNanos(1));
        assertThat(fixture.pool.maintain()).isEqualTo(1);
        assertThat(fixture.pool.stats().idle()).isEqualTo(2);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.IDLE, 1L);
    }

    @Test
    void memoryOverTheFractionRetires() {
        PoolFixture fixture = new PoolFixture(0, 1);
        long kept = FakeIsolate.MEMORY_MAX * 8 / 10;
        Lease atTheLimit = fixture.lease();
        isolateOf(atTheLimit).memory(kept);
        atTheLimit.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        Lease over = fixture.lease();
        FakeIsolate large = isolateOf(over);
        large.memory(kept + 1);
        over.close();
        assertThat(large.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.MEMORY, 1L);
        assertThat(fixture.pool.stats().live()).isZero();
    }

    @Test
    void drainAwaitsLeasesUpToItsDeadlineThenCancels() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Caller<FakeIsolate> stopped = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                FakeIsolate isolate = isolateOf(lease);
                awaitUntil(() -> isolate.cancels() > 0);
                return isolate;
            }
        });
        awaitUntil(() -> fixture.pool.stats().inUse() == 1);
        FakeIsolate running = fixture.factory.made().getFirst();
        Caller<Boolean> draining = Caller.of(() -> fixture.pool.drain(fixture.clock.in(LONG), RetireReason.RELOAD));
        fixture.awaitDraining();
        assertThat(running.cancels()).isZero();
        assertThat(draining.task().isDone()).isFalse();
        draining.thread().interrupt();
        assertThat(draining.answer()).as("an interrupted drain stops nobody").isFalse();
        assertThat(running.cancels()).isZero();
        assertThat(fixture.pool.drain(fixture.clock.in(Duration.ZERO), RetireReason.RELOAD))
                .isFalse();
        assertThat(stopped.answer()).isSameAs(running);
        assertThat(running.cancels()).isEqualTo(1);
        awaitUntil(() -> running.closes() == 1);
        awaitUntil(() -> fixture.pool.stats().live() == 0);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.RELOAD, 1L);
    }

    @Test
    void whatIsTooManyAfterAResizeIsClosedWhenItComesBack() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease first = fixture.lease();
        Lease second = fixture.lease();
        FakeIsolate surplus = isolateOf(first);
        fixture.pool.resize(0, 1);
        assertThat(fixture.pool.stats().live()).isEqualTo(2);
        first.close();
        assertThat(surplus.closes()).isEqualTo(1);
        second.close();
        assertThat(fixture.pool.stats().idle()).isEqualTo(1);
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.SURPLUS, 1L);
    }

    @Test
    void theSecondCloseDoesNothing() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease inUse = fixture.lease();
        FakeIsolate isolate = isolateOf(inUse);
        fixture.lease().close();
        fixture.pool.close();
        PoolStats before = fixture.pool.stats();
        fixture.pool.close();
        assertThat(fixture.pool.stats()).isEqualTo(before);
        assertThat(fixture.pool.closed()).isFalse();
        inUse.close();
        PoolStats released = fixture.pool.stats();
        inUse.close();
        fixture.pool.close();
        assertThat(fixture.pool.stats()).isEqualTo(released);
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.closed()).isTrue();
        assertThat(fixture.factory.live()).isZero();
    }
}
