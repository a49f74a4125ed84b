package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A pool over fakes, and what tests do with it.
final class PoolFixture {
    static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Waiters look a second time well before that.
    private static final Duration SECOND_LOOK = Duration.ofMillis(5);

    final FakeClock clock = new FakeClock();
    final FakeFactory factory = new FakeFactory();
    final IsolatePool pool;

    PoolFixture(int min, int max) {
        this(min, max, Knobs::self);
    }

    /// A pool that shares the host's isolates with others.
    PoolFixture(HostIsolates isolates, int min, int max) {
        this(isolates, min, max, Knobs::self);
    }

    PoolFixture(int min, int max, UnaryOperator<Knobs> knobs) {
        this(new HostIsolates(Integer.MAX_VALUE), min, max, knobs);
    }

    private PoolFixture(HostIsolates isolates, int min, int max, UnaryOperator<Knobs> knobs) {
        Knobs base = new Knobs(Duration.ofMinutes(5), Duration.ofHours(1), 0, PoolSettings.Reset.NONE, 0);
        Knobs chosen = knobs.apply(base);
        PoolSettings settings = new PoolSettings(
                min,
                max,
                chosen.prewarm(),
                chosen.maxIdle(),
                chosen.maxAge(),
                chosen.maxUses(),
                0.8,
                LONG,
                chosen.reset());
        pool = pool("test", settings, factory, isolates, clock);
    }

    /// A pool of one of several factories that share the host's isolates.
    static IsolatePool pool(
            String name, PoolSettings settings, FakeFactory factory, HostIsolates isolates, LongSupplier clock) {
        return new IsolatePool(
                name, settings, factory, new PoolContext(isolates, clock, new SplittableRandom(1), false));
    }

    /// The settings that differ from test to test.
    record Knobs(Duration maxIdle, Duration maxAge, long maxUses, PoolSettings.Reset reset, int prewarm) {
        Knobs self() {
            return this;
        }

        Knobs withMaxIdle(Duration value) {
            return new Knobs(value, maxAge, maxUses, reset, prewarm);
        }

        Knobs withMaxAge(Duration value) {
            return new Knobs(maxIdle, value, maxUses, reset, prewarm);
        }

        Knobs withMaxUses(long value) {
            return new Knobs(maxIdle, maxAge, value, reset, prewarm);
        }

        Knobs withReset(PoolSettings.Reset value) {
            return new Knobs(maxIdle, maxAge, maxUses, value, prewarm);
        }

        Knobs withPrewarm(int value) {
            return new Knobs(maxIdle, maxAge, maxUses, reset, value);
        }
    }

    Lease lease() {
        Acquisition acquisition = pool.acquire(clock.in(LONG));
        assertThat(acquisition).isInstanceOf(Lease.class);
        return (Lease) acquisition;
    }

    Acquisition.Reason rejection() {
        return reasonOf(pool.acquire(clock.in(LONG)));
    }

    /// Returns once the pool drains. All its isolates must be in use.
    void awaitDraining() {
        awaitUntil(() -> reasonOf(pool.acquire(clock.in(Duration.ZERO))) == Acquisition.Reason.DRAINING);
    }

    static Acquisition.Reason reasonOf(Served served) {
        return reasonOf(served.acquisition());
    }

    static Acquisition.Reason reasonOf(Acquisition acquisition) {
        assertThat(acquisition).isInstanceOf(Acquisition.Rejected.class);
        return ((Acquisition.Rejected) acquisition).reason();
    }

    static FakeIsolate isolateOf(Lease lease) {
        return (FakeIsolate) lease.isolate();
    }

    static FakeIsolate isolateOf(Served served) {
        assertThat(served.acquisition()).isInstanceOf(Lease.class);
        return Objects.requireNonNull(served.isolate());
    }

    /// Acquires on a thread of its own, which keeps the lease for good.
    Caller<Served> caller(Duration deadline) {
        return Caller.of(() -> Served.of(pool.acquire(clock.in(deadline))));
    }

    /// Acquires on a thread of its own and returns once that thread waits.
    Caller<Served> waitingCaller(Duration deadline) {
        int before = pool.stats().waiting();
        Caller<Served> caller = caller(deadline);
        awaitWaiting(before + 1);
        return caller;
    }

    /// Acquires on a thread of its own, which does something with the isolate and gives it back; returns once that
    /// thread waits.
    Caller<Acquisition> waitingUser(Consumer<FakeIsolate> use) {
        int before = pool.stats().waiting();
        Caller<Acquisition> caller = Caller.of(() -> {
            Acquisition acquisition = pool.acquire(clock.in(LONG));
            if (acquisition instanceof Lease lease) {
                try (lease) {
                    use.accept(isolateOf(lease));
                }
            }
            return acquisition;
        });
        awaitWaiting(before + 1);
        return caller;
    }

    /// Returns once so many wait and have looked a second time, so that nothing but being told wakes them.
    private void awaitWaiting(int count) {
        awaitUntil(() -> pool.stats().waiting() == count);
        long end = System.nanoTime() + SECOND_LOOK.toNanos();
        awaitUntil(() -> System.nanoTime() - end >= 0);
    }

    /// What a thread got. A lease is its thread's own, so the isolate is looked at there.
    record Served(Acquisition acquisition, @Nullable FakeIsolate isolate) {
        static Served of(Acquisition acquisition) {
            return new Served(acquisition, acquisition instanceof Lease lease ? isolateOf(lease) : null);
        }
    }

    static void awaitUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the condition should hold by now").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /// Something on a thread of its own.
    record Caller<T>(Thread thread, FutureTask<T> task) {
        static <T> Caller<T> of(Callable<T> action) {
            FutureTask<T> task = new FutureTask<>(action);
            return new Caller<>(Thread.ofPlatform().daemon().start(task), task);
        }

        T answer() throws Exception {
            return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
