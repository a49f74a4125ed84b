package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The doctor's proof that budgets hold.
class BudgetCheckTest {
    private static final Reply BY_FUEL = new Reply.Exhausted(Budget.FUEL, 100_000, "all burnt");
    private static final Reply BY_TIME = new Reply.TimedOut(Duration.ofMillis(20), "late");
    private static final Reply CAPPED = new Reply.Ok(Payload.wrap(new byte[] {16, 0, 0, 0}));

    @TempDir
    Path home;

    private static Finding judged(Reply... replies) {
        return new BudgetCheck((_, calls) -> {
                    assertThat(calls).hasSameSizeAs(replies);
                    return List.of(replies);
                })
                .run();
    }

    private Finding proven(HostConfig config) {
        try (Host host = Host.open(config)) {
            return host.doctor(Set.of("engine")).stream()
                    .filter(finding -> finding.id().equals("engine.budgets"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aRealGuestIsStoppedAndCapped() {
        Finding finding = proven(HostConfig.at(home));
        assertThat(finding.message())
                .endsWith("by-fuel=exhausted:fuel by-deadline=timed-out by-memory=capped:16-pages");
        assertThat(finding.level()).isEqualTo(Level.OK);
    }

    @Test
    void inHeapArraysAndUnderAnOperatorsCapsToo() {
        LimitRequests caps = new LimitRequests(null, 512L << 10, null, null, null, null, null, null, 50_000L);
        Finding finding = proven(HostConfig.at(home).withMemory(MemoryMode.HEAP).withLimits(caps));
        assertThat(finding.message())
                .endsWith("by-fuel=exhausted:fuel by-deadline=exhausted:fuel by-memory=capped:8-pages");
        assertThat(finding.level()).isEqualTo(Level.OK);
    }

    @Test
    void aGuestThatIsNotStoppedIsAnError() {
        assertThat(judged(BY_FUEL, BY_TIME, CAPPED).level()).isEqualTo(Level.OK);
        assertThat(judged(CAPPED, BY_TIME, CAPPED).level()).isEqualTo(Level.ERROR);
        assertThat(judged(BY_FUEL, CAPPED, CAPPED).level()).isEqualTo(Level.ERROR);
        assertThat(judged(BY_FUEL, BY_TIME, new Reply.Ok(Payload.wrap(new byte[] {17, 0, 0, 0})))
                        .level())
                .isEqualTo(Level.ERROR);
        assertThat(judged(BY_FUEL, BY_TIME, new Reply.Ok(Payload.EMPTY)).level())
                .isEqualTo(Level.ERROR);
    }

    @Test
    void aGuestThatIsNotTakenOnProvesNothing() {
        Reply busy = new Reply.Rejected(Reply.RejectReason.HOST_ISOLATES, "full");
        assertThat(judged(BY_FUEL, busy, CAPPED).level()).isEqualTo(Level.WARNING);
        Finding refused = new BudgetCheck((_, _) -> {
                    throw new BundleException("x", List.of(new Violation("", "no", "room")));
                })
                .run();
        assertThat(refused.level()).isEqualTo(Level.WARNING);
        assertThat(refused.remedy()).isNotEmpty();
    }
}
