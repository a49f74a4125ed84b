package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.memory.MemorySetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When isolates are booted, when they are stamped, and what happens to the first one.
@Timeout(30)
class SnapshotFactoryTest {
    private final SnapshotGuest guest = new SnapshotGuest(MemorySetting.HEAP);
    private final Recorder recorder = new Recorder();
    private final Shelf shelf = new Shelf();

    @AfterEach
    void nothingIsLeft() {
        assertThat(guest.memories().figures().images()).isZero();
        assertThat(guest.memories().figures().live()).isZero();
    }

    /// Remembers what it was asked for; its isolates do nothing.
    private final class Recorder implements Snapshotter {
        private final AtomicInteger open = new AtomicInteger();
        private volatile @Nullable CountDownLatch gate;
        private volatile @Nullable Exception refusal;
        private volatile boolean spoilt;
        private volatile boolean failing;

        @Override
        public CacheKey key() {
            return CacheKey.of(CacheKind.SNAPSHOT).with("bundle", "a");
        }

        @Override
        public Isolate boot(long deadlineNanos) {
            CountDownLatch closed = gate;
            if (closed != null) {
                awaitOpen(closed);
            }
            if (failing) {
                throw new IsolateCreationException(new Reply.Trapped(TrapKind.INITIALISATION, "no", ""));
            }
            return new Blank(open);
        }

        @Override
        public Snapshot capture(Isolate isolate, long deadlineNanos) throws SnapshotRefusedException {
            ((Blank) isolate).sound = !spoilt;
            if (refusal instanceof SnapshotRefusedException refused) {
                throw refused;
            }
            if (refusal instanceof RuntimeException broken) {
                throw broken;
            }
            return guest.snapshot();
        }

        @Override
        public Isolate stamp(Snapshot snapshot, long deadlineNanos) {
            // As the real ones do: a snapshot that is closed gives none.
            guest.stamp(snapshot).close();
            return new Blank(open);
        }
    }

    private static void awaitOpen(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Blank implements Isolate {
        private final AtomicInteger open;
        private boolean sound = true;
        private boolean closed;

        Blank(AtomicInteger open) {
            this.open = open;
            open.incrementAndGet();
        }

        @Override
        public Reply run(Invocation invocation) {
            return new Reply.Ok(Payload.EMPTY);
        }

        @Override
        public long fuelUsed() {
            return 0;
        }

        @Override
        public boolean sound() {
            return sound;
        }

        @Override
        public boolean reset() {
            return false;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }

        @Override
        public long memoryBytesMax() {
            return 0;
        }

        @Override
        public void cancel() {}

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }

    /// Keeps nothing, unless it is given something to find.
    private static final class Shelf implements StampingFactory.Store {
        private final List<Snapshot> kept = new ArrayList<>();
        private @Nullable Snapshot found;

        @Override
        public Optional<Snapshot> find() {
            return Optional.ofNullable(found);
        }

        @Override
        public void keep(Snapshot snapshot) {
            kept.add(snapshot);
        }
    }

    private StampingFactory factory() {
        return new StampingFactory(recorder, shelf, null);
    }

    @Test
    void theFirstIsBootedAndSnapshottedAndEvenItIsStamped() {
        try (StampingFactory factory = factory()) {
            assertThat(factory.making()).isEqualTo(new StampingFactory.Making("not yet", 0, 0));
            try (Isolate first = factory.create(0);
                    Isolate second = factory.create(0)) {
                assertThat(first).isNotSameAs(second);
                assertThat(recorder.open).hasValue(2);
            }
            assertThat(factory.making())
                    .isEqualTo(new StampingFactory.Making("snapshot taken when it was first needed", 1, 2));
            assertThat(shelf.kept).hasSize(1);
        }
        assertThat(recorder.open).hasValue(0);
    }

    @Test
    void whatWasKeptIsUsedAndNotKeptAgain() throws SnapshotRefusedException {
        shelf.found = guest.snapshot();
        try (StampingFactory factory = factory()) {
            factory.create(0).close();
            assertThat(factory.making()).isEqualTo(new StampingFactory.Making("snapshot from the cache", 0, 1));
            assertThat(shelf.kept).isEmpty();
        }
    }

    @Test
    void thoseWhoComeWhileTheFirstBootsAreStamped() {
        CountDownLatch gate = new CountDownLatch(1);
        recorder.gate = gate;
        try (StampingFactory factory = factory()) {
            List<CompletableFuture<Isolate>> made = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                made.add(CompletableFuture.supplyAsync(
                        () -> factory.create(0), task -> Thread.ofPlatform().start(task)));
            }
            gate.countDown();
            made.forEach(isolate -> isolate.join().close());
            assertThat(factory.making().booted()).isOne();
            assertThat(factory.making().stamped()).isEqualTo(8);
        }
    }

    @Test
    void aRefusalIsSaidOnceAndTheBootedIsolateIsUsed() {
        recorder.refusal = new SnapshotRefusedException("it is too odd");
        try (StampingFactory factory = factory();
                Isolate first = factory.create(0);
                Isolate second = factory.create(0)) {
            assertThat(recorder.open).hasValue(2);
            assertThat(first).isNotSameAs(second);
            assertThat(factory.making())
                    .isEqualTo(new StampingFactory.Making("booted one by one: it is too odd", 2, 0));
        }
    }

    @Test
    void anIsolateThatTheAttemptHasSpoiltIsNotUsed() {
        recorder.refusal = new SnapshotRefusedException("it had to be stopped");
        recorder.spoilt = true;
        try (StampingFactory factory = factory();
                Isolate made = factory.create(0)) {
            assertThat(made.sound()).isTrue();
            assertThat(recorder.open).hasValue(1);
            assertThat(factory.making().booted()).isEqualTo(2);
        }
    }

    @Test
    void anAttemptThatFailsLeavesNoIsolateBehind() {
        recorder.refusal = new IllegalStateException("a bug");
        try (StampingFactory factory = factory()) {
            assertThatThrownBy(() -> factory.create(0)).hasMessage("a bug");
            assertThat(recorder.open).hasValue(0);
            recorder.refusal = null;
            factory.create(0).close();
            assertThat(factory.making().stamped()).isOne();
        }
    }

    @Test
    void aFirstOneThatCannotBeBootedIsTriedAgain() {
        recorder.failing = true;
        try (StampingFactory factory = factory()) {
            assertThatThrownBy(() -> factory.create(0)).isInstanceOf(IsolateCreationException.class);
            assertThat(factory.making()).isEqualTo(new StampingFactory.Making("not yet", 0, 0));
            recorder.failing = false;
            factory.create(0).close();
            assertThat(factory.making().stamped()).isOne();
        }
    }

    @Test
    void aReasonGivenAtTheBeginningHolds() {
        try (StampingFactory factory = new StampingFactory(recorder, shelf, "nobody wants one")) {
            factory.create(0).close();
            assertThat(factory.making())
                    .isEqualTo(new StampingFactory.Making("booted one by one: nobody wants one", 1, 0));
        }
    }

    @Test
    void afterClosingNoneAreMade() {
        StampingFactory factory = factory();
        factory.create(0).close();
        factory.close();
        factory.close();
        assertThat(factory.making().path()).isEqualTo("closed");
        assertThatThrownBy(() -> factory.create(0)).isInstanceOf(IsolateCreationException.class);
        assertThat(recorder.open).hasValue(0);
    }
}
