package dev.cloche.host;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

/// Holds for a class whose dependencies within the host are all in its own layer or in a lower one. A layer is a
/// package right under the root, with what is below it, or the root itself.
final class OnlyKnowLowerLayers extends ArchCondition<JavaClass> {
    private final String root;
    private final List<String> layers;

    /// @param layers names of packages under the root, the lowest first; the empty name is the root itself
    OnlyKnowLowerLayers(String root, List<String> layers) {
        super("only know lower layers");
        this.root = root;
        this.layers = List.copyOf(layers);
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
        int own = layers.indexOf(layerOf(root, from.getPackageName()));
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
            String target = dependency.getTargetClass().getPackageName();
            boolean inside = target.equals(root) || target.startsWith(root + ".");
            if (inside && layers.indexOf(layerOf(root, target)) > own) {
                events.add(SimpleConditionEvent.violated(from, dependency.getDescription()));
            }
        }
    }

    static String layerOf(String root, String packageName) {
        if (packageName.equals(root)) {
            return "";
        }
        return packageName.substring(root.length() + 1).split("\\.", 2)[0];
    }
}
