package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What was leased and given back, waited for or refused leaves nothing in memory.
class IsolatePoolMemoryTest {
    private static final int CYCLES = 1_000_000;

    /// Of what takes longer. Even one reference a cycle would be more than may be left.
    private static final int SLOW_CYCLES = 150_000;

    private static final long LEFT_BYTES_MAX = 1 << 20;
    private static final int LOOKS_MAX = 50;
    private static final int CALLERS = 4;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

    /// Does something that is to leave nothing, once to warm up and once for the count.
    private void assertLeavesNothing(Cycles cycles) throws Exception {
        cycles.run();
        long before = used();
        cycles.run();
        long left = used() - before;
        // Others use the heap too, and what they leave goes in a while.
        for (int look = 0; left > LEFT_BYTES_MAX && look < LOOKS_MAX; look++) {
            left = used() - before;
        }
        assertThat(left).isLessThanOrEqualTo(LEFT_BYTES_MAX);
    }

    private long used() {
        System.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private interface Cycles {
        void run() throws Exception;
    }

    @Test
    void leasesLeaveNothing() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 2);
        assertLeavesNothing(() -> {
            for (int i = 0; i < CYCLES; i++) {
                fixture.lease().close();
            }
        });
        assertThat(fixture.factory.made()).hasSize(1);
    }

    @Test
    void waitsLeaveNothing() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        assertLeavesNothing(() -> {
            List<Caller<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(Caller.of(() -> useAgainAndAgain(fixture)));
            }
            for (Caller<Integer> each : callers) {
                assertThat(each.answer()).isEqualTo(SLOW_CYCLES / CALLERS);
            }
        });
        assertThat(fixture.pool.stats().waiting()).isZero();
    }

    private static int useAgainAndAgain(PoolFixture fixture) {
        int done = 0;
        while (done < SLOW_CYCLES / CALLERS) {
            try (Lease lease = fixture.lease()) {
                isolateOf(lease).enter();
                if (done % 64 == 0) {
                    LockSupport.parkNanos(1);
                }
                isolateOf(lease).leave();
            }
            done++;
        }
        return done;
    }

    @Test
    void suspensionsLeaveNothing() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 2);
        assertLeavesNothing(() -> {
            for (int i = 0; i < CYCLES; i++) {
                try (Lease lease = fixture.lease()) {
                    lease.suspend();
                    if (i % 2 == 0) {
                        lease.resume();
                    }
                }
            }
        });
        assertThat(fixture.pool.stats().suspended()).isZero();
        assertThat(fixture.factory.made()).hasSize(1);
    }

    @Test
    void temporaryAndTrappedIsolatesLeaveNothing() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        assertLeavesNothing(() -> {
            for (int i = 0; i < SLOW_CYCLES; i++) {
                try (Lease outer = fixture.lease();
                        Lease inner = fixture.lease()) {
                    assertThat(inner).isNotSameAs(outer);
                    outer.retire(RetireReason.TRAP);
                }
                if (i % 1_000 == 0) {
                    fixture.factory.forgetMade();
                }
            }
            fixture.factory.forgetMade();
        });
        assertThat(fixture.pool.stats().live()).isEqualTo(host.taken()).isLessThanOrEqualTo(1);
    }

    @Test
    void refusalsLeaveNothing() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        CountDownLatch over = new CountDownLatch(1);
        Caller<Served> holding = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                IsolatePoolTest.join(over);
                return new Served(lease, isolateOf(lease));
            }
        });
        PoolFixture.awaitUntil(() -> fixture.pool.stats().inUse() == 1);
        assertLeavesNothing(() -> {
            for (int i = 0; i < SLOW_CYCLES; i++) {
                assertThat(reasonOf(fixture.pool.acquire(fixture.clock.in(Duration.ZERO))))
                        .isEqualTo(Acquisition.Reason.TIMEOUT);
            }
        });
        assertThat(fixture.pool.stats().waiting()).isZero();
        over.countDown();
        assertThat(holding.answer().isolate()).isNotNull();
        PoolFixture.awaitUntil(() -> fixture.pool.stats().idle() == 1);
    }
}
