package dev.cloche.host;

import dev.cloche.host.placement.Placement;
import dev.cloche.host.placement.Topology;
import java.util.Locale;
import java.util.Objects;

/// How hostcalls that may block are carried to services. Immutable; start from [#DEFAULT].
///
/// @param affinity `reactor.affinity`: whether shards are tied to processors; [Affinity#DISABLED] by default
/// @param shards `reactor.shards`: how many carry hostcalls; 1 by default
public record ReactorConfig(Affinity affinity, int shards) {
    public static final int SHARDS_MAX = 64;

    public static final ReactorConfig DEFAULT = new ReactorConfig(Affinity.DISABLED, 1);

    /// What is done about where shards run.
    public enum Affinity {
        /// Nothing: the system's scheduler decides.
        DISABLED,
        /// The doctor says which processor each shard should have.
        ADVISORY,
        /// Each shard's thread is pinned to its processor, where the system lets it be.
        STRICT;

        private final String label = name().toLowerCase(Locale.ROOT);

        /// As in `settings.json`.
        public String label() {
            return label;
        }
    }

    public ReactorConfig {
        Objects.requireNonNull(affinity, "affinity");
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException(
                    "reactor.shards must be from 1 to " + SHARDS_MAX + ", reactor.shards=" + shards);
        }
    }

    public ReactorConfig withAffinity(Affinity affinity) {
        return new ReactorConfig(affinity, shards);
    }

    public ReactorConfig withShards(int shards) {
        return new ReactorConfig(affinity, shards);
    }

    /// Where the shards belong on a machine. Nothing of it is needed, nor loaded, where the affinity is disabled.
    Placement placement(Topology topology) {
        return Placement.of(topology, shards, dev.cloche.host.placement.Affinity.valueOf(affinity.name()));
    }
}
