package dev.cloche.host.placement;

import java.util.BitSet;
import java.util.List;

/// Lists of processors or nodes as the system writes them: `0-3,8,10-11`; an empty text is an empty list.
final class CpuRanges {
    private static final int DIGITS_MAX = 9;

    private CpuRanges() {}

    /// @param max no number may be as large
    /// @throws IllegalArgumentException if the text is not such a list
    static BitSet parse(String text, int max) {
        BitSet numbers = new BitSet();
        if (text.isBlank()) {
            return numbers;
        }
        for (String range : text.strip().split(",", -1)) {
            String[] ends = range.strip().split("-", 2);
            int first = number(ends[0], max, range);
            int last = ends.length == 1 ? first : number(ends[1], max, range);
            if (last < first) {
                throw new IllegalArgumentException("a range ends before it begins, range=" + shortened(range));
            }
            numbers.set(first, last + 1);
        }
        return numbers;
    }

    private static int number(String digits, int max, String range) {
        boolean sound = !digits.isEmpty()
                && digits.length() <= DIGITS_MAX
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!sound) {
            throw new IllegalArgumentException("not a list of numbers, range=" + shortened(range));
        }
        int number = Integer.parseInt(digits);
        if (number >= max) {
            throw new IllegalArgumentException("a number is too large, range=" + shortened(range) + " max=" + max);
        }
        return number;
    }

    /// Garbage may be long.
    private static String shortened(String range) {
        int keep = 40;
        return range.length() <= keep ? range : range.substring(0, keep) + "...";
    }

    static List<Integer> list(BitSet numbers) {
        return numbers.stream().boxed().toList();
    }
}
