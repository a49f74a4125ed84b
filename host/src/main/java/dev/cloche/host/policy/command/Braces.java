package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// Brace expansion: `{a,b}` and `{1..3}` in a word's template.
final class Braces {
    /// How many words one word may become; past it the rest stays as it is written.
    static final int WORDS_MAX = 256;

    private static final int RANGE_MAX = 64;

    // Braces before that are none do not make those behind them none; but nobody writes many of them.
    private static final int TRIES_MAX = 16;

    private Braces() {}

    /// @param steps takes so many steps, and says whether there were so many
    /// @return at least one template
    static List<String> expanded(String template, IntPredicate steps) {
        if (template.indexOf('{') < 0) {
            return List.of(template);
        }
        List<String> done = new ArrayList<>();
        List<String> open = new ArrayList<>(List.of(template));
        while (!open.isEmpty()) {
            String next = open.removeLast();
            boolean more = done.size() + open.size() < WORDS_MAX && steps.test(next.length());
            List<String> alternatives = more ? first(next) : List.of();
            if (alternatives.isEmpty()) {
                done.add(next);
            } else {
                alternatives.reversed().forEach(open::add);
            }
        }
        return done;
    }

    /// What the first pair of braces makes of a template; empty if there is none.
    private static List<String> first(String template) {
        int open = -1;
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            open = nextPlain(template, open + 1, '{');
            if (open < 0) {
                break;
            }
            List<Integer> cuts = cuts(template, open);
            if (!cuts.isEmpty()) {
                List<String> found = alternatives(template, open, cuts);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return List.of();
    }

    /// The places of the commas at the level of an open brace, and last that of the closing one; empty if it is not
    /// closed.
    private static List<Integer> cuts(String template, int open) {
        List<Integer> cuts = new ArrayList<>();
        int depth = 0;
        for (int i = open + 1; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c == Marks.QUOTED || c == Marks.EXPANSION) {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == ',' && depth == 0) {
                cuts.add(i);
            } else if (c == '}' && depth-- == 0) {
                cuts.add(i);
                return cuts;
            }
            if (cuts.size() > WORDS_MAX) {
                return List.of();
            }
        }
        return List.of();
    }

    private static List<String> alternatives(String template, int open, List<Integer> cuts) {
        String before = template.substring(0, open);
        String after = template.substring(cuts.getLast() + 1);
        if (cuts.size() == 1) {
            return range(template.substring(open + 1, cuts.getLast())).stream()
                    .map(value -> before + value + after)
                    .toList();
        }
        List<String> found = new ArrayList<>();
        int start = open + 1;
        for (int cut : cuts) {
            found.add(before + template.substring(start, cut) + after);
            start = cut + 1;
        }
        return found;
    }

    private static List<String> range(String text) {
        int dots = text.indexOf("..");
        if (dots <= 0) {
            return List.of();
        }
        String from = text.substring(0, dots);
        String to = text.substring(dots + 2);
        boolean letters = from.length() == 1 && to.length() == 1 && Character.isLetter(from.charAt(0));
        boolean numbers = from.matches("-?\\d{1,6}") && to.matches("-?\\d{1,6}");
        if (!letters && !numbers) {
            return List.of();
        }
        int first = letters ? from.charAt(0) : Integer.parseInt(from);
        int last = letters ? to.charAt(0) : Integer.parseInt(to);
        int step = first <= last ? 1 : -1;
        List<String> found = new ArrayList<>();
        for (int i = first; i != last + step && found.size() < RANGE_MAX; i += step) {
            found.add(letters ? String.valueOf((char) i) : String.valueOf(i));
        }
        return found;
    }

    private static int nextPlain(String template, int from, char wanted) {
        for (int i = from; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c == Marks.QUOTED || c == Marks.EXPANSION) {
                i++;
            } else if (c == wanted) {
                return i;
            }
        }
        return -1;
    }
}
