package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/// What every split module looks like: scratch globals are written only at the very end of functions that were
/// split off, and read only between the call of such a function and whatever comes next.
final class SplitShape {
    private static final List<Integer> PACKING = List.of(
            Opcodes.I64_CONST,
            Opcodes.I64_EXTEND_I32_U,
            Opcodes.I64_SHL,
            Opcodes.I64_SHR_U,
            Opcodes.I64_OR,
            Opcodes.I32_WRAP_I64);

    private final ModuleModel module;
    private final int firstScratch;
    private final int firstAdded;
    private int reads;
    private int writes;
    private int temporaries;
    private int nestedCalls;

    private SplitShape(byte[] original, byte[] split) {
        var before = ModuleModel.parse(original);
        this.module = ModuleModel.parse(split);
        this.firstScratch = before.globals().size();
        this.firstAdded = before.functionCount();
    }

    static SplitShape check(byte[] original, byte[] split) {
        var shape = new SplitShape(original, split);
        for (int function = shape.module.importedFunctions(); function < shape.module.functionCount(); function++) {
            if (shape.module.decode(function) instanceof Decoded.Tree tree) {
                shape.checkLists(tree.body().root().body(), function, true);
            }
        }
        return shape;
    }

    /// How often scratch globals are read.
    int reads() {
        return reads;
    }

    int writes() {
        return writes;
    }

    /// How often a pair of outputs is unpacked through a local.
    int temporaries() {
        return temporaries;
    }

    /// How often a function split off calls another one.
    int nestedCalls() {
        return nestedCalls;
    }

    private void checkLists(List<Node> nodes, int function, boolean outermost) {
        for (int i = 0; i < nodes.size(); i++) {
            switch (nodes.get(i)) {
                case Block block -> block.arms().forEach(arm -> checkLists(arm, function, false));
                case Node.GlobalGet get
                when get.global() >= firstScratch -> {
                    reads++;
                    assertThat(isRightBehindCall(nodes, i))
                            .as("read right behind the call, function=" + function)
                            .isTrue();
                }
                case Node.GlobalSet set
                when set.global() >= firstScratch -> {
                    writes++;
                    assertThat(outermost && function >= firstAdded && isAtEnd(nodes, i))
                            .as("written at the end of a function split off, function=" + function)
                            .isTrue();
                }
                case Node.Call call
                when call.function() >= firstAdded -> {
                    nestedCalls += function >= firstAdded ? 1 : 0;
                    checkTemporary(nodes, i + 1);
                }
                default -> {
                    // Nothing that splitting has added.
                }
            }
        }
    }

    private boolean isRightBehindCall(List<Node> nodes, int index) {
        for (int i = index - 1; i >= 0; i--) {
            if (nodes.get(i) instanceof Node.Call call) {
                return call.function() >= firstAdded;
            }
            if (!isUnpacking(nodes.get(i))) {
                return false;
            }
        }
        return false;
    }

    private boolean isAtEnd(List<Node> nodes, int index) {
        return nodes.subList(index, nodes.size()).stream().allMatch(this::isUnpacking);
    }

    private boolean isUnpacking(Node node) {
        return switch (node) {
            case Node.OfLocal _ -> true;
            case Node.GlobalGet get -> get.global() >= firstScratch;
            case Node.GlobalSet set -> set.global() >= firstScratch;
            case Node.Plain plain -> PACKING.contains(plain.opcode());
            default -> false;
        };
    }

    /// The local that a pair goes through is not one of those that are set from it.
    private void checkTemporary(List<Node> nodes, int from) {
        if (from < nodes.size()
                && nodes.get(from) instanceof Node.LocalTee pair
                && nodes.get(from + 1) instanceof Node.Plain plain
                && plain.opcode() == Opcodes.I64_CONST) {
            temporaries++;
            var set = new ArrayList<Integer>();
            for (int i = from + 1; i < nodes.size() && isUnpacking(nodes.get(i)); i++) {
                if (nodes.get(i) instanceof Node.LocalSet local) {
                    set.add(local.local());
                }
            }
            assertThat(set).doesNotContain(pair.local());
        }
    }
}
