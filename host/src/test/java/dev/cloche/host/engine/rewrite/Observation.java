package dev.cloche.host.engine.rewrite;

import java.util.List;
import java.util.Locale;

/// All that was seen of a module while it ran, one line for each thing: what each call gave, the globals after
/// it, what the host was told, the memory in the end.
record Observation(List<String> lines) {
    private static final String TRAP = "trap ";

    Observation {
        lines = List.copyOf(lines);
    }

    static String trap(String message) {
        // Which access it was stands behind the colon, in the words of the memory's own kind.
        return TRAP + message.split(": a(ttempted|ddress=)", 2)[0];
    }

    long traps() {
        return lines.stream().filter(line -> line.startsWith(TRAP)).count();
    }

    /// Whether the stack ran out somewhere. Where it does is up to the engine.
    boolean exhausted() {
        return lines.stream().anyMatch(line -> line.contains("call stack"));
    }

    /// The first difference, for a message; empty if there is none.
    String difference(Observation other) {
        for (int i = 0; i < Math.max(lines.size(), other.lines.size()); i++) {
            String mine = i < lines.size() ? lines.get(i) : "(end)";
            String others = i < other.lines.size() ? other.lines.get(i) : "(end)";
            if (!mine.equals(others)) {
                return "line " + i + ": " + mine + " <> " + others;
            }
        }
        return "";
    }

    /// The same with the words that all engines use for a trap.
    Observation withCommonTraps() {
        return new Observation(lines.stream()
                .map(line -> line.startsWith(TRAP) ? trap(kind(line.substring(TRAP.length()))) : line)
                .toList());
    }

    private static String kind(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("unreachable")) {
            return "unreachable";
        }
        if (text.contains("host")) {
            return "host";
        }
        if (text.contains("call stack")) {
            return "call stack";
        }
        if (text.contains("zero")) {
            return "division by zero";
        }
        if (text.contains("overflow") || text.contains("unrepresentable")) {
            return "overflow";
        }
        if (text.contains("memory")) {
            return "memory";
        }
        return "table";
    }
}
