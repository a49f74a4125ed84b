package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Arithmetic;
import dev.cloche.host.policy.command.ShellNode.Parameter;
import dev.cloche.host.policy.command.ShellNode.ProcessFile;
import dev.cloche.host.policy.command.ShellNode.Substitution;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.List;

/// Reads words: quotes, escapes, and what a shell expands in them.
final class WordParser {
    /// How far it is looked for the end of `$((`; what is longer counts as a command.
    static final int ARITHMETIC_CHARS_MAX = 4_096;

    private static final String BLANKS = " \t\n";
    private static final String ENDS = BLANKS + ";&|)";
    private static final String SPECIAL = "@*#?-$!0123456789";
    private static final List<String> OPERATORS = List.of(
            ":-", ":=", ":?", ":+", "##", "%%", "//", "/#", "/%", "^^", ",,", "-", "=", "?", "+", "#", "%", "/", "^",
            ",", ":", "@");

    private final ShellParser shell;
    private final ShellCursor cursor;

    WordParser(ShellParser shell, ShellCursor cursor) {
        this.shell = shell;
        this.cursor = cursor;
    }

    /// The word that begins here; empty if none does.
    Word word() {
        WordBuilder word = new WordBuilder();
        while (!cursor.atEnd() && !endsWord(word)) {
            unquoted(word);
        }
        return word.build();
    }

    private boolean endsWord(WordBuilder word) {
        char c = cursor.peek();
        return switch (c) {
            case '<', '>' -> cursor.peek(1) != '(';
            case '(' -> !word.endsWith("@!?*+");
            default -> ENDS.indexOf(c) >= 0;
        };
    }

    /// All that is left, as a here-document's lines are read.
    Word document() {
        WordBuilder word = new WordBuilder();
        while (!cursor.atEnd()) {
            doubleQuoted(word);
        }
        return word.build();
    }

    private void unquoted(WordBuilder word) {
        char c = cursor.next();
        switch (c) {
            case '\\' -> escaped(word);
            case '\'' -> single(word);
            case '"' -> doubled(word);
            case '$' -> dollar(word, false);
            case '`' -> backticks(word, false);
            case '<', '>' -> {
                if (cursor.peek() == '(') {
                    process(word, c == '<');
                } else {
                    word.plain(c);
                }
            }
            case '(' -> pattern(word);
            default -> word.plain(c);
        }
    }

    private void escaped(WordBuilder word) {
        if (cursor.atEnd()) {
            word.quoted('\\');
        } else if (cursor.peek() == '\n') {
            cursor.skip(1);
        } else {
            word.quoted(cursor.next());
        }
    }

    private void single(WordBuilder word) {
        word.present();
        while (cursor.peek() != '\'') {
            if (cursor.atEnd()) {
                cursor.fail("a single quote is not closed");
                return;
            }
            word.quoted(cursor.next());
        }
        cursor.skip(1);
    }

    private void doubled(WordBuilder word) {
        word.present();
        while (cursor.peek() != '"') {
            if (cursor.atEnd()) {
                cursor.fail("a double quote is not closed");
                return;
            }
            doubleQuoted(word);
        }
        cursor.skip(1);
    }

    private void doubleQuoted(WordBuilder word) {
        char c = cursor.next();
        switch (c) {
            case '\\' -> {
                if (cursor.peek() == '\n') {
                    cursor.skip(1);
                } else if (!cursor.atEnd() && "$`\"\\".indexOf(cursor.peek()) >= 0) {
                    word.quoted(cursor.next());
                } else {
                    word.quoted('\\');
                }
            }
            case '$' -> dollar(word, true);
            case '`' -> backticks(word, true);
            default -> word.quoted(c);
        }
    }

    private void pattern(WordBuilder word) {
        word.plain('(');
        if (!cursor.enter()) {
            return;
        }
        while (cursor.peek() != ')') {
            if (cursor.atEnd()) {
                cursor.fail("a pattern is not closed");
                break;
            }
            unquoted(word);
        }
        cursor.leave();
        cursor.skip(1);
        word.plain(')');
    }

    private void process(WordBuilder word, boolean read) {
        cursor.skip(1);
        word.expansion(new ProcessFile(shell.inParentheses(), read));
    }

    private void dollar(WordBuilder word, boolean quoted) {
        char c = cursor.peek();
        if (c == '\'' && !quoted) {
            cursor.skip(1);
            ansi(word);
        } else if (c == '"' && !quoted) {
            cursor.skip(1);
            doubled(word);
        } else if (c == '(' && cursor.peek(1) == '(' && arithmeticEnds()) {
            arithmetic(word, quoted);
        } else if (c == '(') {
            cursor.skip(1);
            word.expansion(new Substitution(shell.inParentheses(), quoted));
        } else if (c == '{') {
            cursor.skip(1);
            braced(word, quoted);
        } else if (isNameStart(c)) {
            word.expansion(Parameter.of(name(), quoted));
        } else if (c != ShellCursor.END && SPECIAL.indexOf(c) >= 0) {
            word.expansion(Parameter.of(String.valueOf(cursor.next()), quoted));
        } else {
            word.character('$', quoted);
        }
    }

    private void ansi(WordBuilder word) {
        word.present();
        StringBuilder raw = new StringBuilder();
        while (cursor.peek() != '\'') {
            if (cursor.atEnd()) {
                cursor.fail("a quote $' is not closed");
                return;
            }
            char c = cursor.next();
            raw.append(c);
            if (c == '\\' && !cursor.atEnd()) {
                raw.append(cursor.next());
            }
        }
        cursor.skip(1);
        Escapes.decoded(raw.toString()).chars().forEach(c -> word.quoted((char) c));
    }

    /// Whether `((` here is closed by `))` and not by two parentheses apart, which are subshells.
    boolean arithmeticEnds() {
        int open = 0;
        for (int i = 0; i < ARITHMETIC_CHARS_MAX; i++) {
            char c = cursor.peek(i);
            if (c == ShellCursor.END) {
                return false;
            }
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (open == 1 && c == ')') {
                return cursor.peek(i + 1) == ')';
            }
        }
        return false;
    }

    private void arithmetic(WordBuilder word, boolean quoted) {
        word.expansion(new Arithmetic(arithmeticBody(), quoted));
    }

    /// What is between `((` and `))`; to be called where [#arithmeticEnds].
    Word arithmeticBody() {
        cursor.skip(2);
        WordBuilder body = new WordBuilder();
        int open = 0;
        while (open > 0 || !cursor.at("))")) {
            if (cursor.atEnd()) {
                cursor.fail("an arithmetic expression is not closed");
                return body.build();
            }
            char c = cursor.peek();
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            doubleQuoted(body);
        }
        cursor.skip(2);
        return body.build();
    }

    private void backticks(WordBuilder word, boolean quoted) {
        StringBuilder inner = new StringBuilder();
        while (cursor.peek() != '`') {
            if (cursor.atEnd()) {
                cursor.fail("a backtick is not closed");
                return;
            }
            char c = cursor.next();
            boolean escape = c == '\\' && ("$`\\".indexOf(cursor.peek()) >= 0 || (quoted && cursor.peek() == '"'));
            inner.append(escape && !cursor.atEnd() ? cursor.next() : c);
        }
        cursor.skip(1);
        word.expansion(new Substitution(shell.nested(inner.toString()), quoted));
    }

    private void braced(WordBuilder word, boolean quoted) {
        if (BLANKS.indexOf(cursor.peek()) >= 0 || cursor.peek() == '|') {
            cursor.take("|");
            word.expansion(new Substitution(shell.inBraces(), quoted));
            return;
        }
        if (cursor.enter()) {
            word.expansion(parameter(quoted));
            cursor.leave();
            cursor.expect('}', "a parameter's brace is not closed");
        }
    }

    private Parameter parameter(boolean quoted) {
        boolean indirect = cursor.peek() == '!' && cursor.peek(1) != '}' && cursor.take("!");
        boolean length = cursor.peek() == '#' && cursor.peek(1) != '}' && cursor.take("#");
        String name = parameterName();
        Word subscript = Word.EMPTY;
        if (cursor.take("[")) {
            subscript = until(']', quoted);
            cursor.expect(']', "a subscript is not closed");
        }
        String operator = OPERATORS.stream().filter(cursor::take).findFirst().orElse("");
        return new Parameter(name, subscript, operator, until('}', quoted), length, indirect, quoted);
    }

    private String parameterName() {
        char c = cursor.peek();
        if (isNameStart(c)) {
            return name();
        }
        StringBuilder digits = new StringBuilder();
        while (cursor.peek() >= '0' && cursor.peek() <= '9') {
            digits.append(cursor.next());
        }
        if (!digits.isEmpty()) {
            return digits.toString();
        }
        return c != ShellCursor.END && SPECIAL.indexOf(c) >= 0 ? String.valueOf(cursor.next()) : "";
    }

    private Word until(char end, boolean quoted) {
        WordBuilder word = new WordBuilder();
        while (!cursor.atEnd() && cursor.peek() != end) {
            if (!quoted) {
                unquoted(word);
            } else if (cursor.take("\"")) {
                doubled(word);
            } else {
                doubleQuoted(word);
            }
        }
        return word.build();
    }

    /// The name of a variable or a function's that begins here.
    String name() {
        int start = cursor.position();
        while (isNamePart(cursor.peek())) {
            cursor.skip(1);
        }
        return cursor.since(start);
    }

    static boolean isNameStart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isNamePart(char c) {
        return isNameStart(c) || (c >= '0' && c <= '9');
    }
}
