package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cloche.host.pool.Histogram.Ladder;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private static final double ROUNDING = 1e-12;

    @Test
    void waitsAreCountedFromTenMicrosecondsToFiveSeconds() {
        assertThat(Histogram.empty(Ladder.WAITS).bounds())
                .containsExactly(
                        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                        0.1, 0.25, 0.5, 1.0, 2.5, 5.0);
    }

    @Test
    void creationsAreCountedFromTenMicrosecondsToThirtySeconds() {
        List<Double> bounds = Histogram.empty(Ladder.CREATIONS).bounds();
        assertThat(bounds).startsWith(0.00001, 0.000025).endsWith(2.5, 5.0, 10.0, 30.0);
    }

    @Test
    void aBoundBelongsToItsBucket() {
        HistogramCounts counts = new HistogramCounts(Ladder.WAITS);
        counts.add(10_000);
        counts.add(10_001);
        counts.add(25_000);
        assertThat(counts.snapshot(0).counts()).startsWith(1L, 2L, 0L);
    }

    @Test
    void whatTakesLongerThanAllBoundsIsCountedLast() {
        HistogramCounts counts = new HistogramCounts(Ladder.WAITS);
        counts.add(5_000_000_001L);
        Histogram histogram = counts.snapshot(0);
        assertThat(histogram.counts()).hasSize(19).endsWith(0L, 1L);
        assertThat(histogram.sum()).isCloseTo(5.000000001, within(ROUNDING));
    }

    @Test
    void aClockThatGoesBackCountsAsNoTime() {
        HistogramCounts counts = new HistogramCounts(Ladder.WAITS);
        counts.add(-1);
        assertThat(counts.snapshot(0).counts()).startsWith(1L);
        assertThat(counts.snapshot(0).sum()).isZero();
    }

    @Test
    void whoDidNotWaitIsInTheFirstBucket() {
        HistogramCounts counts = new HistogramCounts(Ladder.WAITS);
        counts.add(1_000_000_000);
        Histogram histogram = counts.snapshot(41);
        assertThat(histogram.counts()).startsWith(41L);
        assertThat(histogram.count()).isEqualTo(42);
        assertThat(counts.total()).isEqualTo(1);
    }

    @Test
    void histogramsAddUp() {
        HistogramCounts counts = new HistogramCounts(Ladder.WAITS);
        counts.add(10_000);
        counts.add(6_000_000_000L);
        Histogram both = counts.snapshot(0).plus(counts.snapshot(3));
        assertThat(both.count()).isEqualTo(7);
        assertThat(both.counts()).startsWith(5L).endsWith(2L);
        assertThat(both.sum()).isCloseTo(12.00002, within(ROUNDING));
    }

    @Test
    void histogramsOfOtherBoundsDoNotAddUp() {
        Histogram waits = Histogram.empty(Ladder.WAITS);
        Histogram creations = Histogram.empty(Ladder.CREATIONS);
        assertThatThrownBy(() -> waits.plus(creations))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bounds=[");
    }

    @Test
    void countsMustFitTheBounds() {
        assertThatThrownBy(() -> new Histogram(List.of(1.0), List.of(1L), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("bounds=1 counts=1");
        assertThatThrownBy(() -> new Histogram(List.of(1.0, 1.0), List.of(0L, 0L, 0L), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("bounds=[1.0, 1.0]");
    }
}
