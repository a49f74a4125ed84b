package dev.cloche.host.hostcall;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The operations of a host by name. Immutable.
public final class OpTable {
    /// Longer names are cut in messages, and not compared with known ones.
    static final int NAME_CHARS_MAX = 64;

    /// A known name is suggested if so many edits lead to it at most.
    static final int EDITS_MAX = 3;

    private final SortedMap<String, Op> ops;
    private final List<Op> byIndex;
    private final Map<String, OpRef> refs = new HashMap<>();

    /// @throws IllegalArgumentException if two operations have the same name
    public OpTable(Collection<Op> ops) {
        SortedMap<String, Op> byName = new TreeMap<>();
        for (Op op : ops) {
            if (byName.put(op.name(), op) != null) {
                throw new IllegalArgumentException("operation is there twice, op=" + op.name());
            }
        }
        this.ops = Collections.unmodifiableSortedMap(byName);
        this.byIndex = List.copyOf(byName.values());
        for (int index = 0; index < byIndex.size(); index++) {
            Op op = byIndex.get(index);
            refs.put(op.name(), new OpRef(index, op.name(), op.typed()));
        }
    }

    /// The operation of this name, or [OpRef#unknown].
    public OpRef resolve(String name) {
        OpRef known = refs.get(name);
        return known == null ? OpRef.unknown(name) : known;
    }

    /// All operations, each at the index of its [OpRef].
    List<Op> byIndex() {
        return byIndex;
    }

    /// All operations in order of name.
    public SortedMap<String, Op> ops() {
        return ops;
    }

    /// The answer to an operation that does not exist.
    Outcome unknown(String name) {
        String shown = visible(name);
        String hint = nearest(name).map(near -> "; did you mean " + near + "?").orElse("; the host does not have it");
        return new Outcome.Failed(
                Outcome.FailedCode.UNSUPPORTED, "there is no such operation" + hint + ", op=" + shown, false);
    }

    private static String visible(String name) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), NAME_CHARS_MAX); i++) {
            char c = name.charAt(i);
            shown.append(c > ' ' && c < 0x7f ? c : '?');
        }
        return shown.append(name.length() > NAME_CHARS_MAX ? "..." : "").toString();
    }

    /// The operation whose name differs least, if it does not differ much.
    public Optional<String> nearest(String name) {
        if (name.length() > NAME_CHARS_MAX) {
            return Optional.empty();
        }
        int best = EDITS_MAX + 1;
        String nearest = null;
        for (String known : ops.keySet()) {
            int edits = edits(name, known);
            if (edits < best) {
                best = edits;
                nearest = known;
            }
        }
        return Optional.ofNullable(nearest);
    }

    // Levenshtein's distance, one row at a time.
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
