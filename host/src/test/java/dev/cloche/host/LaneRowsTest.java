package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.hostcall.LaneChange;
import dev.cloche.host.hostcall.LaneKind;
import dev.cloche.host.hostcall.LaneState;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lanes do is in the ledger, whoever brought it about and in whatever state its thread is.
class LaneRowsTest {
    @TempDir
    Path home;

    private static LaneChange overload(LaneKind from, LaneKind to) {
        return new LaneChange("test", state(from), state(to));
    }

    private static LaneState state(LaneKind lane) {
        return new LaneState(lane, lane == LaneKind.COMPAT ? "overload" : "default", "host", 0);
    }

    /// The hostcall that finds no room, or the lane free again, may be one of a thread that is being interrupted.
    @Test
    void aChangeThatAnInterruptedThreadBringsAboutHasItsRowAndTheFlagStaysUp() {
        try (Storage storage = new Storage(home, Duration.ofSeconds(5), System::nanoTime)) {
            storage.database();
            Ledger ledger = new Ledger(storage, InstantSource.system());
            LaneRows rows = new LaneRows(storage, ledger);
            Thread.currentThread().interrupt();
            rows.changed(overload(LaneKind.FAST, LaneKind.COMPAT));
            rows.changed(overload(LaneKind.COMPAT, LaneKind.FAST));
            assertThat(Thread.interrupted()).isTrue();
            // Rows are written in order: these two are before this one.
            ledger.append(LedgerEvent.of(LedgerKind.LANE_FORCED, "other", "drill", TriggeredBy.API));
            assertThat(ledger.list(LedgerQuery.LAST))
                    .extracting(entry -> entry.event().kind())
                    .containsExactly(LedgerKind.LANE_OVERLOAD, LedgerKind.LANE_REVERTED, LedgerKind.LANE_FORCED);
        }
    }

    @Test
    void aRevertSaysWhichLaneIsTakenAfterIt() {
        try (Host host = Host.open(MemoryKinds.config(home))) {
            host.lanes().force("*", "drill-all", TriggeredBy.API);
            host.lanes().force("test", "drill-one", TriggeredBy.API);
            assertThat(reverted(host, "test").event().to()).isEqualTo("compat");
            assertThat(host.lanes().of("test").reasonCode()).isEqualTo("drill-all");
            host.lanes().force("test", "drill-two", TriggeredBy.API);
            assertThat(reverted(host, "*").event().to()).isEqualTo("fast");
            assertThat(reverted(host, "test").event().to()).isEqualTo("fast");
            assertThat(host.lanes().of("test").lane()).isEqualTo("fast");
            assertThat(host.ledger().entries(LedgerQuery.LAST.withKinds(Set.of(LedgerKind.LANE_REVERTED))))
                    .extracting(row -> row.event().from())
                    .containsOnly("compat")
                    .hasSize(3);
        }
    }

    private static LedgerEntry reverted(Host host, String whose) {
        return host.lanes().revert(whose, TriggeredBy.API).orElseThrow();
    }
}
