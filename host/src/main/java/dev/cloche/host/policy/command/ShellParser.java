package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Assignment;
import dev.cloche.host.policy.command.ShellNode.Branches;
import dev.cloche.host.policy.command.ShellNode.Each;
import dev.cloche.host.policy.command.ShellNode.Function;
import dev.cloche.host.policy.command.ShellNode.Group;
import dev.cloche.host.policy.command.ShellNode.Loop;
import dev.cloche.host.policy.command.ShellNode.Pipeline;
import dev.cloche.host.policy.command.ShellNode.Redirect;
import dev.cloche.host.policy.command.ShellNode.Sequence;
import dev.cloche.host.policy.command.ShellNode.Simple;
import dev.cloche.host.policy.command.ShellNode.Step;
import dev.cloche.host.policy.command.ShellNode.Test;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the language of POSIX shells and bash, leniently: what only a strict shell would refuse is read anyway, and
/// after a mistake what came before it is still there. Never throws.
final class ShellParser {
    /// How long a text may be.
    static final int TEXT_CHARS_MAX = 128 * 1024;

    /// How much there may be within each other.
    static final int DEPTH_MAX = 40;

    private static final Set<String> BRACE = Set.of("}");
    private static final Set<String> CASE_ENDS = Set.of("esac", ";;", ";&", ";;&");
    /// What a compound command begins with.
    private static final List<String> COMPOUND =
            List.of("{ ", "{\t", "{\n", "(", "if ", "while ", "until ", "for ", "case ", "select ", "[[ ", "!");

    /// No variable can be called this.
    private static final String SUBSCRIPT = "[]";

    private static final String AFTER_RESERVED = " \t\n;&|()<>";

    private final ShellCursor cursor;
    private final WordParser words;
    private final RedirectParser redirects;

    private ShellParser(String text, int depth) {
        this.cursor = new ShellCursor(text, depth, DEPTH_MAX);
        this.words = new WordParser(this, cursor);
        this.redirects = new RedirectParser(this, words, cursor);
    }

    /// What was read, and what kept the rest from being read.
    record Parsed(ShellNode node, Optional<String> problem) {}

    /// @param text without marks
    static Parsed parse(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            return new Parsed(ShellNode.NOTHING, Optional.of("the text is too long"));
        }
        ShellParser parser = new ShellParser(text, 0);
        ShellNode node = parser.whole();
        return new Parsed(node, Optional.ofNullable(parser.cursor.problem()));
    }

    private ShellNode whole() {
        ShellNode node = list(ShellCursor.END, Set.of());
        if (!cursor.atEnd()) {
            cursor.fail("something is closed that is not open");
        }
        return node;
    }

    /// Reads a text that was within this one.
    ShellNode nested(String text) {
        if (!cursor.enter()) {
            return ShellNode.NOTHING;
        }
        ShellParser inner = new ShellParser(text, cursor.depth());
        ShellNode node = inner.whole();
        cursor.leave();
        Optional.ofNullable(inner.cursor.problem()).ifPresent(cursor::fail);
        return node;
    }

    /// Reads a here-document's lines, in which a shell expands.
    Word document(String lines) {
        if (!cursor.enter()) {
            return Word.EMPTY;
        }
        ShellParser inner = new ShellParser(lines, cursor.depth());
        Word body = inner.words.document();
        cursor.leave();
        Optional.ofNullable(inner.cursor.problem()).ifPresent(cursor::fail);
        return body;
    }

    /// Commands up to `)`, which is passed; the opening one has been.
    ShellNode inParentheses() {
        ShellNode body = list(')', Set.of());
        cursor.expect(')', "a parenthesis is not closed");
        return body;
    }

    /// Commands up to `}`, which is passed; the opening one has been.
    ShellNode inBraces() {
        ShellNode body = list(ShellCursor.END, BRACE);
        cursor.expect('}', "a brace is not closed");
        return body;
    }

    private ShellNode list(char closing, Set<String> ends) {
        List<Step> steps = new ArrayList<>();
        if (!cursor.enter()) {
            return ShellNode.NOTHING;
        }
        boolean conditional = false;
        while (between(ends) && !cursor.atEnd() && !ended(closing, ends)) {
            int start = cursor.position();
            ShellNode node = pipeline();
            blanks();
            boolean more = cursor.take("&&") || cursor.take("||");
            boolean background = !more && cursor.peek() == '&' && cursor.take("&");
            steps.add(new Step(node, conditional, background));
            conditional = more;
            if (cursor.position() == start) {
                cursor.fail("nothing can begin with '" + cursor.peek() + "' here");
            }
        }
        cursor.leave();
        return new Sequence(steps);
    }

    private boolean ended(char closing, Set<String> ends) {
        return (closing != ShellCursor.END && cursor.peek() == closing)
                || ends.stream().anyMatch(this::atReserved);
    }

    // What follows a reserved word is not looked at where the word itself cannot be part of another.
    private boolean atReserved(String word) {
        if (!cursor.at(word)) {
            return false;
        }
        char after = cursor.peek(word.length());
        return word.charAt(0) == ';' || after == ShellCursor.END || AFTER_RESERVED.indexOf(after) >= 0;
    }

    private boolean takeReserved(String word) {
        return atReserved(word) && cursor.take(word);
    }

    private void expectReserved(String word) {
        between(Set.of());
        if (!takeReserved(word)) {
            cursor.fail("'" + word + "' is missing");
        }
    }

    /// Passes what may stand between commands; answers true.
    private boolean between(Set<String> ends) {
        while (true) {
            blanks();
            if (cursor.peek() == '\n') {
                redirects.lineEnd();
            } else if (cursor.peek() == ';' && ends.stream().noneMatch(end -> end.startsWith(";") && cursor.at(end))) {
                cursor.skip(1);
            } else {
                return true;
            }
        }
    }

    /// Passes blanks, continued lines and comments.
    void blanks() {
        while (true) {
            char c = cursor.peek();
            if (c == ' ' || c == '\t') {
                cursor.skip(1);
            } else if (c == '\\' && cursor.peek(1) == '\n') {
                cursor.skip(2);
            } else if (c == '#') {
                while (!cursor.atEnd() && cursor.peek() != '\n') {
                    cursor.skip(1);
                }
            } else {
                return;
            }
        }
    }

    private ShellNode pipeline() {
        int start = cursor.position();
        while (takeReserved("!") || takeBefore("time")) {
            blanks();
        }
        List<ShellNode> stages = new ArrayList<>();
        stages.add(command());
        blanks();
        while (cursor.peek() == '|' && cursor.peek(1) != '|') {
            cursor.skip(1);
            cursor.take("&");
            between(Set.of());
            stages.add(command());
            blanks();
        }
        return stages.size() == 1 ? stages.getFirst() : new Pipeline(stages, cursor.since(start));
    }

    // Before a program these words are read as programs that run another.
    private boolean takeBefore(String word) {
        if (!atReserved(word)) {
            return false;
        }
        int ahead = pastBlanks(word.length());
        if (word.equals("time") && cursor.peek(ahead) == '-' && cursor.peek(ahead + 1) == 'p') {
            ahead = pastBlanks(ahead + 2);
        }
        int named = ahead;
        while (word.equals("coproc") && WordParser.isNamePart(cursor.peek(named))) {
            named++;
        }
        int compound = atCompound(ahead) ? ahead : pastBlanks(named);
        if (atCompound(compound)) {
            cursor.skip(compound);
            return true;
        }
        return false;
    }

    private int pastBlanks(int ahead) {
        int past = ahead;
        while (cursor.peek(past) == ' ' || cursor.peek(past) == '\t') {
            past++;
        }
        return past;
    }

    private boolean atCompound(int ahead) {
        return COMPOUND.stream().anyMatch(start -> cursor.at(start, ahead));
    }

    private ShellNode command() {
        blanks();
        takeBefore("coproc");
        if (!cursor.enter()) {
            return ShellNode.NOTHING;
        }
        ShellNode node = compound(cursor.position()).orElseGet(this::simple);
        cursor.leave();
        return node;
    }

    private Optional<ShellNode> compound(int start) {
        if (cursor.at("((") && words.arithmeticEnds()) {
            return Optional.of(new Test(List.of(words.arithmeticBody())));
        }
        if (cursor.take("(")) {
            return Optional.of(new Group(inParentheses(), true, redirects.all()));
        }
        if (takeReserved("{")) {
            return Optional.of(new Group(inBraces(), false, redirects.all()));
        }
        if (takeReserved("if")) {
            return Optional.of(conditions());
        }
        if (takeReserved("while")) {
            return Optional.of(loop(true, start));
        }
        if (takeReserved("until")) {
            return Optional.of(loop(false, start));
        }
        if (takeReserved("for") || takeReserved("select")) {
            return Optional.of(each(start));
        }
        if (takeReserved("case")) {
            return Optional.of(cases());
        }
        if (takeReserved("[[")) {
            return Optional.of(test());
        }
        if (takeReserved("function")) {
            blanks();
            return Optional.of(function(words.word().plain(), start));
        }
        return Optional.empty();
    }

    private ShellNode conditions() {
        List<ShellNode> parts = new ArrayList<>();
        do {
            parts.add(list(ShellCursor.END, Set.of("then")));
            expectReserved("then");
            parts.add(list(ShellCursor.END, Set.of("elif", "else", "fi")));
        } while (takeReserved("elif"));
        if (takeReserved("else")) {
            parts.add(list(ShellCursor.END, Set.of("fi")));
        }
        expectReserved("fi");
        return new Branches(List.of(), parts, redirects.all());
    }

    private ShellNode loop(boolean whileHolds, int start) {
        ShellNode condition = list(ShellCursor.END, Set.of("do"));
        boolean endless = ForkBombs.always(condition, whileHolds);
        return new Loop(endless, condition, body(), redirects.all(), cursor.since(start));
    }

    private ShellNode body() {
        between(Set.of());
        if (takeReserved("{")) {
            return inBraces();
        }
        expectReserved("do");
        ShellNode body = list(ShellCursor.END, Set.of("done"));
        expectReserved("done");
        return body;
    }

    private ShellNode each(int start) {
        blanks();
        if (cursor.at("((") && words.arithmeticEnds()) {
            Word header = words.arithmeticBody();
            boolean endless = header.plain().replace(" ", "").contains(";;");
            return new Loop(endless, new Test(List.of(header)), body(), redirects.all(), cursor.since(start));
        }
        String variable = words.name();
        between(Set.of());
        List<Word> values = List.of(positional());
        if (takeReserved("in")) {
            values = wordsOfLine();
        }
        return new Each(variable, values, body(), redirects.all());
    }

    private static Word positional() {
        WordBuilder all = new WordBuilder();
        all.expansion(ShellNode.Parameter.of("@", true));
        return all.build();
    }

    private List<Word> wordsOfLine() {
        List<Word> found = new ArrayList<>();
        while (true) {
            blanks();
            Word word = words.word();
            if (word.isEmpty()) {
                return found;
            }
            found.add(word);
        }
    }

    private ShellNode cases() {
        blanks();
        List<Word> looked = new ArrayList<>(List.of(words.word()));
        List<ShellNode> parts = new ArrayList<>();
        expectReserved("in");
        between(Set.of());
        while (!cursor.atEnd() && !atReserved("esac")) {
            cursor.take("(");
            do {
                looked.addAll(wordsOfLine());
            } while (cursor.take("|"));
            cursor.expect(')', "a pattern of 'case' is not closed");
            parts.add(list(ShellCursor.END, CASE_ENDS));
            between(Set.of());
            while (cursor.take("&")) {
                between(Set.of());
            }
        }
        expectReserved("esac");
        return new Branches(looked, parts, redirects.all());
    }

    private ShellNode test() {
        List<Word> looked = new ArrayList<>();
        while (true) {
            blanks();
            if (takeReserved("]]")) {
                return new Group(new Test(looked), false, redirects.all());
            }
            if (cursor.atEnd()) {
                cursor.fail("']]' is missing");
                return new Test(looked);
            }
            Word word = words.word();
            if (word.isEmpty()) {
                cursor.skip(1);
            } else {
                looked.add(word);
            }
        }
    }

    private ShellNode function(String name, int start) {
        blanks();
        if (cursor.take("(")) {
            blanks();
            cursor.expect(')', "a function's parenthesis is not closed");
        }
        between(Set.of());
        ShellNode body = command();
        return new Function(name, body, cursor.since(start));
    }

    private ShellNode simple() {
        int start = cursor.position();
        List<Assignment> assignments = new ArrayList<>();
        List<Word> found = new ArrayList<>();
        List<Redirect> targets = new ArrayList<>();
        while (!cursor.atEnd()) {
            blanks();
            if (redirects.isNext()) {
                targets.add(redirects.next());
                continue;
            }
            Word word = words.word();
            if (word.isEmpty()) {
                break;
            }
            Optional<Assignment> assignment = assignment(word);
            if (assignment.isPresent()) {
                subscript(word).ifPresent(assignments::add);
            }
            if (assignment.isPresent() && (found.isEmpty() || cursor.peek() == '(')) {
                assignments.add(assignment.get().values().isEmpty() ? array(assignment.get()) : assignment.get());
                continue;
            }
            found.add(word);
            if (found.size() == 1 && atParentheses()) {
                return function(word.plain(), start);
            }
        }
        return new Simple(assignments, found, targets, cursor.since(start));
    }

    private boolean atParentheses() {
        int ahead = 0;
        while (cursor.peek(ahead) == ' ') {
            ahead++;
        }
        return cursor.peek(ahead) == '(';
    }

    /// What stands between brackets before a `=`: nothing is known of it later, but it is expanded.
    private static Optional<Assignment> subscript(Word word) {
        int start = word.template().indexOf('[');
        int end = start;
        while (end >= 0 && end < word.template().length() && word.template().charAt(end) != ']') {
            // A mark and what it marks belong together.
            end += Marks.isMark(word.template().charAt(end)) && word.template().charAt(end) != Marks.PRESENT ? 2 : 1;
        }
        return start > 0 && end < word.template().length()
                ? Optional.of(new Assignment(
                        SUBSCRIPT,
                        false,
                        List.of(new Word(word.template().substring(start + 1, end), word.expansions()))))
                : Optional.empty();
    }

    /// `name=value`, or `name=` before a parenthesis, which has no values yet.
    private Optional<Assignment> assignment(Word word) {
        String template = word.template();
        int i = 0;
        while (i < template.length() && WordParser.isNamePart(template.charAt(i))) {
            i++;
        }
        if (i == 0 || !WordParser.isNameStart(template.charAt(0))) {
            return Optional.empty();
        }
        String name = template.substring(0, i);
        int subscript = template.startsWith("[", i) ? template.indexOf(']', i) : -1;
        i = subscript < 0 ? i : subscript + 1;
        boolean appends = template.startsWith("+=", i);
        if (!appends && !template.startsWith("=", i)) {
            return Optional.empty();
        }
        Word value = new Word(template.substring(i + (appends ? 2 : 1)), word.expansions());
        boolean array = value.isEmpty() && cursor.peek() == '(';
        return Optional.of(new Assignment(name, appends || subscript >= 0, array ? List.of() : List.of(value)));
    }

    private Assignment array(Assignment assignment) {
        cursor.skip(1);
        List<Word> values = new ArrayList<>();
        while (true) {
            between(Set.of());
            Word value = words.word();
            if (value.isEmpty()) {
                break;
            }
            values.add(value);
        }
        cursor.expect(')', "a list of values is not closed");
        return new Assignment(assignment.name(), assignment.appends(), values);
    }
}
