package dev.cloche.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Against values that were computed from the definition, with the complementary error function of another library; the
/// first pair is the example in the documentation of SciPy's `mannwhitneyu`.
class MannWhitneyTest {
    @Test
    void knowsThePublishedExample() {
        MannWhitney test = MannWhitney.of(Samples.of(20, 11, 17, 12), Samples.of(19, 22, 16, 29, 24));
        assertThat(test.u()).isEqualTo(3);
        assertThat(test.pLess()).isCloseTo(0.11134688653314041 / 2, within(1e-7));
    }

    @Test
    void theOtherWayRoundIsUnlikely() {
        MannWhitney test = MannWhitney.of(Samples.of(19, 22, 16, 29, 24), Samples.of(20, 11, 17, 12));
        assertThat(test.u()).isEqualTo(17);
        assertThat(test.pLess()).isCloseTo(0.9669037101389033, within(1e-7));
    }

    @Test
    void tiesShareTheirRanks() {
        MannWhitney test = MannWhitney.of(Samples.of(1, 2, 2, 3, 3, 3, 4, 5), Samples.of(3, 4, 4, 5, 5, 6, 7, 8, 9));
        assertThat(test.u()).isEqualTo(7.5);
        assertThat(test.pLess()).isCloseTo(0.003203142648406021, within(1e-7));
    }

    @Test
    void aSmallProbabilityIsNotLostInRounding() {
        Samples low = Samples.of(IntStream.rangeClosed(1, 30).asDoubleStream().toArray());
        Samples high = Samples.of(IntStream.rangeClosed(21, 60).asDoubleStream().toArray());
        MannWhitney test = MannWhitney.of(low, high);
        assertThat(test.u()).isEqualTo(50);
        assertThat(test.pLess()).isCloseTo(3.470286552579939e-11, within(1e-16));
    }

    @Test
    void equalSamplesTellNothing() {
        assertThat(MannWhitney.of(Samples.of(5, 5, 5), Samples.of(5, 5)).pLess())
                .isEqualTo(1);
    }

    @Test
    void theNormalDistributionIsTheOneOfTheTables() {
        assertThat(MannWhitney.below(0)).isCloseTo(0.5, within(1e-7));
        assertThat(MannWhitney.below(-1)).isCloseTo(0.15865525393145707, within(1e-7));
        assertThat(MannWhitney.below(2.5)).isCloseTo(0.9937903346742238, within(1e-7));
        assertThat(MannWhitney.below(-3.5)).isCloseTo(0.00023262907903552504, within(1e-12));
        assertThat(MannWhitney.below(-5)).isCloseTo(2.866515718791946e-7, within(1e-15));
    }
}
