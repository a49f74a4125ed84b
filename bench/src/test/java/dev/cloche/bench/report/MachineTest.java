package dev.cloche.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void theHeaderSaysWhatFiguresDependOn() {
        Machine machine =
                new Machine("Linux 6.1 amd64", "Some CPU", 2, 8L << 30, "OpenJDK 25", List.of("-Xmx1g", "-ea"));
        assertThat(machine.header().lines())
                .containsExactly(
                        "# system     Linux 6.1 amd64",
                        "# processor  Some CPU, processors=2",
                        "# memory     8192 MiB",
                        "# jdk        OpenJDK 25",
                        "# flags      -Xmx1g -ea");
    }

    @Test
    void knowsTheMachineItRunsOn() {
        Machine machine = Machine.current();
        assertThat(machine.processors()).isPositive();
        assertThat(machine.memoryBytes()).isPositive();
        assertThat(machine.jdk()).contains("25");
    }
}
