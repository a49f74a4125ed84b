package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallGateTest {
    private final CallGate gate = new CallGate();

    @Test
    void nobodyEntersAfterItIsShut() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.shut()).isTrue();
        assertThat(gate.shut()).isFalse();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.awaitEmpty(0)).isFalse();
        gate.leave();
        assertThat(gate.awaitEmpty(0)).isTrue();
    }

    @Test
    void theLastOneOutWakesWhoeverWaits() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        Thread[] callers = new Thread[8];
        for (int t = 0; t < callers.length; t++) {
            callers[t] = Thread.ofVirtual().start(() -> {
                while (gate.enter()) {
                    inside.incrementAndGet();
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                    gate.leave();
                }
            });
        }
        gate.shut();
        assertThat(gate.awaitEmpty(5_000_000_000L)).isTrue();
        assertThat(inside).hasValue(0);
        for (Thread caller : callers) {
            caller.join();
        }
    }
}
