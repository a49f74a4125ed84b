package dev.cloche.host;

import dev.cloche.host.hostcall.HostcallCounts;
import dev.cloche.host.hostcall.LaneForce;
import dev.cloche.host.hostcall.LaneKind;
import dev.cloche.host.hostcall.LaneReason;
import dev.cloche.host.hostcall.LaneState;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.reactor.ShardStats;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.telemetry.Check;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The doctor's checks of what carries hostcalls and of what is allowed: `policy.profile`, `policy.withheld`,
/// `policy.files`, `policy.secrets`, `hostcall.forces`, `hostcall.lane`, `reactor.shards`.
final class HostcallChecks {
    private static final String POLICY = "policy";
    private static final String HOSTCALL = "hostcall";
    private static final String REACTOR = "reactor";
    private static final HostcallCounts NONE = new HostcallCounts(0, 0, 0, 0, 0, 0);
    private static final int NANOS_A_MICRO = 1_000;

    private final HostParts parts;

    HostcallChecks(HostParts parts) {
        this.parts = parts;
    }

    List<Check> of(Set<String> areas) {
        List<Check> checks = new ArrayList<>();
        if (areas.contains(POLICY)) {
            checks.add(() -> List.of(profile()));
            checks.add(this::withheld);
            checks.add(() -> List.of(ServiceChecks.files(parts.services().files())));
            checks.add(() -> List.of(ServiceChecks.secrets(parts.services().secrets())));
        }
        if (areas.contains(HOSTCALL)) {
            checks.add(() -> List.of(forces()));
            checks.add(this::lanes);
        }
        if (areas.contains(REACTOR)) {
            checks.add(this::shards);
        }
        return checks;
    }

    private Finding profile() {
        String id = "policy.profile";
        try {
            List<OperatorRule> rules = parts.rules().list();
            long grants = rules.stream().filter(OperatorRule::allow).count();
            return ok(
                    id,
                    POLICY,
                    "profile=" + parts.hostcalls().config().profile().label() + " grants=" + grants + " denials="
                            + (rules.size() - grants));
        } catch (StorageException e) {
            return new Finding(id, POLICY, Level.ERROR, String.valueOf(e.getMessage()), "mend what the message names");
        }
    }

    /// One finding an extension that does not have all that it asks for. That is nothing bad: somebody decided so.
    private List<Finding> withheld() {
        List<Finding> findings = new ArrayList<>();
        parts.extensions().loaded().forEach(extension -> {
            PolicyTable table = parts.hostcalls().policyFor(extension.manifest());
            if (!table.withheld().isEmpty()) {
                String names = table.withheld().stream()
                        .map(capability -> capability.name())
                        .collect(Collectors.joining(","));
                findings.add(ok(
                        "policy.withheld",
                        POLICY,
                        "extension=" + extension.id() + " withheld=" + names
                                + "; `cloche policy explain` says why, `cloche policy grant` gives it"));
            }
        });
        return findings;
    }

    private Finding forces() {
        String id = "hostcall.forces";
        try {
            parts.rules().open();
        } catch (StorageException e) {
            return new Finding(
                    id, HOSTCALL, Level.ERROR, String.valueOf(e.getMessage()), "mend what the message names");
        }
        String forces = parts.hostcalls().lanes().forces().values().stream()
                .map(HostcallChecks::said)
                .collect(Collectors.joining("; "));
        String option = parts.hostcalls().config().lanes().option();
        return ok(
                id,
                HOSTCALL,
                (forces.isEmpty() ? "no operator forces the compat lane" : "the compat lane is forced: " + forces)
                        + (option.isEmpty() ? "" : ", ext-compat-lane=" + option));
    }

    private static String said(LaneForce force) {
        return "extension=" + force.extension() + " reason=" + force.reasonCode() + " by=" + force.triggeredBy()
                + " since=" + Instant.ofEpochMilli(force.sinceMillis());
    }

    /// One finding an extension that is loaded.
    private List<Finding> lanes() {
        Map<String, HostcallCounts> counts = parts.hostcalls().counts();
        return parts.extensions().loaded().stream()
                .map(extension -> lane(extension.id(), counts.getOrDefault(extension.id(), NONE)))
                .toList();
    }

    private Finding lane(String extension, HostcallCounts counts) {
        LaneState state = parts.hostcalls().lanes().state(extension);
        String message = "extension=" + extension + " lane=" + state.lane().label() + " reason=" + state.reasonCode()
                + " by=" + state.triggeredBy() + " since=" + Instant.ofEpochMilli(state.sinceMillis()) + " immediate="
                + counts.immediate() + " queued=" + counts.queued() + " compat=" + counts.compat() + " denied="
                + counts.denied() + " backpressure=" + counts.backpressure() + " in-flight=" + counts.inFlight();
        boolean overloaded =
                state.lane() == LaneKind.COMPAT && state.reasonCode().equals(LaneReason.OVERLOAD);
        return overloaded
                ? new Finding(
                        "hostcall.lane",
                        HOSTCALL,
                        Level.WARNING,
                        message,
                        "its hostcalls found no room; raise reactor.shards or reactor.shard-capacity, or have it ask"
                                + " less")
                : ok("hostcall.lane", HOSTCALL, message);
    }

    /// One finding a shard.
    private List<Finding> shards() {
        List<Optional<String>> bindings = parts.hostcalls().bindings();
        List<Finding> findings = new ArrayList<>();
        for (ShardStats stats : parts.hostcalls().reactor().stats()) {
            String bound = stats.shard() < bindings.size()
                    ? bindings.get(stats.shard()).orElse("none")
                    : "none";
            findings.add(ok("reactor.shards", REACTOR, numbers(stats) + " binding=" + bound));
        }
        return findings;
    }

    private static String numbers(ShardStats stats) {
        return "shard=" + stats.shard() + " depth=" + stats.depth() + " high-water=" + stats.highWater() + " admitted="
                + stats.admitted() + " rejected=" + stats.rejected() + " dispatched=" + stats.dispatched()
                + " answered=" + stats.answered() + " p50-us=" + stats.latencyNanosP50() / NANOS_A_MICRO + " p99-us="
                + stats.latencyNanosP99() / NANOS_A_MICRO + " max-us=" + stats.latencyNanosMax() / NANOS_A_MICRO;
    }

    private static Finding ok(String id, String area, String message) {
        return new Finding(id, area, Level.OK, message, "");
    }
}
