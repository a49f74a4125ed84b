package dev.cloche.host.engine.cache;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an entry was made from: its kind, and everything that the result depends on, by name. The same inputs in the
/// same order are the same key.
///
/// ```
/// CacheKey.of(CacheKind.CLASSES).withHash("code", wasm).with("engine", "endive-1.0.0").with("transformation", "3")
/// ```
///
/// @param kind what is made
/// @param parts the inputs, in the order in which they were named
public record CacheKey(CacheKind kind, List<Part> parts) {
    /// Inputs of one key, at most.
    public static final int PARTS_MAX = 16;

    /// Characters of one input, at most. Longer ones go in as their hash.
    public static final int VALUE_CHARS_MAX = 200;

    public CacheKey {
        Objects.requireNonNull(kind, "kind");
        parts = List.copyOf(parts);
        if (parts.size() > PARTS_MAX) {
            throw new IllegalArgumentException("a key has too many parts, parts=" + parts.size());
        }
        if (parts.stream().map(Part::label).distinct().count() != parts.size()) {
            throw new IllegalArgumentException("a key must name each part once, parts=" + parts);
        }
    }

    /// A key that names no input yet.
    public static CacheKey of(CacheKind kind) {
        return new CacheKey(kind, List.of());
    }

    /// The key with one more input.
    ///
    /// @param label lower-case letters, digits and dashes
    /// @param value printable ASCII
    /// @throws IllegalArgumentException if label or value have not that form, or the label is there already
    public CacheKey with(String label, String value) {
        List<Part> grown = new ArrayList<>(parts);
        grown.add(new Part(label, value));
        return new CacheKey(kind, grown);
    }

    /// The key with one more input, by its SHA-256.
    public CacheKey withHash(String label, byte[] content) {
        return with(label, HexFormat.of().formatHex(Sha256.of(content)));
    }

    // Written out, here and below: what the language makes by itself is put together at run time, when it is first
    // called, which is when a host starts.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CacheKey key && kind == key.kind && parts.equals(key.parts);
    }

    @Override
    public int hashCode() {
        return 31 * kind.label().hashCode() + parts.hashCode();
    }

    /// The key on one line, for people.
    @Override
    public String toString() {
        return kind.label() + parts.stream().map(part -> " " + part).collect(Collectors.joining());
    }

    // One text a key and one key a text: neither labels nor values hold what separates them.
    String text() {
        return kind.label() + "\n" + parts.stream().map(part -> part + "\n").collect(Collectors.joining());
    }

    /// The name of the file that holds the entry.
    String fileName() {
        byte[] identity = (EntryFormat.VERSION + "\n" + text()).getBytes(StandardCharsets.US_ASCII);
        return kind.label() + "-" + HexFormat.of().formatHex(Sha256.of(identity)) + CacheFolder.ENTRY;
    }

    static Optional<CacheKey> parse(String text) {
        List<String> lines = text.lines().toList();
        Optional<CacheKind> kind = lines.isEmpty() ? Optional.empty() : CacheKind.of(lines.getFirst());
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<Part> parts = lines.stream().skip(1).map(CacheKey::part).toList();
            return Optional.of(new CacheKey(kind.get(), parts));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Part part(String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("a part is written label=value, part=" + line);
        }
        return new Part(line.substring(0, equals), line.substring(equals + 1));
    }

    /// One input of a key.
    public record Part(String label, String value) {
        private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9-]{0,31}");
        private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{1," + VALUE_CHARS_MAX + "}");

        public Part {
            if (!LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException("a label is at most 32 of a-z, 0-9 and -, label=" + label);
            }
            if (!VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException("a value is 1 to " + VALUE_CHARS_MAX
                        + " printable ASCII characters, label=" + label + " value=" + value);
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Part part && label.equals(part.label) && value.equals(part.value);
        }

        @Override
        public int hashCode() {
            return 31 * label.hashCode() + value.hashCode();
        }

        @Override
        public String toString() {
            return label + "=" + value;
        }
    }
}
