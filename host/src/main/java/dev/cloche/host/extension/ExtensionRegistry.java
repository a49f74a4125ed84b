package dev.cloche.host.extension;

import dev.cloche.host.bundle.Contributions.Hook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The extensions of a host by id, and who takes part in which hook.
///
/// Immutable; a change answers a new registry, so that readers see one whole state at the price of a volatile read.
public final class ExtensionRegistry {
    public static final ExtensionRegistry EMPTY = new ExtensionRegistry(new LinkedHashMap<>());

    private final Map<String, Extension> extensions;
    private final Map<String, List<HookStep>> hooks;

    /// @param extensions in order of registration
    private ExtensionRegistry(SequencedMap<String, Extension> extensions) {
        this.extensions = extensions;
        this.hooks = hooksOf(extensions);
    }

    private static Map<String, List<HookStep>> hooksOf(Map<String, Extension> extensions) {
        Map<String, List<HookStep>> byName = new TreeMap<>();
        extensions
                .values()
                .forEach(extension -> extension.manifest().contributes().hooks().stream()
                        .map(hook -> new HookStep(extension, hook))
                        .forEach(step -> byName.computeIfAbsent(step.hook().name(), name -> new ArrayList<>())
                                .add(step)));
        // Stable: equal priorities stay in order of registration.
        byName.values()
                .forEach(steps ->
                        steps.sort(Comparator.comparingInt(step -> step.hook().priority())));
        return byName;
    }

    /// One extension's part in a hook.
    public record HookStep(Extension extension, Hook hook) {}

    public Optional<Extension> find(String id) {
        return Optional.ofNullable(extensions.get(id));
    }

    /// All extensions in order of registration.
    public List<Extension> all() {
        return List.copyOf(extensions.values());
    }

    /// Who takes part in a hook, in the order in which they are called.
    public List<HookStep> hook(String name) {
        return hooks.getOrDefault(name, List.of());
    }

    /// A registry in which this extension takes the place of the one of the same id, or the last place.
    public ExtensionRegistry with(Extension extension) {
        LinkedHashMap<String, Extension> changed = new LinkedHashMap<>(extensions);
        changed.put(extension.id(), extension);
        return new ExtensionRegistry(changed);
    }

    /// A registry with the extensions of these ids first, in this order, and the others after them in theirs.
    public ExtensionRegistry withFirst(List<String> ids) {
        LinkedHashMap<String, Extension> changed = new LinkedHashMap<>();
        for (String id : ids) {
            find(id).ifPresent(extension -> changed.put(id, extension));
        }
        extensions.forEach(changed::putIfAbsent);
        return new ExtensionRegistry(changed);
    }

    /// A registry without the extension of this id.
    public ExtensionRegistry without(String id) {
        LinkedHashMap<String, Extension> changed = new LinkedHashMap<>(extensions);
        changed.remove(id);
        return new ExtensionRegistry(changed);
    }
}
