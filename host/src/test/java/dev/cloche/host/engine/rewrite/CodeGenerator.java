package dev.cloche.host.engine.rewrite;

import static dev.cloche.host.engine.rewrite.ValueType.F32;
import static dev.cloche.host.engine.rewrite.ValueType.F64;
import static dev.cloche.host.engine.rewrite.ValueType.FUNCREF;
import static dev.cloche.host.engine.rewrite.ValueType.I32;
import static dev.cloche.host.engine.rewrite.ValueType.I64;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Makes the code of one function of a generated module. Statements leave the operand stack as it was;
/// expressions, which [ExpressionGenerator] makes, leave one value on it.
final class CodeGenerator {
    private static final ValueType[] NUMBERS = {I32, I32, I32, I32, I64, I64, F32, F64};
    private static final int EMPTY = 0x40;
    private static final int WORD = 8;

    private final Random random;
    private final ModuleGenerator.Shape shape;
    private final ModuleGenerator.Style style;
    private final ModuleLayout module;
    private final Signature type;
    private final List<ValueType> locals = new ArrayList<>();
    private final List<List<ValueType>> labels = new ArrayList<>();
    private final ByteWriter out = new ByteWriter();
    private final ExpressionGenerator expressions;
    private int budget;

    CodeGenerator(
            Random random,
            ModuleGenerator.Shape shape,
            ModuleGenerator.Style style,
            ModuleLayout module,
            Signature type) {
        this.random = random;
        this.shape = shape;
        this.style = style;
        this.module = module;
        this.type = type;
        this.expressions = new ExpressionGenerator(this, random, style, module);
    }

    static ValueType number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    byte[] generate() {
        addLocals();
        labels.add(type.results());
        spendFuelOrReturn();
        startLocals();
        budget = shape.budget() + random.nextInt(shape.budgetRange());
        if (shape.interpreter()) {
            interpreter(3);
            interpreter(3);
        }
        while (budget > 0) {
            statements(2, 2 + random.nextInt(4));
        }
        budget = 20;
        showReferences();
        for (ValueType result : type.results()) {
            result(result);
        }
        out.u8(Opcodes.END);
        var groups = new ByteWriter();
        int params = type.params().size();
        groups.u32(locals.size() - params);
        locals.subList(params, locals.size()).forEach(local -> groups.u32(1).u8(local.code()));
        return groups.bytes(out.toByteArray()).toByteArray();
    }

    private void addLocals() {
        locals.addAll(type.params());
        for (int i = 2 + random.nextInt(shape.locals()); i > 0; i--) {
            locals.add(style.i32Only() ? I32 : number(random));
        }
        locals.add(I32);
        if (random.nextInt(4) == 0) {
            locals.add(FUNCREF);
        }
        if (!style.i32Only()) {
            locals.addAll(List.of(I64, F32, F64));
        }
    }

    /// Most locals get a value of their own: code that loses one is then found out.
    private void startLocals() {
        for (int i = type.params().size(); i < locals.size(); i++) {
            if (locals.get(i).isNumber() && random.nextInt(7) > 0) {
                expressions.constant(locals.get(i), 1_000 + random.nextInt(1_000_000));
                out.u8(Opcodes.LOCAL_SET).u32(i);
            }
        }
    }

    /// Puts what locals refer to into the table, where later calls find it.
    private void showReferences() {
        for (int local : localsOf(FUNCREF)) {
            expressions.constant(I32, random.nextInt(ModuleLayout.TABLE_SIZE));
            out.u8(Opcodes.LOCAL_GET).u32(local);
            out.u8(Opcodes.TABLE_SET).u32(0);
        }
    }

    /// The sum of some locals, so that what is in them shows.
    private void result(ValueType of) {
        var same = localsOf(of);
        if (of != I32 || same.isEmpty() || chance(0.2)) {
            expressions.value(of, chance(0.5) ? 0 : 2);
            return;
        }
        boolean all = chance(0.25);
        int terms = all ? same.size() : 2;
        for (int i = 0; i < terms; i++) {
            out.u8(Opcodes.LOCAL_GET).u32(all ? same.get(i) : pick(same));
            if (i > 0) {
                out.u8(0x6A);
            }
        }
        if (terms == 0) {
            expressions.constant(of, 0);
        }
    }

    ByteWriter out() {
        return out;
    }

    List<List<ValueType>> labels() {
        return labels;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    List<Integer> localsOf(ValueType of) {
        return IntStream.range(0, locals.size())
                .filter(local -> locals.get(local) == of)
                .boxed()
                .toList();
    }

    /// Uses up some of what the function may get long; false when it is used up.
    boolean spend() {
        budget--;
        return budget >= 0;
    }

    void statements(int count, int depth) {
        for (int i = 0; i < count; i++) {
            statement(depth);
        }
    }

    /// A block, its label open while its content is made.
    void block(int opcode, Signature blockType, Runnable content) {
        out.u8(opcode);
        if (blockType.params().isEmpty() && blockType.results().isEmpty()) {
            out.u8(EMPTY);
        } else if (blockType.params().isEmpty() && blockType.results().size() == 1) {
            out.u8(blockType.results().getFirst().code());
        } else {
            out.signed(module.typeIndex(blockType));
        }
        labels.add(opcode == Opcodes.LOOP ? blockType.params() : blockType.results());
        content.run();
        labels.removeLast();
        out.u8(Opcodes.END);
    }

    /// Returns if there is no fuel left, else uses one.
    private void spendFuelOrReturn() {
        out.u8(Opcodes.GLOBAL_GET).u32(ModuleLayout.FUEL).u8(Opcodes.I32_EQZ);
        out.u8(Opcodes.IF).u8(EMPTY);
        type.results().forEach(result -> expressions.constant(result, 0));
        out.u8(Opcodes.RETURN).u8(Opcodes.END);
        useFuel();
    }

    /// In a loop: leaves it, or sometimes the function, if there is no fuel left, else uses one.
    ///
    /// @param exit the label behind the loop
    void spendFuel(int exit) {
        if (chance(0.1)) {
            spendFuelOrReturn();
            return;
        }
        out.u8(Opcodes.GLOBAL_GET).u32(ModuleLayout.FUEL).u8(Opcodes.I32_EQZ);
        out.u8(Opcodes.BR_IF).u32(depthOf(exit));
        useFuel();
    }

    private void useFuel() {
        out.u8(Opcodes.GLOBAL_GET).u32(ModuleLayout.FUEL);
        out.u8(Opcodes.I32_CONST).signed(1).u8(0x6B);
        out.u8(Opcodes.GLOBAL_SET).u32(ModuleLayout.FUEL);
    }

    /// The innermost label that is open.
    int innermost() {
        return labels.size() - 1;
    }

    private void statement(int depth) {
        boolean room = spend();
        double kind = random.nextDouble();
        if (!room || depth <= 0 || kind < 0.34) {
            setLocal(room && depth > 0 ? depth - 1 : 0);
        } else if (kind < 0.40) {
            showLocal();
        } else if (kind < 0.43) {
            setBehindBranch(depth);
        } else if (kind < 0.52) {
            effect(depth);
        } else if (kind < 0.57) {
            block(Opcodes.BLOCK, Signature.NONE, () -> statements(1 + random.nextInt(4), depth - 1));
        } else if (kind < 0.63) {
            conditional(depth);
        } else if (kind < 0.69) {
            loop(depth);
        } else if (kind < 0.69 + style.branch()) {
            branch(depth);
        } else if (kind < 0.93) {
            interpreter(depth);
        } else {
            rare(depth);
        }
    }

    private void setLocal(int depth) {
        int local = random.nextInt(locals.size());
        if (locals.get(local) == FUNCREF) {
            expressions.reference();
        } else {
            expressions.value(locals.get(local), depth);
        }
        out.u8(Opcodes.LOCAL_SET).u32(local);
    }

    /// Writes a local to memory, where it is seen.
    private void showLocal() {
        int local = random.nextInt(locals.size());
        if (locals.get(local) == FUNCREF) {
            expressions.tableIndex();
            out.u8(Opcodes.LOCAL_GET).u32(local);
            out.u8(Opcodes.TABLE_SET).u32(0);
        } else {
            expressions.constant(I32, (long) random.nextInt(4_000) * WORD);
            out.u8(Opcodes.LOCAL_GET).u32(local);
            expressions.store(locals.get(local), 0);
        }
    }

    /// A block that sets a local on its way to its end, but not when it is left before.
    private void setBehindBranch(int depth) {
        block(Opcodes.BLOCK, Signature.NONE, () -> {
            statements(random.nextInt(2), depth - 1);
            expressions.value(I32, 1);
            out.u8(Opcodes.BR_IF).u32(0);
            setLocal(1);
            statements(random.nextInt(2), depth - 1);
        });
    }

    private void effect(int depth) {
        switch (random.nextInt(4)) {
            case 0 -> {
                var of = style.i32Only() || chance(0.6) ? I32 : number(random);
                expressions.address(depth - 1);
                expressions.value(of, depth - 1);
                expressions.store(of, random.nextInt(64));
            }
            case 1 -> {
                int global = 1 + random.nextInt(ModuleLayout.GLOBALS.size() - 1);
                expressions.value(ModuleLayout.GLOBALS.get(global), depth - 1);
                out.u8(Opcodes.GLOBAL_SET).u32(global);
            }
            case 2 -> {
                expressions.value(style.i32Only() ? I32 : number(random), depth - 1);
                out.u8(Opcodes.DROP);
            }
            default -> expressions.callStatement(depth - 1);
        }
    }

    private void conditional(int depth) {
        expressions.value(I32, depth - 1);
        block(Opcodes.IF, Signature.NONE, () -> {
            statements(1 + random.nextInt(3), depth - 1);
            if (chance(0.5)) {
                out.u8(Opcodes.ELSE);
                statements(1 + random.nextInt(3), depth - 1);
            }
        });
    }

    private void loop(int depth) {
        block(Opcodes.BLOCK, Signature.NONE, () -> {
            int exit = innermost();
            block(Opcodes.LOOP, Signature.NONE, () -> {
                spendFuel(exit);
                statements(1 + random.nextInt(4), depth - 1);
                if (chance(0.7)) {
                    expressions.value(I32, 1);
                    out.u8(Opcodes.BR_IF).u32(0);
                }
            });
        });
    }

    private void branch(int depth) {
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> {
                int target = random.nextInt(labels.size());
                carried(target, depth - 1);
                expressions.value(I32, 1);
                out.u8(Opcodes.BR_IF).u32(depthOf(target));
                labels.get(target).forEach(value -> out.u8(Opcodes.DROP));
            }
            case 4 -> jump();
            case 5 ->
                sometimes(() -> {
                    leftBehind();
                    type.results().forEach(result -> expressions.value(result, 1));
                    out.u8(Opcodes.RETURN);
                });
            case 6 -> sometimes(this::branchTable);
            default -> sometimes(this::jump);
        }
    }

    private void jump() {
        int target = random.nextInt(labels.size());
        leftBehind();
        carried(target, 1);
        out.u8(Opcodes.BR).u32(depthOf(target));
    }

    /// Operands that a branch leaves on the stack, sometimes.
    private void leftBehind() {
        while (chance(0.2)) {
            expressions.value(style.i32Only() ? I32 : number(random), 0);
        }
    }

    private void sometimes(Runnable content) {
        expressions.value(I32, 1);
        block(Opcodes.IF, Signature.NONE, content);
    }

    /// A table over labels that carry the same.
    private void branchTable() {
        var carried = pick(labels);
        var targets = IntStream.range(0, labels.size())
                .filter(label -> labels.get(label).equals(carried))
                .boxed()
                .toList();
        leftBehind();
        carried.forEach(value -> expressions.value(value, 1));
        expressions.value(I32, 1);
        int count = random.nextInt(4);
        out.u8(Opcodes.BR_TABLE).u32(count);
        for (int i = 0; i <= count; i++) {
            out.u32(depthOf(pick(targets)));
        }
    }

    private void carried(int target, int depth) {
        labels.get(target).forEach(value -> expressions.value(value, depth));
    }

    private int depthOf(int label) {
        return labels.size() - 1 - label;
    }

    private void rare(int depth) {
        switch (random.nextInt(6)) {
            case 0 -> expressions.bulk(depth - 1);
            case 1 -> {
                expressions.constant(I32, random.nextInt(2));
                out.u8(Opcodes.MEMORY_GROW).u32(0).u8(Opcodes.DROP);
            }
            case 2 -> {
                if (chance(style.trap() * 10)) {
                    sometimes(() -> out.u8(Opcodes.UNREACHABLE));
                }
            }
            case 3 -> {
                expressions.tableIndex();
                expressions.reference();
                out.u8(Opcodes.TABLE_SET).u32(0);
            }
            case 4 -> severalResults(depth);
            default -> out.u8(Opcodes.NOP);
        }
    }

    private void severalResults(int depth) {
        var results = List.of(style.i32Only() ? I32 : number(random), I32);
        block(Opcodes.BLOCK, new Signature(List.of(), results), () -> {
            statements(random.nextInt(3), depth - 1);
            results.forEach(result -> expressions.value(result, depth - 1));
        });
        for (ValueType result : results.reversed()) {
            var same = localsOf(result);
            if (same.isEmpty()) {
                out.u8(Opcodes.DROP);
            } else {
                out.u8(Opcodes.LOCAL_SET).u32(pick(same));
            }
        }
    }

    /// A loop around a table, with the cases one behind the other as compilers put them.
    private void interpreter(int depth) {
        if (depth <= 1) {
            statement(0);
            return;
        }
        int cases = 2 + random.nextInt(shape.cases());
        int counter = pick(localsOf(I32));
        int pointer = pick(localsOf(I32));
        block(Opcodes.BLOCK, Signature.NONE, () -> {
            int exit = innermost();
            block(Opcodes.LOOP, Signature.NONE, () -> {
                int start = innermost();
                spendFuel(exit);
                if (chance(0.4)) {
                    block(
                            Opcodes.BLOCK,
                            Signature.NONE,
                            () -> cases(cases, counter, pointer, depth, List.of(start, exit)));
                    statements(1 + random.nextInt(2), depth - 2);
                    if (chance(0.6)) {
                        out.u8(Opcodes.BR).u32(depthOf(start));
                    }
                } else {
                    cases(cases, counter, pointer, depth, List.of(start, exit));
                }
            });
        });
    }

    /// @param outer the loop, and the block around it
    private void cases(int count, int counter, int pointer, int depth, List<Integer> outer) {
        int around = labels.size() - 1;
        for (int i = 0; i < count; i++) {
            out.u8(Opcodes.BLOCK).u8(EMPTY);
            labels.add(List.of());
        }
        out.u8(Opcodes.LOCAL_GET).u32(counter);
        if (chance(0.5)) {
            expressions.constant(I32, 0xFFF0);
            out.u8(0x71).u8(0x2D).u32(0).u32(0);
        }
        expressions.constant(I32, count);
        out.u8(0x70).u8(Opcodes.BR_TABLE).u32(count);
        for (int i = 0; i < count; i++) {
            out.u32(i);
        }
        out.u32(random.nextInt(count));
        boolean alike = chance(0.4);
        for (int i = 0; i < count; i++) {
            labels.removeLast();
            out.u8(Opcodes.END);
            if (alike) {
                // As in real interpreters: all cases set the same locals, and do their work in memory.
                effect(depth);
            } else {
                statements(1 + random.nextInt(3), depth - 1);
            }
            step(counter, 1 + random.nextInt(3), alike ? 1 : 0.8);
            step(pointer, random.nextInt(8) - 4, alike ? 1 : 0.5);
            if (chance(0.2)) {
                expressions.value(I32, 1);
                out.u8(Opcodes.BR_IF).u32(depthOf(outer.getLast()));
            }
            if (chance(i == count - 1 ? 0.5 : 0.85)) {
                int target = chance(0.75) ? outer.getFirst() : chance(0.5) ? around : outer.getLast();
                out.u8(Opcodes.BR).u32(depthOf(labels.get(target).isEmpty() ? target : outer.getFirst()));
            }
        }
    }

    private void step(int local, int by, double probability) {
        if (chance(probability)) {
            out.u8(Opcodes.LOCAL_GET).u32(local);
            expressions.constant(I32, by);
            out.u8(0x6A).u8(Opcodes.LOCAL_SET).u32(local);
        }
    }
}
