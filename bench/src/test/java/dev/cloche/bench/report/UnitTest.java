package dev.cloche.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitTest {
    @Test
    void timesTakeTheScaleThatFits() {
        assertThat(Unit.NANOSECONDS.text(12.345)).isEqualTo("12.3 ns");
        assertThat(Unit.NANOSECONDS.text(0.05)).isEqualTo("0.0500 ns");
        assertThat(Unit.NANOSECONDS.text(999.6)).isEqualTo("1000 ns");
        assertThat(Unit.NANOSECONDS.text(72_400)).isEqualTo("72.4 µs");
        assertThat(Unit.NANOSECONDS.text(1_150_000)).isEqualTo("1.15 ms");
        assertThat(Unit.NANOSECONDS.text(-2.5e9)).isEqualTo("-2.50 s");
    }

    @Test
    void sizesAreInPowersOfTwo() {
        assertThat(Unit.BYTES.text(512)).isEqualTo("512 B");
        assertThat(Unit.BYTES.text(300 << 10)).isEqualTo("300 KiB");
        assertThat(Unit.BYTES.text(1.5 * (1 << 20))).isEqualTo("1.50 MiB");
    }

    @Test
    void ratiosAndProbabilities() {
        assertThat(Unit.RATIO.text(11.25)).isEqualTo("11.3x");
        assertThat(Unit.PROBABILITY.text(0.0123)).isEqualTo("p = 0.0123");
        assertThat(Unit.PROBABILITY.text(1e-9)).isEqualTo("p < 0.0001");
    }
}
