package dev.cloche.host.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue();

    private static Timer timer(long id) {
        return new Timer(id, 0, Timer.ONCE, null);
    }

    @Test
    void staleTasksAreSweptOutBehindOneThatStays() {
        Timer first = timer(1);
        queue.add(first);
        for (long id = 2; id < 100_000; id++) {
            Timer task = timer(id);
            queue.add(task);
            queue.abandon(task);
            assertThat(queue.occupied()).isLessThanOrEqualTo(66);
        }
        assertThat(queue.poll()).isSameAs(first);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void agreesWithADequeThroughGrowthAndSweeps() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ArrayDeque<Timer> model = new ArrayDeque<>();
            for (int step = 0; step < 500; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> assertThat(queue.poll()).as("seed=%d", seed).isSameAs(model.poll());
                    case 1 -> {
                        Timer last = model.pollLast();
                        if (last != null) {
                            queue.abandon(last);
                        }
                    }
                    default -> {
                        Timer added = timer(step);
                        queue.add(added);
                        model.add(added);
                    }
                }
                assertThat(queue.isEmpty()).as("seed=%d", seed).isEqualTo(model.isEmpty());
            }
            queue.clear();
        }
    }
}
