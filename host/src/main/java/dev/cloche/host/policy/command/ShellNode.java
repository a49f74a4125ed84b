package dev.cloche.host.policy.command;

import java.util.List;

/// A part of a shell's command line.
sealed interface ShellNode {
    /// Nothing at all.
    ShellNode NOTHING = new Sequence(List.of());

    /// Variables, words and redirections: what most people call a command.
    ///
    /// @param source as it stands in the text
    record Simple(List<Assignment> assignments, List<Word> words, List<Redirect> redirects, String source)
            implements ShellNode {}

    /// @param values one for `a=b`, any number for `a=(b c)`
    record Assignment(String name, boolean appends, List<Word> values) {}

    /// At least two commands, each reading what the one before it writes.
    record Pipeline(List<ShellNode> stages, String source) implements ShellNode {}

    /// Commands one after the other.
    record Sequence(List<Step> steps) implements ShellNode {}

    /// @param conditional whether it depends on how the one before it ended
    record Step(ShellNode node, boolean conditional, boolean background) {}

    /// `{ ... }`, or `( ... )` in a shell of its own.
    record Group(ShellNode body, boolean subshell, List<Redirect> redirects) implements ShellNode {}

    /// Conditions and bodies of `if` and `case`, any of which may run.
    record Branches(List<Word> words, List<ShellNode> parts, List<Redirect> redirects) implements ShellNode {}

    /// `for` and `select`: a body run with a variable set to each value.
    record Each(String variable, List<Word> values, ShellNode body, List<Redirect> redirects) implements ShellNode {}

    /// `while`, `until` and the arithmetic `for`.
    ///
    /// @param endless whether its condition is one that always holds
    record Loop(boolean endless, ShellNode condition, ShellNode body, List<Redirect> redirects, String source)
            implements ShellNode {}

    record Function(String name, ShellNode body, String source) implements ShellNode {}

    /// `[[ ... ]]` and `(( ... ))`: words that are only looked at.
    record Test(List<Word> words) implements ShellNode {}

    /// A word before it is expanded.
    ///
    /// @param template its characters, a quoted one after [Marks#QUOTED]; [Marks#EXPANSION] and a number where an
    /// expansion is; [Marks#PRESENT] where quotes are
    record Word(String template, List<Expansion> expansions) {
        static final Word EMPTY = new Word("", List.of());

        boolean isEmpty() {
            return template.isEmpty();
        }

        /// The characters of a word without expansions.
        String plain() {
            StringBuilder plain = new StringBuilder();
            for (int i = 0; i < template.length(); i++) {
                char c = template.charAt(i);
                if (c == Marks.EXPANSION) {
                    plain.append(Marks.UNKNOWN);
                    i++;
                } else if (c != Marks.QUOTED && c != Marks.PRESENT) {
                    plain.append(c);
                }
            }
            return plain.toString();
        }

        boolean hasQuotes() {
            return template.indexOf(Marks.QUOTED) >= 0 || template.indexOf(Marks.PRESENT) >= 0;
        }
    }

    /// What a shell puts something else in place of.
    sealed interface Expansion {
        boolean quoted();
    }

    /// `$name`, `${name...}`.
    ///
    /// @param subscript empty if there is none
    /// @param operator what comes behind the name, for example `:-`; empty if nothing does
    record Parameter(
            String name,
            Word subscript,
            String operator,
            Word argument,
            boolean length,
            boolean indirect,
            boolean quoted)
            implements Expansion {
        static Parameter of(String name, boolean quoted) {
            return new Parameter(name, Word.EMPTY, "", Word.EMPTY, false, false, quoted);
        }
    }

    /// `$( ... )`, and the same in backticks.
    record Substitution(ShellNode body, boolean quoted) implements Expansion {}

    /// `<( ... )`, or `>( ... )`.
    record ProcessFile(ShellNode body, boolean read) implements Expansion {
        @Override
        public boolean quoted() {
            return true;
        }
    }

    /// `$(( ... ))`.
    record Arithmetic(Word body, boolean quoted) implements Expansion {}

    /// @param descriptor empty if none is written
    /// @param operator for example `>>`
    record Redirect(String descriptor, String operator, Word target, HereDocument document) {
        boolean isDocument() {
            return operator.startsWith("<<");
        }

        boolean reads() {
            return operator.startsWith("<");
        }

        boolean writes() {
            return operator.contains(">");
        }
    }

    /// The lines below a command that it reads; they come after the redirection that announces them.
    final class HereDocument {
        static final HereDocument NONE = new HereDocument();

        private Word body = Word.EMPTY;

        Word body() {
            return body;
        }

        void fill(Word lines) {
            body = lines;
        }
    }
}
