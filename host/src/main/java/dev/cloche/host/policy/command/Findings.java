package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What was found so far: each once, and of each kind only the first ones.
final class Findings {
    /// How many there are of a kind.
    static final int OF_A_KIND_MAX = 4;

    private final Map<CommandClass, List<CommandFinding>> found = new EnumMap<>(CommandClass.class);

    void add(CommandClass kind, String part) {
        List<CommandFinding> same = found.computeIfAbsent(kind, _ -> new ArrayList<>());
        CommandFinding finding = new CommandFinding(kind, part);
        if (same.size() < OF_A_KIND_MAX && !same.contains(finding)) {
            same.add(finding);
        }
    }

    /// Adds it unless there is one of its kind.
    void addFirst(CommandClass kind, String part) {
        if (!found.containsKey(kind)) {
            add(kind, part);
        }
    }

    List<CommandFinding> all() {
        return found.values().stream().flatMap(List::stream).toList();
    }
}
