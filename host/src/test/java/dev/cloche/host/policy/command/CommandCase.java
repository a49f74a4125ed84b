package dev.cloche.host.policy.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// A row of the table of commands: a text for a shell, and what is to be found in it.
record CommandCase(String name, Set<CommandClass> kinds, String command) {
    private static final String HEAD = "== ";

    /// Reads the table.
    static List<CommandCase> all() {
        List<CommandCase> cases = new ArrayList<>();
        String[] blocks = ("\n" + table()).split("\n" + HEAD, -1);
        for (String block : Arrays.asList(blocks).subList(1, blocks.length)) {
            String[] parts = block.split("\n", 2);
            String[] head = parts[0].split(" = ", 2);
            String command = parts.length < 2 ? "" : parts[1];
            cases.add(new CommandCase(
                    head[0],
                    kinds(head[1]),
                    command.endsWith("\n") ? command.substring(0, command.length() - 1) : command));
        }
        return cases;
    }

    static List<CommandCase> harmful() {
        return all().stream().filter(row -> !row.kinds.isEmpty()).toList();
    }

    private static Set<CommandClass> kinds(String labels) {
        Set<CommandClass> kinds = EnumSet.noneOf(CommandClass.class);
        for (String label : labels.strip().split(" ", -1)) {
            if (!label.equals("none")) {
                kinds.add(Arrays.stream(CommandClass.values())
                        .filter(kind -> kind.label().equals(label))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("there is no such kind, label=" + label)));
            }
        }
        return kinds;
    }

    private static String table() {
        try (InputStream in = Objects.requireNonNull(CommandCase.class.getResourceAsStream("commands.cases"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
