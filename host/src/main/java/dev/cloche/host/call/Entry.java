package dev.cloche.host.call;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One thing an extension can be called for. Written `kind:name`, for example `tool:word_count`; this text is also what
/// a guest is handed as the entry's name.
public record Entry(EntryKind kind, String name) {
    public Entry {
        Objects.requireNonNull(kind, "kind");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("entry name must not be empty, kind=" + kind.label());
        }
    }

    public static Entry action(String name) {
        return new Entry(EntryKind.ACTION, name);
    }

    public static Entry filter(String name) {
        return new Entry(EntryKind.FILTER, name);
    }

    public static Entry tool(String name) {
        return new Entry(EntryKind.TOOL, name);
    }

    public static Entry command(String name) {
        return new Entry(EntryKind.COMMAND, name);
    }

    /// Reads `kind:name`.
    ///
    /// @throws IllegalArgumentException if the text has no kind, or one that does not exist
    public static Entry parse(String text) {
        int colon = text.indexOf(':');
        for (EntryKind kind : EntryKind.values()) {
            if (colon > 0 && kind.label().equals(text.substring(0, colon))) {
                return new Entry(kind, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException(
                "entry must be written kind:name with a kind of action, filter, tool or command, entry=" + text);
    }

    // Written out: what the language makes by itself is put together at run time, when it is first called, which is
    // when a host starts.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Entry entry && kind == entry.kind && name.equals(entry.name);
    }

    @Override
    public int hashCode() {
        return 31 * kind.label().hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
        return kind.label() + ":" + name;
    }
}
