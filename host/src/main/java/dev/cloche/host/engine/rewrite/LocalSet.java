package dev.cloche.host.engine.rewrite;

import java.util.Arrays;
import java.util.stream.IntStream;

/// An immutable set of a function's locals.
final class LocalSet {
    static final LocalSet EMPTY = new LocalSet(new long[0]);

    /// Its last word is not 0, so that equal sets have equal words.
    private final long[] words;

    private LocalSet(long[] words) {
        this.words = words;
    }

    static LocalSet of(int local) {
        return EMPTY.with(local);
    }

    boolean contains(int local) {
        int word = local >> 6;
        return word < words.length && (words[word] & 1L << local) != 0;
    }

    LocalSet with(int local) {
        if (contains(local)) {
            return this;
        }
        long[] result = Arrays.copyOf(words, Math.max(words.length, (local >> 6) + 1));
        result[local >> 6] |= 1L << local;
        return new LocalSet(result);
    }

    LocalSet without(int local) {
        if (!contains(local)) {
            return this;
        }
        long[] result = words.clone();
        result[local >> 6] &= ~(1L << local);
        return trimmed(result);
    }

    @SuppressWarnings("ReferenceEquality") // Only a shortcut.
    LocalSet union(LocalSet other) {
        if (other == this || containsAll(other)) {
            return this;
        }
        if (other.containsAll(this)) {
            return other;
        }
        var longer = words.length >= other.words.length ? this : other;
        var shorter = longer == this ? other : this;
        long[] result = longer.words.clone();
        for (int i = 0; i < shorter.words.length; i++) {
            result[i] |= shorter.words[i];
        }
        return new LocalSet(result);
    }

    LocalSet intersection(LocalSet other) {
        long[] result = Arrays.copyOf(words, Math.min(words.length, other.words.length));
        for (int i = 0; i < result.length; i++) {
            result[i] &= other.words[i];
        }
        return trimmed(result);
    }

    boolean containsAll(LocalSet other) {
        if (other.words.length > words.length) {
            return false;
        }
        for (int i = 0; i < other.words.length; i++) {
            if ((other.words[i] & ~words[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    boolean isEmpty() {
        return words.length == 0;
    }

    int size() {
        return Arrays.stream(words).mapToInt(Long::bitCount).sum();
    }

    /// The locals in rising order.
    IntStream stream() {
        return IntStream.range(0, words.length * Long.SIZE).filter(this::contains);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LocalSet set && Arrays.equals(words, set.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return Arrays.toString(stream().toArray());
    }

    private static LocalSet trimmed(long[] words) {
        int length = words.length;
        while (length > 0 && words[length - 1] == 0) {
            length--;
        }
        return length == words.length ? new LocalSet(words) : new LocalSet(Arrays.copyOf(words, length));
    }
}
