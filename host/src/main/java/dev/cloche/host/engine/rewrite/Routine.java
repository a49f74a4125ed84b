package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A function while it is being split, in the one shape that this takes: a block that takes and gives nothing,
/// and behind it a tail that is never moved and leaves the result. Leaving the block is returning; there is no
/// other return.
final class Routine {
    private final int index;
    private final int generation;
    private final Signature type;
    private final List<ValueType> locals;
    private final Block body;
    private final List<Node> tail = new ArrayList<>();
    private int selector = -1;
    private final Map<ValueType, Integer> temporaries = new EnumMap<>(ValueType.class);

    /// @param index of the function in its module
    /// @param generation 0 for a function of the module, 1 for what is split off from it, and so on
    Routine(int index, int generation, Signature type, List<ValueType> locals, Block body) {
        this.index = index;
        this.generation = generation;
        this.type = type;
        this.locals = new ArrayList<>(locals);
        this.body = body;
    }

    int index() {
        return index;
    }

    int generation() {
        return generation;
    }

    Signature type() {
        return type;
    }

    List<ValueType> locals() {
        return locals;
    }

    ValueType typeOf(int local) {
        return locals.get(local);
    }

    Block body() {
        return body;
    }

    List<Node> tail() {
        return tail;
    }

    int addLocal(ValueType of) {
        locals.add(of);
        return locals.size() - 1;
    }

    /// A local that is set and read within one unit of nodes only, so that all units can share it. Units never
    /// give its value to anyone: it is live nowhere outside of them.
    int temporary(ValueType of) {
        return temporaries.computeIfAbsent(of, this::addLocal);
    }

    /// The local that tells a dispatcher which member is meant. Set right before the branch to its call site, and
    /// read there at once, so that all dispatchers can share it.
    int selector() {
        if (selector < 0) {
            selector = addLocal(ValueType.I32);
        }
        return selector;
    }

    /// The function as a tree that can be encoded.
    Body toBody() {
        var root = new Block(Block.Kind.BLOCK, new Signature(List.of(), type.results()));
        root.body().add(body);
        root.body().addAll(tail);
        return LocalOrder.compacted(new Body(type, locals, root));
    }
}
