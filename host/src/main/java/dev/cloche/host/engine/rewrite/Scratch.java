package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The globals through which split off functions give back what does not fit into a result. All functions share
/// them: one is written right before a function returns and read right behind the call, and holds nothing in
/// between.
interface Scratch {
    /// Numbers without globals, for trying out what a call would need.
    Scratch NONE = (type, n) -> n;

    /// The index of the n-th global of a type.
    int global(ValueType type, int n);

    /// Globals of a module, added when they are needed.
    final class Globals implements Scratch {
        private final ModuleModel module;
        private final Map<ValueType, List<Integer>> globals = new EnumMap<>(ValueType.class);

        Globals(ModuleModel module) {
            this.module = module;
        }

        @Override
        public int global(ValueType type, int n) {
            List<Integer> known = globals.computeIfAbsent(type, key -> new ArrayList<>());
            while (known.size() <= n) {
                known.add(module.addGlobal(type));
            }
            return known.get(n);
        }

        int count() {
            return globals.values().stream().mapToInt(List::size).sum();
        }
    }
}
