package dev.cloche.host.telemetry;

import dev.cloche.host.telemetry.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks a host over: runs its checks one after the other and gathers what they found.
public final class Doctor {
    /// Findings taken from one check; what is beyond is left out, and said to be.
    static final int FINDINGS_MAX = 1_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(Doctor.class);

    private final List<Check> checks;

    /// @param checks in the order in which their findings are told
    public Doctor(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /// All findings, in the order of the checks. A check that fails, though it must not, becomes a finding itself.
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks) {
            findings.addAll(run(check));
        }
        return findings;
    }

    private static List<Finding> run(Check check) {
        try {
            List<Finding> findings = check.run();
            return findings.size() <= FINDINGS_MAX ? findings : shortened(findings);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOGGER.warn("doctor: a check failed", e);
            String name = check.getClass().getSimpleName();
            return List.of(new Finding(
                    "doctor.check",
                    "doctor",
                    Level.ERROR,
                    "a check failed, check=" + name + " cause=" + e,
                    "Look at the log for the stack trace and report it; the other findings hold."));
        }
    }

    private static List<Finding> shortened(List<Finding> findings) {
        List<Finding> kept = new ArrayList<>(findings.subList(0, FINDINGS_MAX));
        kept.add(new Finding(
                "doctor.findings",
                "doctor",
                Level.WARNING,
                "a check found more than is told, findings=" + findings.size() + " findings-max=" + FINDINGS_MAX,
                "Mend what is told and run the doctor again."));
        return kept;
    }
}
