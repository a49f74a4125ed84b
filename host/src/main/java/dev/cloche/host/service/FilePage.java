package dev.cloche.host.service;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The first names after a given one, in order of their UTF-8 bytes, of names that come in any order. Holds no more
/// than it answers. Used by one thread.
final class FilePage {
    private static final Comparator<String> ORDER =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private final String after;
    private final int limit;

    /// One more than the limit, to know whether there are more.
    private final TreeSet<String> names = new TreeSet<>(ORDER);

    FilePage(String after, int limit) {
        this.after = after;
        this.limit = limit;
    }

    /// Whether the name would be on the page.
    boolean wants(String name) {
        return !name.startsWith(FilePath.RESERVED)
                && ORDER.compare(name, after) > 0
                && (names.size() <= limit || ORDER.compare(name, names.last()) < 0);
    }

    void add(String name) {
        names.add(name);
        if (names.size() > limit + 1) {
            names.pollLast();
        }
    }

    List<String> names() {
        return names.stream().limit(limit).toList();
    }

    /// The name to go on after; null if there are no more.
    @Nullable
    String next() {
        return names.size() > limit ? names().getLast() : null;
    }
}
