package dev.cloche.host.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What is held by nobody who needs it is given back before anything is refused.
class HostMemoryReclaimTest {
    private static final long MAX = 100;

    private final HostMemory host = new HostMemory(MAX, MAX, false);
    private final AtomicInteger asked = new AtomicInteger();

    /// Gives back ten bytes each time, so often.
    private void reclaimable(int times) {
        host.reclaimer(() -> {
            if (asked.getAndIncrement() >= times) {
                return false;
            }
            host.giveLinear(10);
            return true;
        });
    }

    @Test
    void asMuchIsGivenBackAsIsNeededAndNoMore() {
        assertThat(host.takeLinear(95)).isTrue();
        reclaimable(9);
        assertThat(host.takeLinear(5)).isTrue();
        assertThat(asked).hasValue(0);
        assertThat(host.takeLinear(25)).isTrue();
        assertThat(asked).hasValue(3);
        assertThat(host.used()).isEqualTo(95);
    }

    @Test
    void whereNothingIsLeftToGiveBackItIsRefused() {
        assertThat(host.takeLinear(MAX)).isTrue();
        reclaimable(1);
        assertThat(host.takeLinear(11)).isFalse();
        assertThat(asked).hasValue(2);
        assertThat(host.used()).isEqualTo(90);
    }

    @Test
    void nothingIsGivenBackForWhatCannotFit() {
        assertThat(host.takeLinear(50)).isTrue();
        reclaimable(5);
        assertThat(host.takeLinear(MAX + 1)).isFalse();
        assertThat(asked).hasValue(0);
    }
}
