package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome.Ok;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LaneTest {
    private static final Outcome ANSWER = new Ok(Payload.EMPTY);

    private final AtomicInteger interrupts = new AtomicInteger();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Lane lane = new Lane(4, this::thread);
    private final Lane.Share share = new Lane.Share("notes", 4);

    private Thread thread(Runnable task) {
        Thread thread = new CountingThread(task);
        threads.add(thread);
        return thread;
    }

    /// Counts how often it is interrupted, and lets itself not be disturbed.
    private final class CountingThread extends Thread {
        CountingThread(Runnable task) {
            super(task);
        }

        @Override
        public void interrupt() {
            interrupts.incrementAndGet();
        }
    }

    private void joinAll() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static Consumer<Outcome> failing(AtomicInteger answered) {
        return _ -> {
            answered.incrementAndGet();
            throw new AssertionError("whoever waited is broken");
        };
    }

    @Test
    void forgetsAnOperationWhoseCompletionEndsInAnError() throws InterruptedException {
        AtomicInteger answered = new AtomicInteger();
        assertThat(lane.submit(share, () -> ANSWER, failing(answered))).isNull();
        joinAll();
        lane.close();
        assertThat(answered).hasValue(1);
        assertThat(interrupts).as("nothing was under way any more").hasValue(0);
    }

    @Test
    void closingAnswersAllHoweverTheirCompletionsEnd() throws InterruptedException {
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            assertThat(lane.submit(share, () -> gated(gate), failing(answered))).isNull();
        }
        lane.close();
        assertThat(answered).hasValue(3);
        gate.countDown();
        joinAll();
        assertThat(answered).as("once each").hasValue(3);
    }

    private static Outcome gated(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return ANSWER;
    }
}
