package dev.cloche.host.placement;

import dev.cloche.host.placement.PlacementPlan.Binding;
import dev.cloche.host.placement.ThreadAffinity.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/// Puts a plan into practice. Safe for use by many threads; each shard's own thread binds itself.
public final class Placement {
    private final PlacementPlan plan;
    private final IntFunction<Answer> pin;

    private Placement(PlacementPlan plan, IntFunction<Answer> pin) {
        this.plan = plan;
        this.pin = pin;
    }

    /// @throws IllegalArgumentException unless `1 <= shards <= PlacementPlan.SHARDS_MAX`
    public static Placement of(Topology topology, int shards, Affinity affinity) {
        return of(topology, shards, affinity, ThreadAffinity::pin);
    }

    /// @param pin pins the calling thread
    static Placement of(Topology topology, int shards, Affinity affinity, IntFunction<Answer> pin) {
        return new Placement(PlacementPlan.of(topology, shards, affinity), pin);
    }

    /// Where each shard belongs.
    public PlacementPlan plan() {
        return plan;
    }

    /// What became of binding a shard.
    public enum Outcome {
        /// Nothing was asked for.
        DISABLED,
        /// The core is told and nothing done.
        ADVISED,
        /// The thread runs on its core alone.
        PINNED,
        /// The system refused it, or gives the thread other processors.
        REFUSED,
        /// Threads cannot be pinned here.
        UNSUPPORTED,
        /// The plan has no core for the shard.
        UNPLACED;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    /// What telemetry says of a shard's place.
    ///
    /// @param core the processor that the plan has for it; -1 if none
    /// @param node that processor's node; -1 if none
    /// @param allowed the processors that the thread may run on, read back; empty unless it was pinned
    /// @param errno the system's number for its refusal, else zero
    /// @param fallback why shards are not spread over nodes
    /// @param reason why it is neither advised nor pinned, for people; empty otherwise
    public record Bound(
            int shard,
            Outcome outcome,
            int core,
            int node,
            List<Integer> allowed,
            int errno,
            Optional<Fallback> fallback,
            String reason) {
        public Bound {
            allowed = List.copyOf(allowed);
        }
    }

    /// Binds the calling thread as the shard's. Throws nothing but what a wrong number deserves.
    ///
    /// @throws IllegalArgumentException if there is no such shard
    public Bound bind(int shard) {
        if (shard < 0 || shard >= plan.shards()) {
            throw new IllegalArgumentException("there is no such shard, shard=" + shard + " shards=" + plan.shards());
        }
        if (plan.bindings().isEmpty()) {
            Binding nowhere = new Binding(shard, -1, -1);
            return plan.affinity() == Affinity.DISABLED
                    ? bound(nowhere, Outcome.DISABLED, List.of(), 0, "")
                    : bound(nowhere, Outcome.UNPLACED, List.of(), 0, missing());
        }
        Binding binding = plan.bindings().get(shard);
        return switch (plan.affinity()) {
            case DISABLED -> bound(binding, Outcome.DISABLED, List.of(), 0, "");
            case ADVISORY -> bound(binding, Outcome.ADVISED, List.of(), 0, "");
            case STRICT -> pin(binding);
        };
    }

    private String missing() {
        return plan.fallback().map(Fallback::meaning).orElse("");
    }

    private Bound pin(Binding binding) {
        return switch (pin.apply(binding.core())) {
            case Answer.Allowed(List<Integer> cpus)
            when cpus.equals(List.of(binding.core())) -> bound(binding, Outcome.PINNED, cpus, 0, "");
            case Answer.Allowed(List<Integer> cpus) ->
                bound(binding, Outcome.REFUSED, cpus, 0, "the system gives the thread other processors, cpus=" + cpus);
            case Answer.Refused(int errno, String reason) -> bound(binding, Outcome.REFUSED, List.of(), errno, reason);
            case Answer.Unsupported(String reason) -> bound(binding, Outcome.UNSUPPORTED, List.of(), 0, reason);
        };
    }

    private Bound bound(Binding binding, Outcome outcome, List<Integer> allowed, int errno, String reason) {
        return new Bound(
                binding.shard(), outcome, binding.core(), binding.node(), allowed, errno, plan.fallback(), reason);
    }
}
