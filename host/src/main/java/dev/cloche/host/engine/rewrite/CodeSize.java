package dev.cloche.host.engine.rewrite;

import java.util.IdentityHashMap;
import java.util.List;

/// How many bytes of JVM code the engine makes of a tree: an estimate that follows its compiler instruction by
/// instruction. Locals lie in the slots of a JVM method behind the parameters, memory and instance between them.
final class CodeSize {
    private static final int CALL = 3;
    private static final int BRANCH = 3;
    private static final int SWITCH = 15;
    private static final int SWITCH_ENTRY = 4;
    private static final int SHORT_SLOTS = 4;
    private static final int NARROW_SLOTS = 256;

    private final CodeCosts costs;
    private final int[] slots;
    private final int reference;
    private final IdentityHashMap<Block, Integer> blocks = new IdentityHashMap<>();

    /// A measure for the code of one function, its locals in the order in which they are.
    CodeSize(CodeCosts costs, int params, List<ValueType> locals) {
        this.costs = costs;
        this.slots = new int[locals.size()];
        int slot = 0;
        int memory = 0;
        for (int i = 0; i < slots.length; i++) {
            if (i == params) {
                memory = slot;
                slot += 2;
            }
            slots[i] = slot;
            slot += locals.get(i).slots();
        }
        this.reference = access(slots.length > params ? memory : slot);
    }

    /// The estimate for a whole function.
    static int of(CodeCosts costs, Body body) {
        int params = body.type().params().size();
        var size = new CodeSize(costs, params, body.locals());
        int start = 0;
        for (int i = params; i < body.locals().size(); i++) {
            start += 1 + body.locals().get(i).slots() + access(size.slots[i]);
        }
        return start + size.of(body.root().body()) + 1;
    }

    /// The estimate for a function that is being split.
    static int of(CodeCosts costs, Routine routine) {
        return of(costs, routine.toBody());
    }

    int of(List<Node> nodes) {
        int sum = 0;
        for (int i = 0; i < nodes.size(); i++) {
            sum += of(nodes.get(i));
            if (i > 0 && isConditional(nodes.get(i)) && isComparison(nodes.get(i - 1))) {
                sum -= CALL - costs.comparison();
            }
        }
        return sum;
    }

    int of(Node node) {
        return switch (node) {
            case Node.Plain plain -> InstructionSize.of(plain, reference);
            case Node.LocalTee tee -> 1 + access(slots[tee.local()]);
            case Node.OfLocal local -> access(slots[local.local()]);
            case Node.GlobalGet _, Node.GlobalSet _ -> costs.globalAccess();
            case Node.Call _ -> costs.interruptCheck() + 2 * reference + CALL;
            case Node.CallIndirect _ -> 1 + 2 * reference + CALL;
            case Node.RefFunc _ -> 2;
            case Node.Branch branch -> BRANCH + back(branch.target());
            case Node.BranchIf branch -> BRANCH * (back(branch.target()) > 0 ? 2 : 1) + back(branch.target());
            case Node.BranchTable table -> of(table);
            case Node.Return _ -> 1;
            case Node.Unit unit -> of(unit.nodes());
            case Block block -> of(block);
        };
    }

    private int of(Block block) {
        Integer known = blocks.get(block);
        if (known == null) {
            int sum = block.kind() == Block.Kind.IF ? BRANCH * block.arms().size() : 0;
            for (List<Node> arm : block.arms()) {
                sum += of(arm);
            }
            known = sum;
            blocks.put(block, known);
        }
        return known;
    }

    private int of(Node.BranchTable table) {
        int back = table.targets().stream().mapToInt(this::back).max().orElse(0);
        return SWITCH + SWITCH_ENTRY * (table.targets().size() - 1) + back;
    }

    /// What a branch needs more if it goes back.
    private int back(Block target) {
        return target.kind() == Block.Kind.LOOP ? costs.interruptCheck() : 0;
    }

    private static int access(int slot) {
        if (slot < SHORT_SLOTS) {
            return 1;
        }
        return slot < NARROW_SLOTS ? 2 : 4;
    }

    private static boolean isComparison(Node node) {
        return node instanceof Node.Plain plain && Opcodes.isComparison(plain.opcode());
    }

    private static boolean isConditional(Node node) {
        return node instanceof Node.BranchIf
                || (node instanceof Block block && block.kind() == Block.Kind.IF)
                || (node instanceof Node.Plain plain && plain.opcode() == Opcodes.SELECT);
    }
}
