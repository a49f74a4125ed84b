package dev.cloche.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void percentilesLieOnALineBetweenTheNearestValues() {
        Samples samples = Samples.of(40, 10, 30, 20);
        assertThat(samples.percentile(0)).isEqualTo(10);
        assertThat(samples.percentile(1)).isEqualTo(40);
        assertThat(samples.percentile(0.25)).isEqualTo(17.5);
        assertThat(samples.median()).isEqualTo(25);
        assertThat(samples.p95()).isCloseTo(38.5, within(1e-9));
    }

    @Test
    void theMedianOfAnOddCountIsTheMiddleOne() {
        assertThat(Samples.of(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5);
        assertThat(Samples.of(7).p95()).isEqualTo(7);
    }

    @Test
    void valuesAreInOrderAndNobodyElses() {
        double[] given = {3, 1, 2};
        Samples samples = Samples.of(given);
        given[0] = 0;
        samples.values()[0] = 0;
        assertThat(samples.values()).containsExactly(1, 2, 3);
        assertThat(samples.smallest()).isEqualTo(1);
        assertThat(samples.count()).isEqualTo(3);
    }

    @Test
    void noSamplesAndNoNumbersAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.of()).withMessageContaining("samples=0");
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.of(1, Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.of(1).percentile(1.5))
                .withMessageContaining("part=1.5");
    }

    @Test
    void theGeometricMeanIsThatOfRatios() {
        assertThat(GeometricMean.of(List.of(2.0, 8.0))).isCloseTo(4, within(1e-12));
        assertThat(GeometricMean.of(List.of(3.0))).isCloseTo(3, within(1e-12));
        assertThatIllegalArgumentException().isThrownBy(() -> GeometricMean.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> GeometricMean.of(List.of(1.0, 0.0)));
    }
}
