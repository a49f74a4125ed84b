package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;

/// Has one function count its fuel. Used once.
///
/// A charge stands for all code that runs whenever the charge does, no more and no less: code behind a block that is
/// always left at its end belongs to the charge before the block. So a call that returns is charged exactly the
/// instructions that it executed; one that traps, those too that stood behind the trap.
///
/// Whether the slice is used up is looked at where a function begins that calls others, where an iteration begins, and
/// before an instruction that works on many bytes; between two looks runs at most the straight code of one function and
/// of those it calls that call nothing.
final class FuelInserter {
    private final FuelGlobals globals;
    private final int importedFunctions;
    private final Body body;
    private final List<Charge> charges = new ArrayList<>();
    private final IdentityHashMap<List<Node>, List<Insertion>> insertions = new IdentityHashMap<>();
    private final BlockFacts facts;

    /// Whether the code that is walked lies in a loop without calls, where the fuel is at hand in a local too.
    private boolean atHand;

    /// The local in which fuel is at hand; negative if there is none yet.
    private int fuelLocal = -1;

    private int countLocal = -1;

    /// @param first whether it goes in front of others at the same place
    private record Insertion(int at, boolean first, List<Node> nodes) {}

    FuelInserter(FuelGlobals globals, int importedFunctions, Body body) {
        this.globals = globals;
        this.importedFunctions = importedFunctions;
        this.body = body;
        this.facts = BlockFacts.of(body.root());
    }

    /// Changes the body in place.
    void run() {
        List<Node> nodes = body.root().body();
        Charge entry = new Charge(nodes, 0, facts.calls(body.root()), false);
        entry.add(FuelCosts.FUNCTION);
        charges.add(entry);
        walk(nodes, entry);
        for (Charge charge : charges) {
            if (charge.units() > 0 || charge.checks) {
                insert(charge.list, charge.at, true, charge(charge));
            }
        }
        insertions.forEach(FuelInserter::apply);
    }

    private static void apply(List<Node> nodes, List<Insertion> into) {
        into.sort(Comparator.comparingInt(Insertion::at).thenComparing(each -> !each.first()));
        var before = List.copyOf(nodes);
        nodes.clear();
        int done = 0;
        for (Insertion each : into) {
            nodes.addAll(before.subList(done, each.at()));
            nodes.addAll(each.nodes());
            done = each.at();
        }
        nodes.addAll(before.subList(done, before.size()));
    }

    private void insert(List<Node> list, int at, boolean first, List<Node> nodes) {
        insertions.computeIfAbsent(list, _ -> new ArrayList<>()).add(new Insertion(at, first, nodes));
    }

    private Charge charge(List<Node> list, int at, boolean checks) {
        Charge made = new Charge(list, at, checks, atHand);
        charges.add(made);
        return made;
    }

    /// Charges all code of a list.
    ///
    /// @param entry what is charged when the list is entered
    private void walk(List<Node> nodes, Charge entry) {
        Charge current = entry;
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            current.add(FuelCosts.of(node, importedFunctions));
            boolean parts = node instanceof Node.BranchIf;
            switch (node) {
                case Block block -> {
                    walk(nodes, i, block, current);
                    parts = facts.leaves(block);
                }
                case Node.Plain plain -> chargeContent(nodes, i, plain);
                default -> {
                    // Costs the same whatever its operands.
                }
            }
            if (parts) {
                current = charge(nodes, i + 1, false);
            }
        }
    }

    private void walk(List<Node> nodes, int at, Block block, Charge current) {
        switch (block.kind()) {
            case BLOCK -> walk(block.body(), current);
            case IF -> {
                List<Node> otherwise = block.arms().size() > 1 ? block.arms().getLast() : List.of();
                Charge one = charge(block.body(), 0, false);
                walk(block.body(), one);
                Charge other = charge(otherwise, 0, false);
                walk(otherwise, other);
                current.takeCommon(one, other);
            }
            case LOOP -> {
                boolean outside = atHand;
                if (!atHand && !facts.calls(block)) {
                    atHand = true;
                    insert(nodes, at, false, List.of(getFuel(), new Node.LocalSet(fuelLocal())));
                }
                walk(block.body(), charge(block.body(), 0, true));
                atHand = outside;
            }
        }
    }

    // ---- What is inserted ----------------------------------------------------------------------------------------

    private List<Node> charge(Charge charge) {
        var code = new ArrayList<Node>();
        code.add(charge.handy ? new Node.LocalGet(fuelLocal()) : getFuel());
        code.add(Instructions.i64(charge.units()));
        code.add(Instructions.SUBTRACT);
        settle(code, charge.handy, charge.checks);
        return code;
    }

    /// Puts back the fuel that lies on the stack, and looks whether it is used up.
    private void settle(List<Node> code, boolean handy, boolean checks) {
        if (handy || checks) {
            code.add(new Node.LocalTee(fuelLocal()));
        }
        code.add(new Node.GlobalSet(globals.fuel(), ValueType.I64));
        if (checks) {
            code.add(new Node.LocalGet(fuelLocal()));
            code.add(Instructions.i64(0));
            code.add(Instructions.LESS);
            Block empty = new Block(Block.Kind.IF, Signature.NONE);
            empty.body().add(Instructions.i64(0));
            empty.body().add(new Node.GlobalSet(globals.slice(), ValueType.I64));
            if (handy) {
                empty.body().add(getFuel());
                empty.body().add(new Node.LocalSet(fuelLocal()));
            }
            code.add(empty);
        }
    }

    /// Instructions that work on as much as the operand on top of the stack says are charged for that before they run.
    private void chargeContent(List<Node> nodes, int at, Node.Plain plain) {
        int shift = switch (plain.opcode()) {
            case Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL, Opcodes.MEMORY_INIT -> FuelCosts.BYTES_SHIFT;
            case Opcodes.TABLE_COPY, Opcodes.TABLE_FILL, Opcodes.TABLE_INIT, Opcodes.TABLE_GROW ->
                FuelCosts.ELEMENTS_SHIFT;
            default -> -1;
        };
        if (shift < 0) {
            return;
        }
        var code = new ArrayList<Node>();
        code.add(new Node.LocalTee(countLocal()));
        code.add(atHand ? new Node.LocalGet(fuelLocal()) : getFuel());
        code.add(new Node.LocalGet(countLocal()));
        if (shift == FuelCosts.ELEMENTS_SHIFT) {
            code.add(Instructions.i32(FuelCosts.ELEMENTS_MAX));
            code.add(new Node.LocalGet(countLocal()));
            code.add(Instructions.i32(FuelCosts.ELEMENTS_MAX));
            code.add(Instructions.LESS_UNSIGNED);
            code.add(Instructions.select(ValueType.I32));
        }
        code.add(Instructions.EXTEND);
        code.add(Instructions.i64(shift));
        code.add(Instructions.SHIFT_RIGHT);
        code.add(Instructions.SUBTRACT);
        settle(code, atHand, true);
        insert(nodes, at, false, code);
    }

    private Node getFuel() {
        return new Node.GlobalGet(globals.fuel(), ValueType.I64);
    }

    private int fuelLocal() {
        if (fuelLocal < 0) {
            body.locals().add(ValueType.I64);
            fuelLocal = body.locals().size() - 1;
        }
        return fuelLocal;
    }

    private int countLocal() {
        if (countLocal < 0) {
            body.locals().add(ValueType.I32);
            countLocal = body.locals().size() - 1;
        }
        return countLocal;
    }
}
