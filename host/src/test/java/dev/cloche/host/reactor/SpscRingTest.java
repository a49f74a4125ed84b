package dev.cloche.host.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A bounded queue between one producer and one consumer, against a plain one.
@Timeout(120)
public class SpscRingTest {
    private static final int MODEL_SEEDS = 300;
    private static final int MODEL_STEPS = 2_000;
    private static final long STRESSED = 2_000_000;

    @Test
    void behavesAsAQueueOfItsCapacity() {
        for (long seed = 1; seed <= MODEL_SEEDS; seed++) {
            var random = new Random(seed);
            int capacity = 1 << random.nextInt(8);
            SpscRing<Integer> ring = new SpscRing<>(capacity);
            assertThat(ring.capacity()).isEqualTo(capacity);
            ArrayDeque<Integer> model = new ArrayDeque<>();
            int bias = 1 + random.nextInt(9);
            for (int step = 0; step < MODEL_STEPS; step++) {
                if (random.nextInt(10) < bias) {
                    boolean room = model.size() < capacity;
                    assertThat(ring.offer(step))
                            .as("seed=%d step=%d", seed, step)
                            .isEqualTo(room);
                    boolean _ = room && model.add(step);
                } else {
                    assertThat(ring.peek()).as("seed=%d step=%d", seed, step).isEqualTo(model.peek());
                    assertThat(ring.poll()).as("seed=%d step=%d", seed, step).isEqualTo(model.poll());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void everyElementArrivesOnceAndInOrder(int capacity) throws InterruptedException {
        SpscRing<Long> ring = new SpscRing<>(capacity);
        var wrong = new AtomicReference<@Nullable String>();
        var taken = new AtomicLong();
        Thread consumer = Thread.ofPlatform().start(() -> {
            long expected = 0;
            while (expected < STRESSED && !Thread.currentThread().isInterrupted()) {
                Long next = ring.poll();
                if (next == null) {
                    Thread.onSpinWait();
                } else if (next != expected++) {
                    wrong.set("expected=" + (expected - 1) + " found=" + next);
                    return;
                }
            }
            taken.set(expected);
        });
        for (long i = 0; i < STRESSED && consumer.isAlive(); i++) {
            while (!ring.offer(i) && consumer.isAlive()) {
                Thread.onSpinWait();
            }
        }
        consumer.join();
        assertThat(wrong).hasValue(null);
        assertThat(taken).hasValue(STRESSED);
        assertThat(ring.poll()).isNull();
    }

    /// What is handed over is seen as it was before, whatever the elements' own fields are.
    @Test
    void whatWasWrittenBeforeAnOfferIsSeenAfterThePoll() throws InterruptedException {
        SpscRing<long[]> ring = new SpscRing<>(8);
        var stale = new AtomicLong();
        Thread consumer = Thread.ofPlatform().start(() -> {
            for (long i = 1; i <= STRESSED / 4; i++) {
                long[] next = ring.poll();
                while (next == null) {
                    Thread.onSpinWait();
                    next = ring.poll();
                }
                if (next[0] != i) {
                    stale.incrementAndGet();
                }
            }
        });
        for (long i = 1; i <= STRESSED / 4; i++) {
            long[] element = new long[1];
            element[0] = i;
            while (!ring.offer(element)) {
                Thread.onSpinWait();
            }
        }
        consumer.join();
        assertThat(stale).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 65, Integer.MAX_VALUE})
    void aCapacityIsAPowerOfTwo(int capacity) {
        assertThatThrownBy(() -> new SpscRing<>(capacity))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("capacity=" + capacity);
    }

    /// One thread offers, another polls: each answer is one that a queue gives that they use in turn.
    public static final class Contended {
        private final SpscRing<Integer> ring = new SpscRing<>(2);

        @Operation(nonParallelGroup = "producer")
        public boolean offer(@Param(gen = IntGen.class) int element) {
            return ring.offer(element);
        }

        @Operation(nonParallelGroup = "consumer")
        public @Nullable Integer poll() {
            return ring.poll();
        }

        @Operation(nonParallelGroup = "consumer")
        public @Nullable Integer peek() {
            return ring.peek();
        }
    }

    /// A queue of the same capacity for one thread.
    public static final class Plain {
        private final ArrayDeque<Integer> queue = new ArrayDeque<>();

        public boolean offer(int element) {
            return queue.size() < 2 && queue.add(element);
        }

        public @Nullable Integer poll() {
            return queue.poll();
        }

        public @Nullable Integer peek() {
            return queue.peek();
        }
    }

    @Test
    void producerAndConsumerSeeOneQueue() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(4)
                .sequentialSpecification(Plain.class)
                .check(Contended.class);
    }
}
