package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.HereDocument;
import dev.cloche.host.policy.command.ShellNode.Redirect;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Reads redirections, and the here-documents that they announce.
final class RedirectParser {
    private static final List<String> OPERATORS =
            List.of("<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">");

    private final ShellParser shell;
    private final WordParser words;
    private final ShellCursor cursor;
    private final Deque<Announced> announced = new ArrayDeque<>();

    RedirectParser(ShellParser shell, WordParser words, ShellCursor cursor) {
        this.shell = shell;
        this.words = words;
        this.cursor = cursor;
    }

    private record Announced(HereDocument document, String delimiter, boolean quoted, boolean indented) {}

    /// All that follow here.
    List<Redirect> all() {
        List<Redirect> found = new ArrayList<>();
        shell.blanks();
        while (isNext()) {
            found.add(next());
            shell.blanks();
        }
        return found;
    }

    boolean isNext() {
        return isArrow(descriptorLength()) || (cursor.peek() == '&' && cursor.peek(1) == '>');
    }

    // `<(` and `>(` are words.
    private boolean isArrow(int ahead) {
        char c = cursor.peek(ahead);
        return (c == '<' || c == '>') && cursor.peek(ahead + 1) != '(';
    }

    private int descriptorLength() {
        int ahead = 0;
        if (cursor.peek() == '{') {
            ahead++;
            while (WordParser.isNamePart(cursor.peek(ahead))) {
                ahead++;
            }
            return ahead > 1 && cursor.peek(ahead) == '}' ? ahead + 1 : 0;
        }
        while (cursor.peek(ahead) >= '0' && cursor.peek(ahead) <= '9') {
            ahead++;
        }
        return ahead;
    }

    Redirect next() {
        int start = cursor.position();
        cursor.skip(cursor.peek() == '&' ? 0 : descriptorLength());
        String descriptor = cursor.since(start);
        String operator = OPERATORS.stream().filter(cursor::take).findFirst().orElse("");
        shell.blanks();
        Word target = words.word();
        if (target.isEmpty()) {
            cursor.fail("a redirection leads nowhere");
        }
        boolean document = operator.equals("<<") || operator.equals("<<-");
        if (!document) {
            return new Redirect(descriptor, operator, target, HereDocument.NONE);
        }
        HereDocument lines = new HereDocument();
        announced.add(new Announced(lines, target.plain(), target.hasQuotes(), operator.equals("<<-")));
        return new Redirect(descriptor, operator, target, lines);
    }

    /// Passes the end of a line, and the here-documents behind it.
    void lineEnd() {
        cursor.skip(1);
        while (!announced.isEmpty()) {
            Announced next = announced.remove();
            String lines = lines(next);
            next.document.fill(next.quoted ? literal(lines) : shell.document(lines));
        }
    }

    private String lines(Announced wanted) {
        StringBuilder lines = new StringBuilder();
        while (!cursor.atEnd()) {
            String line = cursor.line();
            if (wanted.indented) {
                line = line.replaceFirst("^\t+", "");
            }
            if (line.equals(wanted.delimiter)) {
                break;
            }
            lines.append(line).append('\n');
        }
        return lines.toString();
    }

    private static Word literal(String lines) {
        WordBuilder word = new WordBuilder();
        lines.chars().forEach(c -> word.quoted((char) c));
        return word.build();
    }
}
