package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Knobs;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a pool tells of waits, creations and resets, and what stays of its numbers.
class PoolStatsTest {
    private static final double ROUNDING = 1e-12;
    private static final int ROUNDS = 2_000;

    @Test
    void callersThatDoNotWaitAreInTheFirstBucket() {
        PoolFixture fixture = new PoolFixture(0, 1);
        for (int i = 0; i < 5; i++) {
            fixture.lease().close();
        }
        Histogram waits = fixture.pool.stats().waits();
        assertThat(waits.counts()).startsWith(5L);
        assertThat(waits.count()).isEqualTo(5);
        assertThat(waits.sum()).isZero();
    }

    @Test
    void whoWaitsIsCountedWithTheTimeItWaited() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Served> caller = fixture.waitingCaller(LONG);
        assertThat(fixture.pool.stats().waits().count()).isEqualTo(1);
        fixture.clock.advance(Duration.ofMillis(40));
        lease.close();
        caller.answer();
        Histogram waits = fixture.pool.stats().waits();
        assertThat(waits.counts().getFirst()).isEqualTo(1);
        assertThat(waits.counts().get(waits.bounds().indexOf(0.05))).isEqualTo(1);
        assertThat(waits.count()).isEqualTo(2);
        assertThat(waits.sum()).isCloseTo(0.04, within(ROUNDING));
    }

    @Test
    void whoWaitsInVainIsCountedToo() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Served> caller = fixture.waitingCaller(Duration.ofSeconds(2));
        fixture.clock.advance(Duration.ofSeconds(2));
        fixture.pool.maintain();
        caller.answer();
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.rejections()).containsEntry(Acquisition.Reason.TIMEOUT, 1L);
        assertThat(stats.waits().count()).isEqualTo(2);
        assertThat(stats.waits().sum()).isCloseTo(2, within(ROUNDING));
        lease.close();
    }

    @Test
    void whoIsGivenAPlaceIsCountedOnce() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Served> caller = fixture.waitingCaller(LONG);
        fixture.clock.advance(Duration.ofMillis(2));
        lease.retire(RetireReason.TRAP);
        lease.close();
        caller.answer();
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.created()).isEqualTo(2);
        assertThat(stats.acquires()).isEqualTo(2);
        assertThat(stats.waits().counts().getFirst()).isEqualTo(1);
        assertThat(stats.waits().count()).isEqualTo(2);
    }

    @Test
    void refusalsOfAClosedPoolAreCallersThatDidNotWait() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        Lease lease = fixture.lease();
        Caller<Served> caller = fixture.waitingCaller(LONG);
        fixture.pool.close();
        caller.answer();
        assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CLOSED);
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.waits().count()).isEqualTo(stats.acquires() + stats.rejectionsTotal());
        lease.close();
    }

    @Test
    void waitsNeverGoBackAndCountEveryCallerInTheEnd() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 2);
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int retireEvery = 5 + i;
            callers.add(Caller.of(() -> useOften(fixture, retireEvery)));
        }
        Histogram before = fixture.pool.stats().waits();
        while (callers.stream().anyMatch(caller -> caller.thread().isAlive())) {
            PoolStats stats = fixture.pool.stats();
            Histogram waits = stats.waits();
            for (int i = 0; i < waits.counts().size(); i++) {
                assertThat(waits.counts().get(i))
                        .isGreaterThanOrEqualTo(before.counts().get(i));
            }
            before = waits;
        }
        int asked = 0;
        for (Caller<Integer> caller : callers) {
            asked += caller.answer();
        }
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.acquires() + stats.rejectionsTotal()).isEqualTo(asked);
        assertThat(stats.waits().count()).isEqualTo(asked);
    }

    private static int useOften(PoolFixture fixture, int retireEvery) {
        for (int i = 1; i <= ROUNDS; i++) {
            try (Lease lease = fixture.lease()) {
                if (i % retireEvery == 0) {
                    lease.retire(RetireReason.TRAP);
                }
            }
        }
        return ROUNDS;
    }

    @Test
    void creationsAreTimed() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.factory.before(call -> fixture.clock.advance(Duration.ofMillis(7)));
        fixture.lease().close();
        Histogram creations = fixture.pool.stats().creations();
        assertThat(creations.count()).isEqualTo(1);
        assertThat(creations.counts().get(creations.bounds().indexOf(0.01))).isEqualTo(1);
        assertThat(creations.sum()).isCloseTo(0.007, within(ROUNDING));
    }

    @Test
    void creationsThatFailHaveTheirOwnCount() {
        PoolFixture fixture = new PoolFixture(0, 1);
        fixture.factory.breakDown();
        fixture.rejection();
        PoolStats stats = fixture.pool.stats();
        assertThat(stats.creations().count()).isZero();
        assertThat(stats.creationFailures()).isEqualTo(1);
    }

    @Test
    void resetsOfIsolatesThatAreGoneAreRemembered() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withReset(PoolSettings.Reset.PER_LEASE));
        for (int i = 0; i < 3; i++) {
            Lease lease = fixture.lease();
            isolateOf(lease).resettable();
            lease.close();
        }
        assertThat(fixture.pool.stats().resets()).isEqualTo(3);
        fixture.pool.close();
        assertThat(fixture.pool.stats().live()).isZero();
        assertThat(fixture.pool.stats().resets()).isEqualTo(3);
    }

    @Test
    void anIsolateThatIsNotResetCountsNone() {
        PoolFixture refusing = new PoolFixture(0, 1, knobs -> knobs.withReset(PoolSettings.Reset.PER_LEASE));
        refusing.lease().close();
        PoolFixture keeping = new PoolFixture(0, 1, Knobs::self);
        keeping.lease().close();
        assertThat(refusing.pool.stats().resets()).isZero();
        assertThat(keeping.pool.stats().resets()).isZero();
    }

    @Test
    void numbersOfTwoPoolsAddUp() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease lease = fixture.lease();
        fixture.lease().close();
        PoolStats stats = fixture.pool.stats();
        PoolStats sum = stats.plus(stats);
        assertThat(sum.live()).isEqualTo(2 * stats.live());
        assertThat(sum.inUse()).isEqualTo(2);
        assertThat(sum.acquires()).isEqualTo(4);
        assertThat(sum.waits().count()).isEqualTo(4);
        assertThat(stats.plus(PoolStats.zero())).isEqualTo(stats);
        lease.close();
    }

    @Test
    void thePastHasAllCountsAndNothingThatIsThereNow() {
        PoolFixture fixture = new PoolFixture(0, 2);
        Lease lease = fixture.lease();
        PoolStats past = fixture.pool.stats().past();
        assertThat(past.live()).isZero();
        assertThat(past.created()).isEqualTo(1);
        assertThat(past.acquires()).isEqualTo(1);
        assertThat(past.plus(PoolStats.zero().past())).isEqualTo(past);
        lease.close();
    }
}
