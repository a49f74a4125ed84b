package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Scripts of sed, as far as it takes to see which parts of them a shell runs: `e`, and `s` with the flag `e`.
final class SedScripts {
    private static final String WITH_TEXT = "aic";
    private static final String WITH_NAME = "rRwWbtT:";
    private static final String FLAGS = "0123456789gpiImMe";

    private final String script;
    private final Flow input;
    private final List<Nested> found = new ArrayList<>();
    private int at;

    private SedScripts(String script, Flow input) {
        this.script = script;
        this.input = input;
    }

    /// What a shell runs.
    static List<Nested> executed(Invocation invocation) {
        List<String> scripts = new ArrayList<>(HandedOn.values(invocation.arguments(), Set.of("-e", "--expression")));
        for (String file : HandedOn.values(invocation.arguments(), Set.of("-f", "--file"))) {
            if (Interpreters.isInput(file)) {
                scripts.add(invocation.input().text());
            } else {
                invocation.scope().file(file).ifPresent(text -> scripts.add(text.text()));
            }
        }
        boolean apart = !scripts.isEmpty();
        if (!apart) {
            // One of its options may have a number behind it.
            invocation.operands().stream().limit(invocation.flag('l') ? 2 : 1).forEach(scripts::add);
        }
        // Of files that it reads nothing is known.
        boolean reads = invocation.operands().size() <= (apart ? 0 : 1);
        Flow input = reads && !invocation.input().text().isBlank() ? invocation.input() : Flow.UNKNOWN;
        List<Nested> found = new ArrayList<>();
        for (String script : scripts) {
            SedScripts each = new SedScripts(script, input);
            each.read();
            found.addAll(each.found);
        }
        return found;
    }

    private void read() {
        while (at < script.length()) {
            char c = script.charAt(at++);
            if (c == '/' || c == '\\') {
                // An address; behind a backslash with another character around it.
                delimited(c == '\\' && at < script.length() ? script.charAt(at++) : c);
            } else if (c == 's' && at < script.length()) {
                substitution(script.charAt(at++));
            } else if (c == 'y' && at < script.length()) {
                char delimiter = script.charAt(at++);
                delimited(delimiter);
                delimited(delimiter);
            } else if (c == 'e') {
                command(line().strip());
            } else if (c == '#' || WITH_TEXT.indexOf(c) >= 0) {
                line();
            } else if (WITH_NAME.indexOf(c) >= 0) {
                word();
            }
        }
    }

    private void command(String text) {
        found.add(text.isEmpty() ? pattern() : Nested.Script.of(text));
    }

    private Nested pattern() {
        return new Nested.Script(input, List.of("sh"), false);
    }

    private void substitution(char delimiter) {
        delimited(delimiter);
        String replacement = delimited(delimiter);
        boolean executes = false;
        while (at < script.length() && FLAGS.indexOf(script.charAt(at)) >= 0) {
            executes |= script.charAt(at++) == 'e';
        }
        if (executes) {
            // What stands for text that was found may be anything.
            String text = replacement.replaceAll("(?<!\\\\)&|\\\\[0-9]", Marks.UNKNOWN_TEXT);
            found.add(Nested.Script.of(text.replaceAll("\\\\(.)", "$1")));
            found.add(pattern());
        }
        if (at < script.length() && script.charAt(at) == 'w') {
            line();
        }
    }

    /// Passes what goes on to the next delimiter, and the delimiter.
    private String delimited(char delimiter) {
        StringBuilder text = new StringBuilder();
        while (at < script.length() && script.charAt(at) != delimiter) {
            char c = script.charAt(at++);
            text.append(c);
            if (c == '\\' && at < script.length()) {
                text.append(script.charAt(at++));
            }
        }
        at++;
        return text.toString();
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        while (at < script.length() && script.charAt(at) != '\n') {
            char c = script.charAt(at++);
            line.append(c);
            if (c == '\\' && at < script.length()) {
                line.append(script.charAt(at++));
            }
        }
        return line.toString();
    }

    private void word() {
        while (at < script.length() && ";\n}".indexOf(script.charAt(at)) < 0) {
            at++;
        }
    }
}
