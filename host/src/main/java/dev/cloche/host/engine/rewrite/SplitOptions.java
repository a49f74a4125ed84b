package dev.cloche.host.engine.rewrite;

import java.util.Map;
import java.util.TreeMap;

/// How functions are split. Sizes are estimated bytes of JVM code.
///
/// @param limitBytes functions above this are split, those made by splitting too
/// @param targetBytes how far a function that is split is brought down, if that can be done
/// @param targets limit and target of single functions, by their index in the module
/// @param roundsMax how often one function is gone over
/// @param generationsMax how often what was split off is split again
/// @param costs what the estimates go by
public record SplitOptions(
        int limitBytes,
        int targetBytes,
        Map<Integer, Integer> targets,
        Regions regions,
        Groups groups,
        int roundsMax,
        int generationsMax,
        CodeCosts costs) {
    private static final int BYTES_MAX = 60_000;
    private static final int COUNT_MAX = 1_000;

    public static final SplitOptions DEFAULTS = new SplitOptions(
            7_600,
            6_000,
            Map.of(),
            new Regions(60, 6_000, 8, 10),
            new Groups(3, 24, 40, 12, 4_000),
            6,
            4,
            CodeCosts.ENGINE);

    /// Which parts of a function are moved.
    ///
    /// @param minBytes what is smaller stays
    /// @param maxBytes what is larger is not moved as a whole
    /// @param exitsMax labels that a part may branch to
    /// @param gainMinBytes what moving a part must save where it was
    public record Regions(int minBytes, int maxBytes, int exitsMax, int gainMinBytes) {
        public Regions {
            check("regions.minBytes", minBytes, 1, BYTES_MAX);
            check("regions.maxBytes", maxBytes, minBytes, BYTES_MAX);
            check("regions.exitsMax", exitsMax, 0, COUNT_MAX);
            check("regions.gainMinBytes", gainMinBytes, -COUNT_MAX, BYTES_MAX);
        }
    }

    /// Which parts share one call site, through a dispatcher.
    ///
    /// @param membersMin how many parts with the same outputs it takes; 0 for no groups at all
    /// @param regionsMin when fewer parts are moved at a time, there are no groups
    /// @param exitsMax labels that the members may branch to together
    /// @param parametersMax parameters of a dispatcher, but for what a single member needs
    /// @param dispatcherBytesMax size of a dispatcher
    public record Groups(int membersMin, int regionsMin, int exitsMax, int parametersMax, int dispatcherBytesMax) {
        public Groups {
            check("groups.membersMin", membersMin, 0, COUNT_MAX);
            check("groups.regionsMin", regionsMin, 0, COUNT_MAX);
            check("groups.exitsMax", exitsMax, 1, COUNT_MAX);
            check("groups.parametersMax", parametersMax, 0, COUNT_MAX);
            check("groups.dispatcherBytesMax", dispatcherBytesMax, 1, BYTES_MAX);
        }
    }

    public SplitOptions {
        targets = Map.copyOf(targets);
        check("limitBytes", limitBytes, 1, BYTES_MAX);
        check("targetBytes", targetBytes, 1, limitBytes);
        for (var target : new TreeMap<>(targets).entrySet()) {
            check("targets[" + target.getKey() + "]", target.getValue(), 1, BYTES_MAX);
        }
        check("roundsMax", roundsMax, 1, COUNT_MAX);
        check("generationsMax", generationsMax, 1, COUNT_MAX);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("must be between " + min + " and " + max + ", " + name + "=" + value);
        }
    }

    /// @param limit also the target, where that is higher
    public SplitOptions withLimitBytes(int limit) {
        return new SplitOptions(
                limit, Math.min(limit, targetBytes), targets, regions, groups, roundsMax, generationsMax, costs);
    }

    public SplitOptions withTargetBytes(int target) {
        return new SplitOptions(limitBytes, target, targets, regions, groups, roundsMax, generationsMax, costs);
    }

    public SplitOptions withTargets(Map<Integer, Integer> targetsByFunction) {
        return new SplitOptions(
                limitBytes, targetBytes, targetsByFunction, regions, groups, roundsMax, generationsMax, costs);
    }

    public SplitOptions withCosts(CodeCosts measured) {
        return new SplitOptions(limitBytes, targetBytes, targets, regions, groups, roundsMax, generationsMax, measured);
    }
}
