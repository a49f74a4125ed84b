package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Gives the locals of a function that are no parameters new numbers: those used most come first, where the JVM
/// has shorter instructions for them, and those that nothing uses are left out, since each costs its
/// initialisation.
final class LocalOrder {
    private LocalOrder() {}

    static Body compacted(Body body) {
        int params = body.type().params().size();
        int[] uses = new int[body.locals().size()];
        Trees.walk(body.root().body(), node -> {
            if (node instanceof Node.OfLocal local) {
                uses[local.local()]++;
            }
        });
        List<Integer> kept = IntStream.range(params, uses.length)
                .filter(local -> uses[local] > 0)
                .boxed()
                .sorted(Comparator.comparingInt((Integer local) -> -uses[local]))
                .toList();
        int[] numbers = new int[uses.length];
        Arrays.setAll(numbers, local -> local);
        var locals = new ArrayList<>(body.locals().subList(0, params));
        for (Integer local : kept) {
            numbers[local] = locals.size();
            locals.add(body.locals().get(local));
        }
        var root = new Block(Block.Kind.BLOCK, body.root().type());
        new Copier(Map.of(body.root(), root), local -> numbers[local])
                .copy(body.root().body(), root.body());
        return new Body(body.type(), locals, root);
    }
}
