package dev.cloche.host.bundle;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Words for messages: foreign text made safe to print, lists, and guesses at what was meant.
final class Text {
    private static final int SHOWN_MAX = 80;
    private static final int TYPO_DISTANCE_MAX = 2;

    private Text() {}

    /// The text without anything a terminal would act on, cut to a line's length.
    static String clean(String text) {
        return clean(text, SHOWN_MAX);
    }

    /// The text without anything a terminal would act on, cut to so many characters.
    static String clean(String text, int max) {
        StringBuilder out = new StringBuilder();
        int[] points = text.codePoints().limit(max + 1L).toArray();
        for (int i = 0; i < points.length; i++) {
            if (i == max) {
                return out.append("...").toString();
            }
            if (isPrintable(points[i])) {
                out.appendCodePoint(points[i]);
            } else {
                out.append(String.format("\\u%04x", points[i]));
            }
        }
        return out.toString();
    }

    /// The text, clean and in quotation marks.
    static String quote(String text) {
        return '"' + clean(text) + '"';
    }

    /// `a, b or c`.
    static String either(Collection<String> words) {
        List<String> list = List.copyOf(words);
        if (list.size() < 2) {
            return String.join("", list);
        }
        return String.join(", ", list.subList(0, list.size() - 1)) + " or " + list.getLast();
    }

    /// `a, b, c`, in order of the alphabet.
    static String list(Collection<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }

    /// The known word that was probably meant.
    static Optional<String> nearest(String word, Collection<String> known) {
        String best = null;
        int bestDistance = TYPO_DISTANCE_MAX + 1;
        for (String candidate : known) {
            int allowed = Math.min(TYPO_DISTANCE_MAX, candidate.length() / 2);
            int distance = Math.abs(candidate.length() - word.length()) > allowed
                    ? Integer.MAX_VALUE
                    : distance(word, candidate);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /// Edit distance where upper and lower case, `-` and `_` are the same.
    private static int distance(String left, String right) {
        String a = fold(left);
        String b = fold(right);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
