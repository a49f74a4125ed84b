package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Expansion;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.ArrayList;
import java.util.List;

/// A word that is being read.
final class WordBuilder {
    /// How many expansions a word may have: as many as one character can number.
    static final int EXPANSIONS_MAX = 0xF000;

    private final StringBuilder template = new StringBuilder();
    private final List<Expansion> expansions = new ArrayList<>();

    boolean isEmpty() {
        return template.isEmpty();
    }

    boolean endsWith(String chars) {
        int length = template.length();
        return length > 0
                && chars.indexOf(template.charAt(length - 1)) >= 0
                && (length < 2 || template.charAt(length - 2) != Marks.QUOTED);
    }

    void plain(char c) {
        template.append(c);
    }

    void quoted(char c) {
        template.append(Marks.QUOTED).append(c);
    }

    void character(char c, boolean quoted) {
        if (quoted) {
            quoted(c);
        } else {
            plain(c);
        }
    }

    void present() {
        template.append(Marks.PRESENT);
    }

    void expansion(Expansion expansion) {
        if (expansions.size() < EXPANSIONS_MAX) {
            template.append(Marks.EXPANSION).append((char) expansions.size());
            expansions.add(expansion);
        } else {
            template.append(Marks.UNKNOWN);
        }
    }

    Word build() {
        return new Word(template.toString(), List.copyOf(expansions));
    }
}
