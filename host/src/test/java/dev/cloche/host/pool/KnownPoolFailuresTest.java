package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The ways in which pools are known to fail, one test each.
class KnownPoolFailuresTest {
    private static final int CALLERS = 8;
    private static final int WARM_ROUNDS = 50;
    private static final int REFUSALS = 3;
    private static final int LATER = 20;
    private static final int MAX = 3;

    @Test
    void aRollbackDoesNotSubtractWhatWasNeverAdded() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        Caller<Served> late = fixture.waitingCaller(Duration.ofSeconds(1));
        Caller<Served> interrupted = fixture.waitingCaller(LONG);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.pool.maintain();
        assertThat(reasonOf(late.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
        interrupted.thread().interrupt();
        assertThat(reasonOf(interrupted.answer())).isEqualTo(Acquisition.Reason.INTERRUPTED);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
        lease.retire(RetireReason.TRAP);
        lease.close();
        fixture.factory.breakDown();
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
            assertThat(fixture.pool.stats().live()).isZero();
            assertThat(host.taken()).isZero();
        }
        assertThat(fixture.pool.replenish()).isFalse();
        assertThat(host.taken()).isZero();
    }

    @Test
    void aPlaceGrantedAtTheMomentOfAnInterruptIsPassedOn() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        Lease lease = fixture.lease();
        Caller<Served> interrupted = fixture.waitingCaller(LONG);
        Caller<Served> next = fixture.waitingCaller(LONG);
        Thread thread = interrupted.thread();
        Thread closing = Thread.currentThread();
        // Under the pool's lock, just before the place is granted: the waiter is awake, and waits for the lock.
        fixture.clock.onRead(() -> {
            if (closing.equals(Thread.currentThread())) {
                thread.interrupt();
                awaitUntil(() -> thread.getState() == Thread.State.WAITING);
            }
        });
        lease.retire(RetireReason.TRAP);
        lease.close();
        fixture.clock.onRead(() -> {});
        assertThat(reasonOf(interrupted.answer())).isEqualTo(Acquisition.Reason.INTERRUPTED);
        assertThat(next.answer().isolate()).isNotNull();
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        assertThat(fixture.pool.stats().creationFailures()).isZero();
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void theCountIsNotLoweredBeforeTheIsolateIsClosed() throws Exception {
        HostIsolates host = new HostIsolates(2);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Caller<Void> user = Caller.of(() -> {
            try (Lease lease = fixture.lease()) {
                isolateOf(lease).breakDown();
                isolateOf(lease).onClose(() -> {
                    closing.countDown();
                    IsolatePoolTest.join(goOn);
                });
            }
            return null;
        });
        closing.await();
        assertThat(fixture.pool.stats().retiring()).isEqualTo(1);
        assertThat(fixture.pool.stats().live()).isEqualTo(1);
        assertThat(host.taken()).isEqualTo(1);
        Caller<Served> waiting = fixture.waitingCaller(LONG);
        assertThat(fixture.factory.made()).hasSize(1);
        goOn.countDown();
        assertThat(user.answer()).isNull();
        assertThat(waiting.answer().isolate()).isNotNull();
        assertThat(fixture.factory.highWater()).isEqualTo(1);
    }

    @Test
    void aCreationIsNotInvisibleToDrainAndClose() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.factory.before(call -> IsolatePoolTest.join(goOn));
        Caller<Served> creating = fixture.caller(LONG);
        awaitUntil(() -> fixture.pool.stats().creating() == 1);
        Caller<Boolean> draining = Caller.of(() -> fixture.pool.drain(fixture.clock.in(LONG), RetireReason.RELOAD));
        awaitUntil(() -> fixture.rejection() == Acquisition.Reason.DRAINING);
        fixture.pool.close();
        assertThat(draining.task().isDone()).isFalse();
        assertThat(fixture.pool.closed()).isFalse();
        goOn.countDown();
        assertThat(draining.answer()).isTrue();
        assertThat(reasonOf(creating.answer())).isEqualTo(Acquisition.Reason.CLOSED);
        assertThat(fixture.factory.live()).isZero();
        assertThat(fixture.pool.closed()).isTrue();
        assertThat(fixture.pool.stats().retired()).containsEntry(RetireReason.RELOAD, 1L);
    }

    @Test
    void aDrainThatIsOverTimeLeavesNoIdleIsolateOpen() {
        PoolFixture fixture = new PoolFixture(0, MAX);
        Lease stuck = fixture.lease();
        Lease first = fixture.lease();
        Lease second = fixture.lease();
        FakeIsolate idle = isolateOf(first);
        FakeIsolate used = isolateOf(second);
        FakeIsolate last = isolateOf(stuck);
        first.close();
        assertThat(fixture.pool.drain(fixture.clock.in(Duration.ZERO), RetireReason.CLOSE))
                .isFalse();
        assertThat(idle.closes()).isEqualTo(1);
        second.close();
        assertThat(used.closes()).as("what comes back later").isEqualTo(1);
        assertThat(last.closes()).isZero();
        fixture.pool.close();
        stuck.close();
        assertThat(fixture.factory.live()).isZero();
        assertThat(fixture.pool.closed()).isTrue();
    }

    @Test
    void theReaperIsNotWedgedByAStartFunctionWithoutEnd() throws Exception {
        PoolFixture wedged = new PoolFixture(1, 1);
        PoolFixture sound = new PoolFixture(0, 1);
        CountDownLatch goOn = new CountDownLatch(1);
        wedged.factory.before(call -> IsolatePoolTest.join(goOn));
        try (PoolMaintenance maintenance = PoolMaintenance.start()) {
            maintenance.add(wedged.pool);
            maintenance.add(sound.pool);
            awaitUntil(() -> wedged.pool.stats().creating() == 1);
            sound.lease().close();
            FakeIsolate idle = sound.factory.made().getFirst();
            assertThat(sound.pool.maintain()).isZero();
            sound.clock.advance(Duration.ofMinutes(5).plusNanos(1));
            awaitUntil(() -> idle.closes() == 1);
            sound.lease();
            Caller<Served> late = sound.waitingCaller(Duration.ofSeconds(1));
            sound.clock.advance(Duration.ofSeconds(1));
            assertThat(reasonOf(late.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
            Caller<Served> behind = wedged.waitingCaller(Duration.ofSeconds(1));
            wedged.clock.advance(Duration.ofSeconds(1));
            assertThat(reasonOf(behind.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
            assertThat(wedged.pool.stats().creating()).isEqualTo(1);
            goOn.countDown();
            awaitUntil(() -> wedged.pool.stats().idle() == 1);
        }
    }

    @Test
    void whoWaitsIsNotOvertakenByThoseWhoComeLater() throws Exception {
        PoolFixture fixture = new PoolFixture(0, 1);
        ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
        List<Caller<Acquisition>> callers = new ArrayList<>();
        Lease lease = fixture.lease();
        for (int i = 0; i < LATER; i++) {
            int number = i;
            callers.add(fixture.waitingUser(isolate -> served.add(number)));
        }
        lease.close();
        for (Caller<Acquisition> each : callers) {
            assertThat(each.answer()).isInstanceOf(Lease.class);
        }
        assertThat(List.copyOf(served)).isSorted().hasSize(LATER);
    }

    @Test
    void anErrorBetweenTwoLeasesDoesNotCostThePlace() {
        PoolFixture fixture = new PoolFixture(0, 1, knobs -> knobs.withReset(PoolSettings.Reset.PER_LEASE));
        Lease lease = fixture.lease();
        FakeIsolate isolate = isolateOf(lease);
        isolate.onReset(() -> {
            throw new OutOfMemoryError("no room for the pages");
        });
        assertThatThrownBy(lease::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(fixture.pool.stats().live()).isZero();
        assertThat(isolateOf(fixture.lease())).isNotSameAs(isolate);
    }

    @Test
    void anErrorWhileOneIsClosedDoesNotCostTheOthers() {
        PoolFixture fixture = new PoolFixture(0, MAX);
        List<Lease> leases = List.of(fixture.lease(), fixture.lease(), fixture.lease());
        List<FakeIsolate> isolates = leases.stream().map(PoolFixture::isolateOf).toList();
        isolates.forEach(each -> each.onClose(() -> {
            throw new StackOverflowError();
        }));
        leases.forEach(Lease::close);
        fixture.pool.close();
        assertThat(fixture.pool.stats().live()).isZero();
        assertThat(fixture.pool.closed()).isTrue();
    }

    @Test
    void anErrorInOnePoolDoesNotEndTheMaintenanceOfTheOthers() {
        PoolFixture failing = new PoolFixture(0, 1);
        PoolFixture sound = new PoolFixture(0, 1);
        failing.lease().close();
        sound.lease().close();
        failing.factory.made().getFirst().onClose(() -> {
            throw new NoClassDefFoundError("it was not packed");
        });
        FakeIsolate idle = sound.factory.made().getFirst();
        try (PoolMaintenance maintenance = PoolMaintenance.start()) {
            maintenance.add(failing.pool);
            failing.pool.maintain();
            failing.clock.advance(Duration.ofMinutes(5).plusNanos(1));
            awaitUntil(() -> failing.pool.stats().retiredTotal() == 1);
            maintenance.add(sound.pool);
            sound.pool.maintain();
            sound.clock.advance(Duration.ofMinutes(5).plusNanos(1));
            awaitUntil(() -> idle.closes() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void closeDuringEverythingLeavesNothing(long seed) throws Exception {
        HostIsolates host = new HostIsolates(MAX);
        PoolFixture fixture = new PoolFixture(host, 1, MAX);
        PoolFixture other = new PoolFixture(host, 0, MAX);
        CountDownLatch warm = new CountDownLatch(CALLERS * WARM_ROUNDS);
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom random = seeds.split();
            callers.add(Caller.of(() -> useBoth(fixture, other, random, warm)));
        }
        SplittableRandom sizes = seeds.split();
        Caller<Integer> maintaining = Caller.of(() -> maintainUntilClosed(fixture, sizes));
        warm.await();
        if (seed % 2 == 0) {
            boolean _ = fixture.pool.drain(fixture.clock.in(Duration.ofMillis(seed)), RetireReason.CLOSE);
        }
        fixture.pool.close();
        int refused = 0;
        for (Caller<Integer> each : callers) {
            refused += each.answer();
        }
        assertThat(refused).as("seed=" + seed).isPositive();
        assertThat(maintaining.answer()).as("seed=" + seed).isPositive();
        fixture.pool.maintain();
        other.pool.close();
        other.pool.maintain();
        for (PoolFixture each : List.of(fixture, other)) {
            assertThat(each.pool.closed()).as("seed=" + seed).isTrue();
            assertThat(each.factory.live()).as("seed=" + seed).isZero();
            assertThat(each.factory.made())
                    .as("seed=" + seed)
                    .allSatisfy(made -> assertThat(made.closes()).isEqualTo(1));
        }
        assertThat(host.taken()).as("seed=" + seed).isZero();
    }

    /// Until the first pool refuses because it is shut, and a little longer.
    ///
    /// @return how often it was refused
    private static int useBoth(PoolFixture fixture, PoolFixture other, SplittableRandom random, CountDownLatch warm) {
        int refused = 0;
        while (refused < REFUSALS) {
            warm.countDown();
            PoolFixture chosen = random.nextInt(4) == 0 ? other : fixture;
            Acquisition acquisition = chosen.pool.acquire(chosen.clock.in(LONG));
            if (acquisition instanceof Lease lease) {
                use(lease, random);
            } else {
                refused++;
            }
        }
        return refused;
    }

    private static void use(Lease lease, SplittableRandom random) {
        try (lease) {
            isolateOf(lease).enter();
            switch (random.nextInt(8)) {
                case 0 -> isolateOf(lease).breakDown();
                case 1 -> lease.suspend();
                case 2 -> {
                    lease.suspend();
                    lease.resume();
                }
                case 3 -> isolateOf(lease).memory(FakeIsolate.MEMORY_MAX);
                default -> Thread.onSpinWait();
            }
            isolateOf(lease).leave();
        }
    }

    /// @return how often it did
    private static int maintainUntilClosed(PoolFixture fixture, SplittableRandom sizes) {
        int rounds = 0;
        do {
            rounds++;
            fixture.pool.maintain();
            boolean _ = fixture.pool.replenish();
            fixture.pool.resize(1, 1 + sizes.nextInt(MAX));
            fixture.clock.advance(Duration.ofNanos(1));
        } while (!fixture.pool.closed());
        return rounds;
    }
}
