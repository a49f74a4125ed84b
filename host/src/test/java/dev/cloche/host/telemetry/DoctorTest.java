package dev.cloche.host.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.telemetry.Finding.Level;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final Finding WELL = new Finding("area.what", "area", Level.OK, "all is well", "");

    @Test
    void findsNothingWithoutChecks() {
        assertThat(new Doctor(List.of()).examine()).isEmpty();
    }

    @Test
    void tellsFindingsInTheOrderOfTheChecks() {
        Finding other = new Finding("other.what", "other", Level.WARNING, "not so well", "Rest.");
        Doctor doctor = new Doctor(List.of(() -> List.of(other, WELL), List::of, () -> List.of(WELL)));
        assertThat(doctor.examine()).containsExactly(other, WELL, WELL);
    }

    @Test
    void aCheckThatFailsBecomesAFindingAndTheOthersStillRun() {
        Check failing = () -> {
            throw new IllegalStateException("no pulse");
        };
        List<Finding> findings = new Doctor(List.of(failing, () -> List.of(WELL))).examine();
        assertThat(findings).hasSize(2).contains(WELL);
        assertThat(findings.getFirst().id()).isEqualTo("doctor.check");
        assertThat(findings.getFirst().level()).isEqualTo(Level.ERROR);
        assertThat(findings.getFirst().message()).contains("no pulse");
        assertThat(findings.getFirst().remedy()).isNotEmpty();
    }

    @Test
    void aCheckThatFindsTooMuchIsCutShortAndItIsSaid() {
        Check wordy = () -> Collections.nCopies(Doctor.FINDINGS_MAX + 1, WELL);
        List<Finding> findings = new Doctor(List.of(wordy)).examine();
        assertThat(findings).hasSize(Doctor.FINDINGS_MAX + 1);
        assertThat(findings.getLast().id()).isEqualTo("doctor.findings");
        assertThat(findings.getLast().message()).contains("findings=1001");
    }
}
