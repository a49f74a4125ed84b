package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a split off function gives back its outputs and the way that control takes behind it.
///
/// ```
/// words: the way, if there are several, then the outputs that are i32
///   two or more   result i64 = second word << 32 | first word; the others through scratch globals
///   one           result i32 = the word
///   none          result = the first output
/// all other outputs through scratch globals of their types
/// ```
///
/// @param outputs the caller's locals that are set
/// @param result the type of the function's result, null if it has none
/// @param high the position of the output in the upper half of a pair, or [#NOTHING]
/// @param low the position of the output in the lower half of a pair or the whole result, [#WAY] or [#NOTHING]
/// @param scratch the scratch global of each output, or [#NOTHING]
record Handover(List<Integer> outputs, @Nullable ValueType result, int high, int low, List<Integer> scratch) {
    static final int NOTHING = -1;
    static final int WAY = -2;

    private static final int HALF = 32;

    Handover {
        outputs = List.copyOf(outputs);
        scratch = List.copyOf(scratch);
    }

    static Handover plan(Boundary boundary, List<ValueType> locals, Scratch scratch) {
        List<Integer> outputs = boundary.outputs().stream().boxed().toList();
        var words = new ArrayList<Integer>();
        if (boundary.ways() > 1) {
            words.add(WAY);
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (locals.get(outputs.get(i)) == ValueType.I32) {
                words.add(i);
            }
        }
        int low = words.isEmpty() ? NOTHING : words.getFirst();
        int high = words.size() > 1 ? words.get(1) : NOTHING;
        ValueType result = null;
        if (!words.isEmpty()) {
            result = high == NOTHING ? ValueType.I32 : ValueType.I64;
        } else if (!outputs.isEmpty()) {
            low = 0;
            result = locals.get(outputs.getFirst());
        }
        return new Handover(outputs, result, high, low, globals(outputs, locals, List.of(low, high), scratch));
    }

    private static List<Integer> globals(
            List<Integer> outputs, List<ValueType> locals, List<Integer> inResult, Scratch scratch) {
        var used = new EnumMap<ValueType, Integer>(ValueType.class);
        var globals = new ArrayList<Integer>();
        for (int i = 0; i < outputs.size(); i++) {
            if (inResult.contains(i)) {
                globals.add(NOTHING);
            } else {
                var type = locals.get(outputs.get(i));
                globals.add(scratch.global(type, used.merge(type, 1, Integer::sum) - 1));
            }
        }
        return globals;
    }

    List<ValueType> results() {
        return result == null ? List.of() : List.of(result);
    }

    /// The end of the split off function: everything is given back.
    ///
    /// @param locals its locals for the outputs
    /// @param way its local for the way
    Node.Unit epilogue(Routine callee, List<Integer> locals, int way) {
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < outputs.size(); i++) {
            if (scratch.get(i) != NOTHING) {
                int local = locals.get(i);
                nodes.add(new Node.LocalGet(local));
                nodes.add(new Node.GlobalSet(scratch.get(i), callee.typeOf(local)));
            }
        }
        if (high != NOTHING) {
            nodes.add(new Node.LocalGet(locals.get(high)));
            nodes.add(Instructions.EXTEND);
            nodes.add(Instructions.i64(HALF));
            nodes.add(Instructions.SHIFT_LEFT);
        }
        if (low != NOTHING) {
            nodes.add(new Node.LocalGet(low == WAY ? way : locals.get(low)));
        }
        if (high != NOTHING) {
            nodes.add(Instructions.EXTEND);
            nodes.add(Instructions.OR);
        }
        return new Node.Unit(nodes, 0, result == null ? 0 : 1, true);
    }

    /// What follows the call: every output is set before anything else can run; the way, if there are several, is
    /// left on the operand stack.
    void unpack(Routine caller, List<Node> nodes) {
        if (high != NOTHING) {
            int pair = caller.temporary(ValueType.I64);
            nodes.add(new Node.LocalTee(pair));
            nodes.add(Instructions.i64(HALF));
            nodes.add(Instructions.SHIFT_RIGHT);
            nodes.add(Instructions.WRAP);
            nodes.add(new Node.LocalSet(outputs.get(high)));
            nodes.add(new Node.LocalGet(pair));
            nodes.add(Instructions.WRAP);
        }
        if (low >= 0) {
            nodes.add(new Node.LocalSet(outputs.get(low)));
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (scratch.get(i) != NOTHING) {
                int output = outputs.get(i);
                nodes.add(new Node.GlobalGet(scratch.get(i), caller.typeOf(output)));
                nodes.add(new Node.LocalSet(output));
            }
        }
    }
}
