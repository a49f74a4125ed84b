package dev.cloche.host.reactor;

/// How a reactor is laid out.
///
/// @param shards how many there are; lanes go to them in turn
/// @param laneCapacity how many hostcalls one isolate may have under way
/// @param shardCapacity how many all isolates of a shard may have under way together
public record ReactorSettings(int shards, int laneCapacity, int shardCapacity) {
    public static final int SHARDS_MAX = 64;
    public static final int SHARD_CAPACITY_MAX = 1 << 20;

    public static final ReactorSettings DEFAULT = new ReactorSettings(1, 64, 1_024);

    public ReactorSettings {
        require("shards", shards, SHARDS_MAX);
        require("lane-capacity", laneCapacity, Lane.CAPACITY_MAX);
        require("shard-capacity", shardCapacity, SHARD_CAPACITY_MAX);
    }

    private static void require(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be in 1 to " + max + ", " + name + "=" + value);
        }
    }
}
