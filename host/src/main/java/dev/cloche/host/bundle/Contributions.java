package dev.cloche.host.bundle;

import dev.cloche.host.call.Entry;
import dev.cloche.host.call.EntryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What a bundle adds to its host: the only entries it can be called for.
public record Contributions(List<Hook> hooks, List<Tool> tools, List<Command> commands) {
    public static final Contributions NONE = new Contributions(List.of(), List.of(), List.of());

    public Contributions {
        hooks = List.copyOf(hooks);
        tools = List.copyOf(tools);
        commands = List.copyOf(commands);
    }

    /// All entries: hooks, tools, commands, each in the manifest's order.
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(hooks.size() + tools.size() + commands.size());
        hooks.forEach(hook -> entries.add(hook.entry()));
        tools.forEach(tool -> entries.add(Entry.tool(tool.name())));
        commands.forEach(command -> entries.add(Entry.command(command.name())));
        return List.copyOf(entries);
    }

    /// A hook: an action or a filter.
    ///
    /// @param kind [EntryKind#ACTION] or [EntryKind#FILTER]
    /// @param priority lower runs first; equal priorities run in order of registration
    public record Hook(String name, EntryKind kind, int priority, FailurePolicy failure) {
        public static final int DEFAULT_PRIORITY = 10;

        public Hook {
            if (kind != EntryKind.ACTION && kind != EntryKind.FILTER) {
                throw new IllegalArgumentException("hook kind must be action or filter, kind=" + kind.label());
            }
            Objects.requireNonNull(failure, "failure");
        }

        public Entry entry() {
            return new Entry(kind, name);
        }
    }

    /// What a filter chain does when this hook fails.
    public enum FailurePolicy {
        /// Go on with the value the hook was handed.
        SKIP,
        /// End the chain with the error.
        FAIL
    }

    /// A tool and the JSON Schema (2020-12) of its arguments, as JSON text.
    public record Tool(String name, String description, String parameters) {}

    /// A command; the first one is what `cloche run` runs.
    public record Command(String name, String description) {}
}
