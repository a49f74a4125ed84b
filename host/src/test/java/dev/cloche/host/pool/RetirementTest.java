package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What becomes of an isolate while it changes hands, seen by who looks for leaks at that very moment.
class RetirementTest {
    private static final long AGES_AT = Duration.ofDays(1).toNanos();
    private static final Duration LATE = Retirement.LEAK_GRACE.plus(Duration.ofSeconds(1));

    private final PooledIsolate pooled = new PooledIsolate(
            new Creation.Made(new FakeIsolate(new FakeFactory(), 1), FakeIsolate.MEMORY_MAX, 0),
            AGES_AT,
            PoolSettings.DEFAULT,
            false);
    private final Retirement retirement = new Retirement("test", PoolSettings.DEFAULT, new PoolCounters());

    private void assertNothingIsFound(long now) {
        assertThat(retirement.reason(pooled, 1, 0, now)).isNull();
        assertThat(retirement.takeFindings()).isEmpty();
    }

    @Test
    void oneThatWasJustMadeIsNobodysLeak() {
        assertNothingIsFound(LATE.toNanos());
    }

    @Test
    void oneThatIsJustBeingLentAgainIsNotLateBecauseItsLastLeaseWouldBe() {
        pooled.lend(Thread.currentThread(), 0);
        pooled.rest();
        assertThat(pooled.claim(Thread.currentThread())).isTrue();
        assertNothingIsFound(LATE.toNanos());
        pooled.lend(Thread.currentThread(), LATE.toNanos());
        assertNothingIsFound(LATE.toNanos());
    }

    @Test
    void oneThatIsLateIsFoundOnce() {
        pooled.lend(Thread.currentThread(), 0);
        assertNothingIsFound(Retirement.LEAK_GRACE.toNanos() - 1);
        assertThat(retirement.reason(pooled, 1, 0, LATE.toNanos())).isNull();
        assertThat(retirement.takeFindings()).hasSize(1);
        assertNothingIsFound(LATE.toNanos());
    }
}
