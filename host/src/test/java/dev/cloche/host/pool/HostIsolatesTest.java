package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.LONG;
import static dev.cloche.host.pool.PoolFixture.isolateOf;
import static dev.cloche.host.pool.PoolFixture.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Reply;
import dev.cloche.host.pool.PoolFixture.Caller;
import dev.cloche.host.pool.PoolFixture.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several pools that may have so many isolates together.
class HostIsolatesTest {
    private static final int POOLS = 4;
    private static final int CAP = 5;
    private static final int THREADS = 12;
    private static final int ROUNDS = 1_500;

    @Test
    void aHostMustBeAllowedAnIsolate() {
        assertThatThrownBy(() -> new HostIsolates(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("max=0");
        assertThat(new HostIsolates(HostIsolates.DEFAULT_MAX).max()).isEqualTo(HostIsolates.DEFAULT_MAX);
    }

    @Test
    void thePoolWithTheMostIdleIsolatesGivesFirst() throws Exception {
        HostIsolates host = new HostIsolates(5);
        PoolFixture few = filled(host, 0, 2);
        PoolFixture many = filled(host, 0, 3);
        PoolFixture asking = new PoolFixture(host, 0, 4);
        assertThat(asking.caller(LONG).answer().isolate()).isNotNull();
        assertIdle(few, 2);
        assertIdle(many, 2);
        assertThat(many.pool.stats().retired()).containsEntry(RetireReason.EVICTED, 1L);
        assertThat(asking.caller(LONG).answer().isolate()).isNotNull();
        assertThat(few.pool.stats().idle() + many.pool.stats().idle()).isEqualTo(3);
        assertThat(asking.caller(LONG).answer().isolate()).isNotNull();
        assertIdle(few, 1);
        assertIdle(many, 1);
        assertThat(host.taken()).isEqualTo(5);
        assertThat(asking.pool.stats().inUse()).isEqualTo(3);
    }

    @Test
    void whatAPoolKeepsReadyGoesLast() throws Exception {
        HostIsolates host = new HostIsolates(4);
        PoolFixture keeping = filled(host, 3, 3);
        PoolFixture spare = filled(host, 0, 1);
        PoolFixture asking = new PoolFixture(host, 0, 2);
        assertThat(asking.caller(LONG).answer().isolate()).isNotNull();
        assertIdle(keeping, 3);
        assertIdle(spare, 0);
        assertThat(asking.caller(LONG).answer().isolate()).isNotNull();
        assertIdle(keeping, 2);
        assertThat(keeping.pool.replenish())
                .as("nobody is closed for one made ahead")
                .isFalse();
        assertThat(asking.pool.stats().inUse()).isEqualTo(2);
    }

    @Test
    void nobodyIsClosedForATemporaryIsolate() {
        HostIsolates host = new HostIsolates(2);
        PoolFixture idling = filled(host, 0, 1);
        PoolFixture nesting = new PoolFixture(host, 0, 2);
        try (Lease outer = nesting.lease();
                Lease inner = nesting.lease()) {
            assertThat(isolateOf(inner)).isNotSameAs(isolateOf(outer));
            assertIdle(idling, 1);
            assertThat(nesting.pool.stats().suspended()).isEqualTo(1);
        }
    }

    @Test
    void theIsolateThatIsIdleForLongestGoes() {
        HostIsolates host = new HostIsolates(2);
        PoolFixture giving = new PoolFixture(host, 0, 2);
        Lease first = giving.lease();
        Lease second = giving.lease();
        FakeIsolate older = isolateOf(second);
        FakeIsolate newer = isolateOf(first);
        second.close();
        first.close();
        new PoolFixture(host, 0, 1).lease();
        assertThat(older.closes()).isEqualTo(1);
        assertThat(newer.closes()).isZero();
    }

    @Test
    void whatAnotherPoolGivesBackGoesToWhoWaits() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture having = new PoolFixture(host, 0, 1);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        Lease lease = having.lease();
        Caller<Served> waiting = asking.waitingCaller(LONG);
        lease.close();
        assertThat(waiting.answer().isolate()).isNotNull();
        assertThat(having.factory.live()).isZero();
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void poolsWithWaitersAreServedInTurn() throws Exception {
        HostIsolates host = new HostIsolates(3);
        PoolFixture having = new PoolFixture(host, 0, 3);
        List<Lease> leases = List.of(having.lease(), having.lease(), having.lease());
        PoolFixture greedy = new PoolFixture(host, 0, 3);
        PoolFixture modest = new PoolFixture(host, 0, 1);
        List<Caller<Served>> many =
                List.of(greedy.waitingCaller(LONG), greedy.waitingCaller(LONG), greedy.waitingCaller(LONG));
        Caller<Served> one = modest.waitingCaller(LONG);
        leases.get(0).close();
        assertThat(many.get(0).answer().isolate()).isNotNull();
        leases.get(1).close();
        assertThat(one.answer().isolate()).as("its pool is next").isNotNull();
        assertThat(greedy.pool.stats().waiting()).isEqualTo(2);
        leases.get(2).close();
        assertThat(many.get(1).answer().isolate()).isNotNull();
        assertThat(host.taken()).isEqualTo(3);
        assertThat(having.factory.live()).isZero();
    }

    @Test
    void aPoolThatComesLaterDoesNotPassOneThatWaits() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture having = new PoolFixture(host, 0, 1);
        PoolFixture first = new PoolFixture(host, 0, 1);
        PoolFixture second = new PoolFixture(host, 0, 1);
        Lease lease = having.lease();
        Caller<Acquisition> early = first.waitingUser(isolate -> {});
        Caller<Served> late = second.waitingCaller(LONG);
        lease.close();
        assertThat(early.answer()).isInstanceOf(Lease.class);
        assertThat(late.answer().isolate()).isNotNull();
    }

    @Test
    void aPoolThatFreesAUnitDoesNotPassOneThatWaits() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture freeing = new PoolFixture(host, 0, 2);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        Lease lease = freeing.lease();
        Caller<Served> first = asking.waitingCaller(LONG);
        Caller<Served> second = freeing.waitingCaller(LONG);
        lease.retire(RetireReason.TRAP);
        lease.close();
        assertThat(first.answer().isolate()).isNotNull();
        assertThat(second.task().isDone()).isFalse();
    }

    @Test
    void aPoolThatGrowsGetsAllThatItsWaitersNeed() throws Exception {
        HostIsolates host = new HostIsolates(4);
        PoolFixture idling = filled(host, 0, 3);
        PoolFixture growing = new PoolFixture(host, 0, 1);
        growing.lease();
        List<Caller<Served>> waiting =
                List.of(growing.waitingCaller(LONG), growing.waitingCaller(LONG), growing.waitingCaller(LONG));
        growing.pool.resize(0, 4);
        for (Caller<Served> each : waiting) {
            assertThat(each.answer().isolate()).isNotNull();
        }
        assertIdle(idling, 0);
        assertThat(host.taken()).isEqualTo(4);
    }

    @Test
    void aPoolThatIsAlwaysInUseGivesOneToAPoolThatHasNone() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture busy = new PoolFixture(host, 0, 1);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        Lease lease = busy.lease();
        FakeIsolate isolate = isolateOf(lease);
        Caller<Served> own = busy.waitingCaller(LONG);
        Caller<Served> other = asking.waitingCaller(LONG);
        lease.close();
        assertThat(other.answer().isolate()).isNotNull();
        assertThat(isolate.closes()).isEqualTo(1);
        assertThat(own.task().isDone()).isFalse();
        other.thread().join();
        assertThat(asking.pool.maintain()).as("the lease that its thread left").isEqualTo(1);
        assertThat(own.answer().isolate()).isNotNull();
    }

    @Test
    void nothingIsTakenFromAPoolThatLendsOnItsShare() throws Exception {
        HostIsolates host = new HostIsolates(3);
        PoolFixture busy = new PoolFixture(host, 0, 3);
        PoolFixture asking = new PoolFixture(host, 0, 3);
        Lease first = busy.lease();
        Lease second = busy.lease();
        Lease others = asking.lease();
        FakeIsolate isolate = isolateOf(first);
        Caller<Served> own = busy.waitingCaller(LONG);
        Caller<Served> other = asking.waitingCaller(LONG);
        first.close();
        assertThat(isolateOf(own.answer()))
                .as("two and one is as fair as it gets")
                .isSameAs(isolate);
        assertThat(other.task().isDone()).isFalse();
        others.close();
        assertThat(other.answer().isolate()).isNotNull();
        second.close();
    }

    @Test
    void whoGetsNoneInTimeIsToldThatItIsTheHosts() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture having = new PoolFixture(host, 0, 1);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        Lease lease = having.lease();
        Caller<Served> waiting = asking.waitingCaller(Duration.ofSeconds(1));
        asking.clock.advance(Duration.ofSeconds(1));
        asking.pool.maintain();
        Acquisition.Rejected rejected = (Acquisition.Rejected) waiting.answer().acquisition();
        assertThat(rejected.reason()).isEqualTo(Acquisition.Reason.HOST_ISOLATES);
        assertThat(rejected.reply())
                .isEqualTo(new Reply.Rejected(Reply.RejectReason.HOST_ISOLATES, rejected.message()));
        assertThat(rejected.message()).endsWith("pools.isolates=1");
        lease.close();
        assertThat(host.taken()).isEqualTo(having.pool.stats().live());
        try (Lease next = asking.lease()) {
            assertThat(next.isolate()).isNotNull();
        }
    }

    @Test
    void whoWaitsInAFullPoolIsNotToldThatItIsTheHosts() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture fixture = new PoolFixture(host, 0, 1);
        fixture.lease();
        Caller<Served> waiting = fixture.waitingCaller(Duration.ofSeconds(1));
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.pool.maintain();
        assertThat(reasonOf(waiting.answer())).isEqualTo(Acquisition.Reason.TIMEOUT);
    }

    @Test
    void aWaiterThatLeavesPassesItsUnitOn() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture having = new PoolFixture(host, 0, 1);
        PoolFixture leaving = new PoolFixture(host, 0, 1);
        PoolFixture staying = new PoolFixture(host, 0, 1);
        Lease lease = having.lease();
        Caller<Served> leaves = leaving.waitingCaller(LONG);
        Caller<Served> stays = staying.waitingCaller(LONG);
        leaves.thread().interrupt();
        assertThat(reasonOf(leaves.answer())).isEqualTo(Acquisition.Reason.INTERRUPTED);
        lease.close();
        assertThat(stays.answer().isolate()).isNotNull();
        assertThat(host.taken()).isEqualTo(1);
    }

    @Test
    void aPoolThatIsClosedWhileItWaitsPassesItsUnitOn() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture having = new PoolFixture(host, 0, 1);
        PoolFixture closing = new PoolFixture(host, 0, 1);
        PoolFixture staying = new PoolFixture(host, 0, 1);
        Lease lease = having.lease();
        Caller<Served> refused = closing.waitingCaller(LONG);
        Caller<Served> stays = staying.waitingCaller(LONG);
        closing.pool.close();
        assertThat(reasonOf(refused.answer())).isEqualTo(Acquisition.Reason.CLOSED);
        lease.close();
        assertThat(stays.answer().isolate()).isNotNull();
    }

    @Test
    void aPoolThatIsClosedFreesItsUnits() {
        HostIsolates host = new HostIsolates(3);
        PoolFixture fixture = filled(host, 0, 3);
        assertThat(host.taken()).isEqualTo(3);
        fixture.pool.close();
        assertThat(host.taken()).isZero();
    }

    @Test
    void aCreationThatFailsFreesItsUnit() throws Exception {
        HostIsolates host = new HostIsolates(1);
        PoolFixture failing = new PoolFixture(host, 0, 1);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        failing.factory.breakDown();
        assertThat(failing.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertThat(host.taken()).isZero();
        Caller<Served> served = asking.caller(LONG);
        assertThat(served.answer().isolate()).isNotNull();
    }

    @Test
    void aFailureClosesNothing() {
        HostIsolates host = new HostIsolates(CAP);
        PoolFixture idling = filled(host, 0, 2);
        PoolFixture asking = new PoolFixture(host, 0, 1);
        asking.factory.breakDown();
        assertThat(asking.rejection()).isEqualTo(Acquisition.Reason.CREATION_FAILED);
        assertIdle(idling, 2);
    }

    /// Callers of all pools at once, with fewer isolates than threads: each is served, and there are never too many.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void thereAreNeverMoreAndEachIsServedInTheEnd(long seed) throws InterruptedException {
        HostIsolates host = new HostIsolates(CAP);
        AtomicInteger alive = new AtomicInteger();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        List<PoolFixture> fixtures = new ArrayList<>();
        for (int i = 0; i < POOLS; i++) {
            PoolFixture fixture = new PoolFixture(host, i % 2, 1 + i);
            fixture.factory.before(call -> alive.incrementAndGet());
            fixtures.add(fixture);
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread looking = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                int taken = host.taken();
                if (taken > CAP || taken < 0) {
                    failures.add("taken=" + taken);
                }
                int live =
                        fixtures.stream().mapToInt(each -> each.factory.live()).sum();
                if (live > 2 * CAP) {
                    failures.add("live=" + live);
                }
                fixtures.forEach(each -> each.pool.maintain());
            }
        });
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = seeds.split();
            threads.add(Thread.ofPlatform().start(() -> visit(fixtures, random, failures)));
        }
        for (Thread each : threads) {
            each.join();
        }
        over.set(true);
        looking.join();
        assertThat(failures).as("seed=" + seed).isEmpty();
        assertThat(fixtures)
                .allSatisfy(each -> assertThat(each.pool.stats().leaked())
                        .as("seed=" + seed)
                        .isZero());
        int live = fixtures.stream().mapToInt(each -> each.pool.stats().live()).sum();
        assertThat(host.taken()).as("seed=" + seed).isEqualTo(live);
        fixtures.forEach(each -> each.pool.close());
        fixtures.forEach(each -> each.pool.maintain());
        assertThat(host.taken()).as("seed=" + seed).isZero();
        assertThat(fixtures).allSatisfy(each -> assertThat(each.factory.live()).isZero());
        assertThat(alive).as("isolates were made, seed=" + seed).hasPositiveValue();
    }

    private static void visit(
            List<PoolFixture> fixtures, SplittableRandom random, ConcurrentLinkedQueue<String> failures) {
        for (int round = 0; round < ROUNDS; round++) {
            PoolFixture fixture = fixtures.get(random.nextInt(POOLS));
            Acquisition acquisition = fixture.pool.acquire(fixture.clock.in(LONG));
            if (acquisition instanceof Lease lease) {
                try (lease) {
                    isolateOf(lease).enter();
                    if (random.nextInt(50) == 0) {
                        isolateOf(lease).breakDown();
                    }
                    isolateOf(lease).leave();
                }
            } else {
                failures.add("acquisition=" + acquisition);
            }
        }
    }

    /// A pool with so many idle isolates.
    private static PoolFixture filled(HostIsolates host, int min, int idle) {
        PoolFixture fixture = new PoolFixture(host, min, idle);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < idle; i++) {
            leases.add(fixture.lease());
        }
        leases.forEach(Lease::close);
        assertIdle(fixture, idle);
        return fixture;
    }

    private static void assertIdle(PoolFixture fixture, int idle) {
        assertThat(fixture.pool.stats().idle()).isEqualTo(idle);
    }
}
