package dev.cloche.host.engine.rewrite;

import java.util.Comparator;
import java.util.List;

/// What comes in place of a region.
record Replacement(Region region, List<Node> nodes) {

    /// Puts all of them in place, in an order in which the positions of those that follow stay right.
    static void apply(List<Replacement> replacements) {
        replacements.stream()
                .sorted(Comparator.comparingInt(
                        (Replacement each) -> -each.region().start()))
                .forEach(each -> each.region().replace(each.nodes()));
    }
}
