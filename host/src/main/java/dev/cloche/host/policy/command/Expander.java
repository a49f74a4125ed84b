package dev.cloche.host.policy.command;

import dev.cloche.host.policy.command.ShellNode.Arithmetic;
import dev.cloche.host.policy.command.ShellNode.Expansion;
import dev.cloche.host.policy.command.ShellNode.Parameter;
import dev.cloche.host.policy.command.ShellNode.ProcessFile;
import dev.cloche.host.policy.command.ShellNode.Substitution;
import dev.cloche.host.policy.command.ShellNode.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes of words what a shell would make of them, as far as it can be known.
final class Expander {
    /// How many words a command may have; a shell's own bound is far above what anybody writes.
    static final int FIELDS_MAX = 4_096;

    private static final int INDEX_DIGITS_MAX = 4;

    private final ShellWalk walk;
    private final Scope scope;
    private final int world;
    private int worlds = 1;

    /// @param world which of the possible values variables have
    Expander(ShellWalk walk, Scope scope, int world) {
        this.walk = walk;
        this.scope = scope;
        this.world = world;
    }

    /// How many worlds there are, going by the variables seen.
    int worlds() {
        return worlds;
    }

    /// The words that a shell makes of some.
    List<String> fields(List<Word> words) {
        List<String> fields = new ArrayList<>();
        for (Word word : words) {
            for (String template : Braces.expanded(word.template(), walk::steps)) {
                split(template, word.expansions(), fields);
                if (fields.size() > FIELDS_MAX || !walk.steps(template.length())) {
                    walk.tooMuch("too many words");
                    return List.of();
                }
            }
        }
        return fields;
    }

    /// A word where a shell does not split it, as in assignments and redirections.
    String text(Word word) {
        List<String> parts = new ArrayList<>();
        Splitter whole = new Splitter(parts, "");
        read(word.template(), word.expansions(), whole);
        whole.end();
        return String.join(" ", parts);
    }

    private void split(String template, List<Expansion> expansions, List<String> fields) {
        String separators = String.join("", scope.value("IFS", world).orElse(List.of(" \t\n")));
        Splitter splitter = new Splitter(fields, Marks.known(separators) ? separators : " \t\n");
        read(template, expansions, splitter);
        splitter.end();
    }

    private void read(String template, List<Expansion> expansions, Splitter to) {
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            switch (c) {
                case Marks.QUOTED -> to.add(template.charAt(++i));
                case Marks.PRESENT -> to.present();
                case Marks.EXPANSION -> expand(expansions.get(template.charAt(++i)), to);
                default -> to.add(c);
            }
        }
    }

    private void expand(Expansion expansion, Splitter to) {
        List<String> values = values(expansion);
        if (!walk.steps(1 + values.stream().mapToInt(String::length).sum())) {
            to.add(Marks.UNKNOWN);
            return;
        }
        boolean list = expansion instanceof Parameter parameter && isList(parameter);
        if (!expansion.quoted()) {
            to.splitting(String.join(" ", values));
        } else if (list) {
            to.each(values);
        } else {
            to.present();
            String.join(" ", values).chars().forEach(c -> to.add((char) c));
        }
    }

    private static boolean isList(Parameter parameter) {
        return parameter.name().equals("@") || parameter.subscript().plain().equals("@");
    }

    private List<String> values(Expansion expansion) {
        return switch (expansion) {
            case Parameter parameter -> parameter(parameter);
            case Substitution substitution -> List.of(output(substitution));
            case ProcessFile file -> List.of(processFile(file));
            case Arithmetic arithmetic -> {
                text(arithmetic.body());
                yield List.of(Marks.UNKNOWN_TEXT);
            }
        };
    }

    private String output(Substitution substitution) {
        String text =
                walk.run(substitution.body(), walk.copied(scope), Flow.EMPTY).text();
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\n') {
            end--;
        }
        return text.substring(0, end);
    }

    private String processFile(ProcessFile file) {
        Flow output = walk.run(file.body(), walk.copied(scope), file.read() ? Flow.EMPTY : Flow.UNKNOWN);
        return scope.pipeFile(file.read() ? output : Flow.EMPTY);
    }

    private List<String> parameter(Parameter parameter) {
        // Both are expanded whatever becomes of the value: what they run, runs.
        String argument = parameter.argument().isEmpty() ? "" : text(parameter.argument());
        text(parameter.subscript());
        Optional<List<String>> found = lookUp(parameter.name(), parameter.subscript());
        if (parameter.indirect()) {
            found = found.map(names -> String.join("", names))
                    .filter(Marks::known)
                    .map(name -> lookUp(name, Word.EMPTY))
                    .orElse(Optional.of(List.of(Marks.UNKNOWN_TEXT)));
        }
        if (parameter.length()) {
            String value = String.join(" ", found.orElse(List.of()));
            return List.of(Marks.known(value) ? String.valueOf(value.length()) : Marks.UNKNOWN_TEXT);
        }
        return operated(parameter, found, argument);
    }

    private List<String> operated(Parameter parameter, Optional<List<String>> found, String argument) {
        boolean filled =
                found.filter(values -> !String.join("", values).isEmpty()).isPresent();
        return switch (parameter.operator()) {
            case ":-", "-" -> filled ? found.orElseThrow() : List.of(argument);
            case ":=", "=" -> {
                if (!filled) {
                    scope.assign(parameter.name(), List.of(argument));
                }
                yield filled ? found.orElseThrow() : List.of(argument);
            }
            case ":+", "+" -> List.of(filled ? argument : "");
            case ":?", "?" -> found.orElse(List.of(""));
            case ":" ->
                isList(parameter) ? sublist(found.orElse(List.of()), argument) : each(parameter, found, argument);
            default -> each(parameter, found, argument);
        };
    }

    private static List<String> each(Parameter parameter, Optional<List<String>> found, String argument) {
        return found.orElse(List.of("")).stream()
                .map(value -> ParameterOperators.applied(value, parameter.operator(), argument))
                .toList();
    }

    private static List<String> sublist(List<String> values, String argument) {
        String from = argument.strip().split(":", 2)[0].strip();
        int start = from.matches("\\d{1,4}") ? Integer.parseInt(from) : 0;
        return values.subList(Math.clamp(start - 1L, 0, values.size()), values.size());
    }

    private Optional<List<String>> lookUp(String name, Word subscript) {
        List<String> arguments = scope.arguments();
        if (name.equals("@") || name.equals("*")) {
            return Optional.of(arguments.subList(Math.min(1, arguments.size()), arguments.size()));
        }
        if (isIndex(name)) {
            int index = Integer.parseInt(name);
            return index < arguments.size() ? Optional.of(List.of(arguments.get(index))) : Optional.empty();
        }
        if (name.isEmpty() || !WordParser.isNameStart(name.charAt(0)) || name.equals("_")) {
            return Optional.of(List.of(name.equals("!") ? Invocation.BACKGROUND : Marks.UNKNOWN_TEXT));
        }
        worlds = Math.max(worlds, scope.alternatives(name));
        return scope.value(name, world).map(values -> selected(values, subscript));
    }

    private static boolean isIndex(String text) {
        return !text.isEmpty()
                && text.length() <= INDEX_DIGITS_MAX
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private List<String> selected(List<String> values, Word subscript) {
        if (values.isEmpty()) {
            return List.of();
        }
        String index = subscript.isEmpty() ? "0" : text(subscript);
        if (index.equals("@") || index.equals("*")) {
            return values;
        }
        if (!isIndex(index)) {
            return List.of(Marks.UNKNOWN_TEXT);
        }
        return Integer.parseInt(index) < values.size() ? List.of(values.get(Integer.parseInt(index))) : List.of("");
    }

    /// Puts fields together, and cuts unquoted values at separators.
    private static final class Splitter {
        private final List<String> fields;
        private final String separators;
        private final StringBuilder current = new StringBuilder();
        private boolean there;

        Splitter(List<String> fields, String separators) {
            this.fields = fields;
            this.separators = separators;
        }

        void add(char c) {
            current.append(c);
            there = true;
        }

        void present() {
            there = true;
        }

        void splitting(String value) {
            for (int i = 0; i < value.length(); i++) {
                if (separators.indexOf(value.charAt(i)) >= 0) {
                    end();
                } else {
                    add(value.charAt(i));
                }
            }
        }

        void each(List<String> values) {
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) {
                    end();
                }
                there = true;
                current.append(values.get(i));
            }
        }

        void end() {
            if (there) {
                fields.add(current.toString());
                current.setLength(0);
                there = false;
            }
        }
    }
}
