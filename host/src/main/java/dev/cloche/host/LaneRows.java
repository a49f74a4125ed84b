package dev.cloche.host;

import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.LaneChange;
import dev.cloche.host.hostcall.LaneKind;
import dev.cloche.host.hostcall.LaneReason;
import dev.cloche.host.hostcall.LaneState;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in log and ledger what lanes do without an operator's word: settings that were changed, overloads, lanes that
/// do not agree. What operators force is in the ledger with the force itself. Safe for use by many threads.
final class LaneRows {
    private static final Logger LOG = LoggerFactory.getLogger(LaneRows.class);

    private final Storage storage;
    private final Ledger ledger;

    LaneRows(Storage storage, Ledger ledger) {
        this.storage = storage;
        this.ledger = ledger;
    }

    void changed(LaneChange change) {
        LaneState from = change.from();
        LaneState to = change.to();
        LOG.info(
                "lane: hostcalls take another lane, extension={} from={} to={} reason={}",
                change.extension(),
                from.lane().label(),
                to.lane().label(),
                to.reasonCode());
        boolean into = to.lane() == LaneKind.COMPAT;
        String cause = into ? to.reasonCode() : from.reasonCode();
        if (cause.equals(LaneReason.OVERLOAD)) {
            append(event(
                    into ? LedgerKind.LANE_OVERLOAD : LedgerKind.LANE_REVERTED,
                    change,
                    LaneReason.OVERLOAD,
                    TriggeredBy.HOST));
        } else if (cause.equals(LaneReason.SETTINGS)) {
            append(event(
                    into ? LedgerKind.LANE_FORCED : LedgerKind.LANE_REVERTED,
                    change,
                    LaneReason.SETTINGS,
                    TriggeredBy.USER));
        }
    }

    private static LedgerEvent event(LedgerKind kind, LaneChange change, String reason, TriggeredBy by) {
        return LedgerEvent.of(kind, change.extension(), reason, by)
                .withChange(change.from().lane().label(), change.to().lane().label());
    }

    void diverged(Hostcall hostcall, String fast, String compat) {
        String extension = hostcall.frame().extension();
        String op = hostcall.op().name();
        LOG.error("lane: the lanes do not agree, extension={} op={} fast={} compat={}", extension, op, fast, compat);
        append(LedgerEvent.of(LedgerKind.LANE_DIVERGED, extension, LaneReason.SAMPLING, TriggeredBy.HOST)
                .withDetails(Map.of("op", op, "fast", oneLine(fast), "compat", oneLine(compat))));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /// Into a home that is open: nobody who makes a hostcall waits for one to be opened, or has one made.
    private void append(LedgerEvent event) {
        if (storage.opened().isEmpty()) {
            return;
        }
        // The guest whose hostcall brings the change about may be interrupted just now: the row is not its own.
        boolean interrupted = Thread.interrupted();
        try {
            var _ = ledger.appendAsync(event).whenComplete((_, failure) -> {
                if (failure != null) {
                    notWritten(event, failure);
                }
            });
        } catch (StorageException e) {
            notWritten(event, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void notWritten(LedgerEvent event, Throwable failure) {
        LOG.warn(
                "lane: a row of the ledger was not written, kind={}: {}",
                event.kind().label(),
                failure.getMessage());
    }
}
