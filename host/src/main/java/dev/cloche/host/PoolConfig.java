package dev.cloche.host;

import dev.cloche.host.pool.HostIsolates;

/// What holds for the isolate pools of all extensions together. Immutable; start from [#DEFAULT].
///
/// @param isolates `pools.isolates`: how many isolates there may be, those that are suspended not counted; 1,024 by
/// default
/// @param depth `pools.depth`: how many calls may be under way one within the other, where extensions call extensions;
/// 64 by default
/// @param leakStacks `pools.leak-stacks`: whether the report of a lease that is not closed says where it was acquired;
/// costs microseconds a call, off by default
public record PoolConfig(int isolates, int depth, boolean leakStacks) {
    public static final int ISOLATES_MAX = 1_000_000;
    public static final int DEPTH_MAX = 100_000;

    public static final PoolConfig DEFAULT = new PoolConfig(HostIsolates.DEFAULT_MAX, 64, false);

    public PoolConfig {
        if (isolates < 1 || isolates > ISOLATES_MAX) {
            throw new IllegalArgumentException(
                    "pools.isolates must be from 1 to " + ISOLATES_MAX + ", pools.isolates=" + isolates);
        }
        if (depth < 1 || depth > DEPTH_MAX) {
            throw new IllegalArgumentException("pools.depth must be from 1 to " + DEPTH_MAX + ", pools.depth=" + depth);
        }
    }

    public PoolConfig withIsolates(int isolates) {
        return new PoolConfig(isolates, depth, leakStacks);
    }

    public PoolConfig withDepth(int depth) {
        return new PoolConfig(isolates, depth, leakStacks);
    }

    public PoolConfig withLeakStacks(boolean leakStacks) {
        return new PoolConfig(isolates, depth, leakStacks);
    }
}
