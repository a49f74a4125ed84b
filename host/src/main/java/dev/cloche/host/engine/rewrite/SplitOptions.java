package dev.cloche.host.engine.rewrite;

import java.util.Map;
import java.util.TreeMap;

/// How functions are split. Sizes are estimated bytes of JVM code.
///
/// @param limitBytes functions above this are split, those made by splitting too
/// @param targetBytes how far a function that is split is brought down, if that can be done
/// @param targets limit and target of single functions, by their index in the module
/// @param regionMinBytes what is smaller is not moved
/// @param regionMaxBytes what is larger is not moved as a whole
/// @param exitsMax labels that a part that is moved may branch to
/// @param gainMinBytes what a part must save where it was
/// @param groupMembersMin parts with the same outputs that share one call site through a dispatcher; 0 for none
/// @param groupRegionsMin a round that moves fewer parts makes no groups
/// @param groupExitsMax labels that the members of a group may branch to together
/// @param dispatcherParametersMax parameters of the dispatcher for those members that need few
/// @param roundsMax how often one function is gone over
/// @param generationsMax how often what was split off is split again
/// @param costs what the estimates go by
public record SplitOptions(
        int limitBytes,
        int targetBytes,
        Map<Integer, Integer> targets,
        int regionMinBytes,
        int regionMaxBytes,
        int exitsMax,
        int gainMinBytes,
        int groupMembersMin,
        int groupRegionsMin,
        int groupExitsMax,
        int dispatcherParametersMax,
        int roundsMax,
        int generationsMax,
        CodeCosts costs) {
    private static final int BYTES_MAX = 60_000;
    private static final int COUNT_MAX = 1_000;

    public static final SplitOptions DEFAULTS =
            new SplitOptions(7_600, 6_000, Map.of(), 60, 6_000, 8, 10, 3, 24, 40, 9, 6, 4, CodeCosts.ENGINE);

    public SplitOptions {
        targets = Map.copyOf(targets);
        check("limitBytes", limitBytes, 1, BYTES_MAX);
        check("targetBytes", targetBytes, 1, limitBytes);
        for (var target : new TreeMap<>(targets).entrySet()) {
            check("targets[" + target.getKey() + "]", target.getValue(), 1, BYTES_MAX);
        }
        check("regionMinBytes", regionMinBytes, 1, BYTES_MAX);
        check("regionMaxBytes", regionMaxBytes, regionMinBytes, BYTES_MAX);
        check("exitsMax", exitsMax, 0, COUNT_MAX);
        check("gainMinBytes", gainMinBytes, -COUNT_MAX, BYTES_MAX);
        check("groupMembersMin", groupMembersMin, 0, COUNT_MAX);
        check("groupRegionsMin", groupRegionsMin, 0, COUNT_MAX);
        check("groupExitsMax", groupExitsMax, 1, COUNT_MAX);
        check("dispatcherParametersMax", dispatcherParametersMax, 0, COUNT_MAX);
        check("roundsMax", roundsMax, 1, COUNT_MAX);
        check("generationsMax", generationsMax, 1, COUNT_MAX);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("must be between " + min + " and " + max + ", " + name + "=" + value);
        }
    }
}
