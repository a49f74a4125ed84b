package dev.cloche.host;

import dev.cloche.host.placement.Placement;
import dev.cloche.host.placement.Topology;
import dev.cloche.host.reactor.ReactorSettings;
import java.util.Locale;
import java.util.Objects;

/// How hostcalls that may block are carried to services. Immutable; start from [#DEFAULT].
///
/// @param affinity `reactor.affinity`: whether shards are tied to processors; [Affinity#DISABLED] by default
/// @param shards `reactor.shards`: how many carry hostcalls; 1 by default
/// @param laneCapacity `reactor.lane-capacity`: how many hostcalls of one isolate may be under way; 64 by default
/// @param shardCapacity `reactor.shard-capacity`: how many of all isolates of a shard together; 1,024 by default
public record ReactorConfig(Affinity affinity, int shards, int laneCapacity, int shardCapacity) {
    public static final int SHARDS_MAX = 64;

    public static final ReactorConfig DEFAULT = new ReactorConfig(
            Affinity.DISABLED,
            ReactorSettings.DEFAULT.shards(),
            ReactorSettings.DEFAULT.laneCapacity(),
            ReactorSettings.DEFAULT.shardCapacity());

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
        var _ = new ReactorSettings(shards, laneCapacity, shardCapacity);
    }

    public ReactorConfig withAffinity(Affinity affinity) {
        return new ReactorConfig(affinity, shards, laneCapacity, shardCapacity);
    }

    public ReactorConfig withShards(int shards) {
        return new ReactorConfig(affinity, shards, laneCapacity, shardCapacity);
    }

    public ReactorConfig withLaneCapacity(int laneCapacity) {
        return new ReactorConfig(affinity, shards, laneCapacity, shardCapacity);
    }

    public ReactorConfig withShardCapacity(int shardCapacity) {
        return new ReactorConfig(affinity, shards, laneCapacity, shardCapacity);
    }

    ReactorSettings settings() {
        return new ReactorSettings(shards, laneCapacity, shardCapacity);
    }

    /// Where the shards belong on a machine. Nothing of it is needed, nor loaded, where the affinity is disabled.
    Placement placement(Topology topology) {
        return Placement.of(topology, shards, dev.cloche.host.placement.Affinity.valueOf(affinity.name()));
    }
}
