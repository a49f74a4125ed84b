package dev.cloche.host.engine.rewrite;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What splitting did to a module, or would do. Sizes are estimated bytes of JVM code.
///
/// @param functions those that were too large, in the order of their indices
/// @param functionsAdded functions split off and dispatchers
/// @param scratchGlobals globals added
public record SplitReport(List<Function> functions, int functionsAdded, int scratchGlobals) {
    public SplitReport {
        functions = List.copyOf(functions);
    }

    /// A function that was too large.
    public sealed interface Function {
        /// Its index in the module.
        int index();
    }

    /// @param outlined parts that have become functions
    /// @param dispatchers functions that choose among them
    /// @param refusals why other parts stayed, and how often
    public record Split(
            int index, int bytesBefore, int bytesAfter, int outlined, int dispatchers, Map<String, Integer> refusals)
            implements Function {
        public Split {
            refusals = Map.copyOf(new TreeMap<>(refusals));
        }
    }

    /// A function that stays as it is.
    public record Kept(int index, int codeBytes, String reason) implements Function {}
}
