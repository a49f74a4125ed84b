package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.pool.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PoolTotalsTest {
    private final PoolTotals<AtomicReference<PoolStats>> totals = new PoolTotals<>(AtomicReference::get);

    private static AtomicReference<PoolStats> pool(int idle, long acquires) {
        return new AtomicReference<>(stats(idle, acquires));
    }

    private static PoolStats stats(int idle, long acquires) {
        PoolStats zero = PoolStats.zero();
        return new PoolStats(
                idle,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                zero.retired(),
                acquires,
                zero.rejections(),
                0,
                0,
                zero.waits(),
                zero.creations());
    }

    private PoolStats stats(String label) {
        return Objects.requireNonNull(totals.byLabel().get(label), label);
    }

    private long acquires(String label) {
        return stats(label).acquires();
    }

    private static String id(int number) {
        return "extension-" + number;
    }

    private void fill() {
        for (int i = 0; i < PoolTotals.LABELS_MAX; i++) {
            totals.joined(id(i), pool(1, 1));
        }
    }

    @Test
    void aPoolCountsUnderItsExtension() {
        totals.joined("one", pool(2, 3));
        totals.joined("two", pool(0, 5));
        assertThat(totals.byLabel()).containsOnlyKeys("one", "two");
        assertThat(stats("one").idle()).isEqualTo(2);
        assertThat(acquires("two")).isEqualTo(5);
    }

    @Test
    void aReplacedPoolCountsWhileItIsDrainedAndAfterwards() {
        AtomicReference<PoolStats> old = pool(2, 10);
        totals.joined("one", old);
        totals.joined("one", pool(1, 0));
        assertThat(acquires("one")).isEqualTo(10);
        assertThat(stats("one").idle()).isEqualTo(3);
        old.set(stats(0, 12));
        totals.left("one", old);
        assertThat(acquires("one")).isEqualTo(12);
        assertThat(stats("one").idle()).isEqualTo(1);
    }

    @Test
    void whatHasLeftCountsOnce() {
        AtomicReference<PoolStats> old = pool(0, 10);
        totals.joined("one", old);
        totals.left("one", old);
        old.set(stats(1, 99));
        totals.left("one", old);
        assertThat(acquires("one")).isEqualTo(10);
        assertThat(stats("one").idle()).isZero();
    }

    @Test
    void aRemovedExtensionIsForgottenThoughItIsStillDrained() {
        AtomicReference<PoolStats> old = pool(1, 10);
        totals.joined("one", old);
        totals.removed("one");
        assertThat(totals.byLabel()).isEmpty();
        totals.joined("one", pool(1, 1));
        totals.left("one", old);
        assertThat(acquires("one")).isEqualTo(1);
    }

    @Test
    void thoseBeyondTheBoundCountTogether() {
        fill();
        totals.joined("late", pool(1, 20));
        totals.joined("later", pool(1, 30));
        Map<String, PoolStats> byLabel = totals.byLabel();
        assertThat(byLabel).hasSize(PoolTotals.LABELS_MAX + 1).containsKey(id(0));
        assertThat(byLabel.keySet()).last().isEqualTo(PoolTotals.OTHER);
        assertThat(acquires(PoolTotals.OTHER)).isEqualTo(50);
    }

    @Test
    void asManyAsTheBoundNeedNoOthers() {
        fill();
        totals.joined(id(0), pool(1, 1));
        assertThat(totals.byLabel()).hasSize(PoolTotals.LABELS_MAX).doesNotContainKey(PoolTotals.OTHER);
    }

    @Test
    void noCountGoesBackWhenALabelBecomesFree() {
        fill();
        AtomicReference<PoolStats> late = pool(1, 20);
        totals.joined("late", late);
        totals.removed(id(0));
        assertThat(acquires(PoolTotals.OTHER)).isEqualTo(20);
        totals.joined("late", pool(1, 1));
        totals.left("late", late);
        assertThat(acquires(PoolTotals.OTHER)).isEqualTo(20);
        assertThat(acquires("late")).isEqualTo(1);
    }

    @Test
    void whatOthersDidStaysWhenTheyAreRemoved() {
        fill();
        AtomicReference<PoolStats> late = pool(1, 20);
        totals.joined("late", late);
        totals.removed("late");
        totals.left("late", late);
        assertThat(acquires(PoolTotals.OTHER)).isEqualTo(20);
        assertThat(stats(PoolTotals.OTHER).idle()).isZero();
    }

    @Test
    void labelsAreGivenInOrderOfArrival() {
        List<String> ids = new ArrayList<>();
        for (int i = PoolTotals.LABELS_MAX; i > 0; i--) {
            ids.add(id(i));
            totals.joined(id(i), pool(0, 0));
        }
        totals.joined("a", pool(0, 0));
        ids.add(PoolTotals.OTHER);
        assertThat(totals.byLabel().keySet()).containsExactlyElementsOf(ids);
    }
}
