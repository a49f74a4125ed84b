package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makefiles that are given on the way: their recipes, and what make has a shell do while it reads them.
final class Makefiles {
    private static final Pattern DEFINITION =
            Pattern.compile("(?m)^[ ]*(?:override |export )?([A-Za-z_][\\w.-]*)[ ]*[:?+]{0,2}=[ ]*(.*)$");
    private static final Pattern RECIPE =
            Pattern.compile("(?m)(?:^\\t|;)[ \\t@+-]*+([^\\n]++)|^[^\\t\\n!]*+!=([^\\n]++)");
    private static final Pattern CALL =
            Pattern.compile("\\$[({]shell\\s++((?:[^(){}\\n]++|[({][^(){}\\n]*+[)}]){0,64})");
    private static final Pattern VARIABLE = Pattern.compile("\\$[({]([^(){}\\s]+)[)}]|\\$([@<^+*?%])");

    /// What stands for a variable that is defined elsewhere, and for names of files.
    private static final String ELSEWHERE = "made";

    /// How deep variables may be defined by others.
    private static final int DEPTH_MAX = 4;

    private Makefiles() {}

    /// Texts that a shell runs.
    static List<String> recipes(Invocation invocation) {
        List<String> makefiles = new ArrayList<>(HandedOn.values(invocation.arguments(), Set.of("--eval")));
        for (String file : HandedOn.values(invocation.arguments(), Set.of("-f", "--file", "--makefile"))) {
            Optional<Flow> text = Interpreters.isInput(file)
                    ? Optional.of(invocation.input()).filter(_ -> !invocation.fromFile())
                    : invocation.scope().file(file);
            text.ifPresent(known -> makefiles.add(known.text()));
        }
        List<String> found = new ArrayList<>();
        for (String makefile : makefiles) {
            read(makefile, invocation.operands(), found);
        }
        return found;
    }

    /// @param operands of which some may define variables
    private static void read(String makefile, List<String> operands, List<String> found) {
        Map<String, String> variables = new HashMap<>();
        for (String text : List.of(makefile, String.join("\n", operands))) {
            Matcher definition = DEFINITION.matcher(text);
            while (definition.find()) {
                variables.put(definition.group(1), definition.group(2));
            }
        }
        String rest = CALL.matcher(makefile).replaceAll("\\$(" + ELSEWHERE);
        int chars = expanded(CALL.matcher(makefile), variables, 0, found);
        expanded(RECIPE.matcher(rest), variables, chars, found);
    }

    private static int expanded(Matcher texts, Map<String, String> variables, int before, List<String> found) {
        int chars = before;
        while (texts.find()) {
            if (chars > Flow.CHARS_MAX) {
                // For all that is left: longer than a shell's text may be, and so one that cannot be read.
                found.add(ELSEWHERE.repeat(Flow.CHARS_MAX));
                return chars;
            }
            String expanded = expanded(texts.group(1) == null ? texts.group(2) : texts.group(1), variables);
            chars += 1 + expanded.length();
            found.add(expanded);
        }
        return chars;
    }

    private static String expanded(String text, Map<String, String> variables) {
        String expanded = text;
        for (int i = 0; i < DEPTH_MAX; i++) {
            expanded = expandedOnce(expanded, variables);
        }
        return expanded.replace("$$", "$");
    }

    // Cut past what a shell's text may have: that is then too long, and said to be.
    private static String expandedOnce(String text, Map<String, String> variables) {
        StringBuilder expanded = new StringBuilder();
        Matcher variable = VARIABLE.matcher(text);
        int from = 0;
        while (expanded.length() < Flow.CHARS_MAX && variable.find()) {
            expanded.append(text, from, variable.start()).append(value(variable.group(1), variables));
            from = variable.end();
        }
        return expanded.append(text, from, text.length()).toString();
    }

    private static String value(@Nullable String name, Map<String, String> variables) {
        return name == null ? ELSEWHERE : variables.getOrDefault(name, ELSEWHERE);
    }
}
