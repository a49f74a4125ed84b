package dev.cloche.host;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.hostcall.LaneForce;
import dev.cloche.host.hostcall.LaneKind;
import dev.cloche.host.hostcall.LaneReason;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.Explanation;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.PolicyRule.Effect;
import dev.cloche.host.storage.Session;
import dev.cloche.host.storage.SqlWork;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.storage.StoredRules;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The operator's rules and forces as the home keeps them, and the way of hostcalls that goes by them. Read before the
/// first extension gets its way out: a rule that could not be read must not count as none. Safe for use by many
/// threads.
final class OperatorRules {
    private static final TypeReference<Map<String, List<String>>> PARAMETERS = new TypeReference<>() {};
    private static final int DETAIL_CHARS_MAX = 256;

    private final Storage storage;
    private final Ledger ledger;
    private final HostcallPath path;
    private final LongSupplier epochMillis;
    private final Function<String, Optional<Map<String, Capability>>> requested;

    /// One change at a time, so that what is kept and what holds do not part. Taken before the database's own.
    private final ReentrantLock changes = new ReentrantLock();

    private volatile boolean opened;

    /// @param requested what the manifest of an extension asks for, by name
    OperatorRules(
            Storage storage,
            Ledger ledger,
            HostcallPath path,
            LongSupplier epochMillis,
            Function<String, Optional<Map<String, Capability>>> requested) {
        this.storage = storage;
        this.ledger = ledger;
        this.path = path;
        this.epochMillis = epochMillis;
        this.requested = requested;
    }

    /// Reads what the home keeps, once. A home without a database keeps nothing, and is not made.
    ///
    /// @throws dev.cloche.host.storage.StorageException if there is a database and it cannot be read
    void open() {
        if (opened) {
            return;
        }
        changes.lock();
        try {
            if (!opened) {
                if (Files.exists(storage.stateFile())) {
                    storage.database()
                            .read(StoredRules::forces)
                            .forEach(force -> path.lanes()
                                    .force(new LaneForce(
                                            force.extension(),
                                            force.reasonCode(),
                                            force.triggeredBy(),
                                            force.timeMillis())));
                    path.rules(storage.database().read(OperatorRules::rules));
                }
                opened = true;
            }
        } finally {
            changes.unlock();
        }
    }

    private static List<PolicyRule> rules(Session session) throws SQLException {
        return StoredRules.rules(session).stream().map(OperatorRules::rule).toList();
    }

    /// A rule as it was made. One that could not be made like this is not passed over: it may be a denial.
    private static PolicyRule rule(StoredRules.Rule row) {
        try {
            Capability capability =
                    new Capability(row.capability(), JsonMapper.shared().readValue(row.parameters(), PARAMETERS));
            List<Violation> violations = capability.grantViolations();
            if (!violations.isEmpty()) {
                throw new IllegalArgumentException("violations=" + violations);
            }
            return new PolicyRule(row.extension(), Effect.of(row.effect()), capability);
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw unreadable(row, e);
        }
    }

    private static StorageException unreadable(StoredRules.Rule row, RuntimeException cause) {
        return new StorageException(
                StorageException.Kind.CORRUPT,
                "a rule in the database is none that could be made, and nothing runs without it; put a backup of the"
                        + " database in its place, extension=" + row.extension() + " capability=" + row.capability()
                        + " effect=" + row.effect(),
                cause);
    }

    /// What a change came to, and all rules after it.
    private record Changed<T>(T answer, List<PolicyRule> rules) {}

    /// Changes rules and goes by them. Read with the change itself: once it is kept, nothing can keep it from holding.
    private <T> T changeRules(SqlWork<T> work) {
        Changed<T> changed = write(session -> new Changed<>(work.run(session), rules(session)));
        path.rules(changed.rules());
        return changed.answer();
    }

    /// Waits for a write to its end, also on a thread that is interrupted meanwhile: what is kept must hold as well.
    private <T> T write(SqlWork<T> work) {
        try {
            return storage.database().writeAsync(work).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    Optional<LedgerEntry> add(String extension, boolean allow, Capability capability, TriggeredBy triggeredBy) {
        requireId(extension);
        return change(() -> {
            StoredRules.Rule rule = new StoredRules.Rule(
                    extension,
                    capability.name(),
                    JsonMapper.shared().writeValueAsString(new TreeMap<>(capability.parameters())),
                    (allow ? Effect.ALLOW : Effect.DENY).label(),
                    epochMillis.getAsLong());
            return changeRules(session -> {
                if (!StoredRules.add(session, rule)) {
                    return Optional.<LedgerEntry>empty();
                }
                LedgerKind kind = allow ? LedgerKind.GRANT_ADDED : LedgerKind.DENY_ADDED;
                return Optional.of(ledger.append(session, event(kind, rule, triggeredBy)));
            });
        });
    }

    /// What no extension can be called would never hold, and nobody would notice.
    private static void requireId(String extension) {
        if (!extension.equals(LaneForce.EVERY) && !LaneConfig.isId(extension)) {
            throw new IllegalArgumentException(
                    "an extension's id is words of lower-case letters and digits with a - between them; or "
                            + LaneForce.EVERY + " for all, chars=" + extension.length());
        }
    }

    private static LedgerEvent event(LedgerKind kind, StoredRules.Rule rule, TriggeredBy triggeredBy) {
        String parameters = rule.parameters();
        return LedgerEvent.of(kind, rule.extension(), rule.capability(), triggeredBy)
                .withDetails(Map.of(
                        "capability",
                        rule.capability(),
                        "parameters",
                        parameters.length() <= DETAIL_CHARS_MAX
                                ? parameters
                                : parameters.substring(0, DETAIL_CHARS_MAX)));
    }

    List<LedgerEntry> remove(String extension, String capability, TriggeredBy triggeredBy) {
        open();
        if (!Files.exists(storage.stateFile())) {
            return List.of();
        }
        return change(() -> changeRules(session -> {
            List<LedgerEntry> written = new ArrayList<>();
            for (Effect effect : Effect.values()) {
                LedgerKind kind = effect == Effect.ALLOW ? LedgerKind.GRANT_REMOVED : LedgerKind.DENY_REMOVED;
                for (StoredRules.Rule rule : StoredRules.remove(session, extension, capability, effect.label())) {
                    written.add(ledger.append(session, event(kind, rule, triggeredBy)));
                }
            }
            return written;
        }));
    }

    LedgerEntry force(String extension, String reasonCode, TriggeredBy triggeredBy) {
        requireId(extension);
        LaneReason.requireOperators(reasonCode);
        LaneForce force = new LaneForce(extension, reasonCode, triggeredBy.label(), epochMillis.getAsLong());
        return change(() -> {
            // Asked before: within a write, the row of a change that this look brings about could not be written.
            String from = lane(extension);
            LedgerEntry entry = write(session -> {
                StoredRules.force(
                        session,
                        new StoredRules.Force(extension, reasonCode, triggeredBy.label(), force.sinceMillis()));
                return ledger.append(
                        session,
                        LedgerEvent.of(LedgerKind.LANE_FORCED, extension, reasonCode, triggeredBy)
                                .withChange(from, "compat"));
            });
            path.lanes().force(force);
            return entry;
        });
    }

    Optional<LedgerEntry> revert(String extension, TriggeredBy triggeredBy) {
        open();
        if (!Files.exists(storage.stateFile())) {
            return Optional.empty();
        }
        return change(() -> {
            LaneForce force = path.lanes().forces().get(extension);
            boolean all = extension.equals(LaneForce.EVERY);
            String to = (all ? LaneKind.FAST : path.lanes().laneWithoutForce(extension)).label();
            Optional<LedgerEntry> entry = write(session -> {
                if (!StoredRules.revert(session, extension)) {
                    return Optional.<LedgerEntry>empty();
                }
                String reason = force == null ? LaneReason.REVERT : force.reasonCode();
                return Optional.of(ledger.append(
                        session,
                        LedgerEvent.of(LedgerKind.LANE_REVERTED, extension, reason, triggeredBy)
                                .withChange("compat", to)));
            });
            var _ = path.lanes().revert(extension);
            return entry;
        });
    }

    private String lane(String extension) {
        boolean all = extension.equals(LaneForce.EVERY);
        return all ? "" : path.lanes().state(extension).lane().label();
    }

    private <T> T change(Supplier<T> work) {
        open();
        changes.lock();
        try {
            return work.get();
        } finally {
            changes.unlock();
        }
    }

    List<OperatorRule> list() {
        if (!Files.exists(storage.stateFile())) {
            return List.of();
        }
        return storage.database().read(StoredRules::rules).stream()
                .map(row -> listed(rule(row), row.createdMillis()))
                .toList();
    }

    private static OperatorRule listed(PolicyRule rule, long createdMillis) {
        return new OperatorRule(
                rule.extension(),
                rule.effect() == Effect.ALLOW,
                rule.capability(),
                Instant.ofEpochMilli(createdMillis));
    }

    Optional<PolicyExplanation> explain(String extension, String capability) {
        open();
        return requested.apply(extension).map(asked -> {
            Explanation explained = path.policy().explain(extension, asked, capability);
            boolean allowed = explained.decision() instanceof Decision.Allowed;
            return new PolicyExplanation(
                    extension,
                    capability,
                    allowed,
                    explained.decision().rule(),
                    explained.decision() instanceof Decision.Refused refused ? refused.message() : "",
                    explained.considered().stream()
                            .map(step -> new PolicyExplanation.Step(step.rule(), step.verdict(), step.decided()))
                            .toList());
        });
    }
}
