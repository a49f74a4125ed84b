package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of a function into a tree and checks the types of all operands on the way, as the
/// specification does. Code that can never run is read but neither checked nor kept.
final class BodyDecoder {
    static final int DEPTH_MAX = 1_000;
    static final int LOCALS_MAX = 50_000;

    private final ByteReader in;
    private final Signature type;
    private final List<ValueType> locals = new ArrayList<>();
    private final List<ValueType> stack = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final InstructionReader instructions;

    /// A block that is being read.
    private static final class Frame {
        final Block block;
        final int height;
        List<Node> nodes;
        boolean dead;

        Frame(Block block, int height) {
            this.block = block;
            this.height = height;
            this.nodes = block.body();
        }
    }

    /// @param bounds what the code may name
    BodyDecoder(ModuleModel module, ModuleModel.Bounds bounds, Signature type, ByteReader in) {
        this.type = type;
        this.in = in;
        this.instructions = new InstructionReader(module, bounds, in);
    }

    Decoded decode() {
        readLocals();
        var root = new Block(Block.Kind.BLOCK, new Signature(List.of(), type.results()));
        frames.add(new Frame(root, 0));
        while (!frames.isEmpty()) {
            int opcode = in.u8();
            String unsupported = frames.getLast().dead ? skip(opcode) : read(opcode);
            if (unsupported != null) {
                return new Decoded.Opaque(unsupported);
            }
        }
        if (!in.atEnd()) {
            throw new RewriteException("a function goes on behind its end", in.position());
        }
        return new Decoded.Tree(new Body(type, locals, root));
    }

    private void readLocals() {
        locals.addAll(type.params());
        int groups = in.count("groups of locals");
        for (int i = 0; i < groups; i++) {
            int count = in.u32();
            if (count > LOCALS_MAX - locals.size()) {
                throw new RewriteException(
                        "a function has too many locals, count=" + count + ", max=" + LOCALS_MAX, in.position());
            }
            var each = ValueType.of(in.u8(), in.position());
            for (int n = 0; n < count; n++) {
                locals.add(each);
            }
        }
    }

    /// Reads an instruction that can run; gives the reason when the model does not know it.
    private @Nullable String read(int opcode) {
        switch (opcode) {
            case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> {
                return enter(opcode);
            }
            case Opcodes.ELSE -> otherwise();
            case Opcodes.END -> leave();
            case Opcodes.BR -> add(new Node.Branch(label()));
            case Opcodes.BR_IF -> {
                var target = label();
                pop(ValueType.I32);
                pop(target.labelTypes());
                push(target.labelTypes());
                keep(new Node.BranchIf(target));
            }
            case Opcodes.BR_TABLE -> branchTable();
            case Opcodes.RETURN -> {
                pop(type.results());
                end(new Node.Return(type.results().size()));
            }
            case Opcodes.LOCAL_GET, Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE -> local(opcode);
            case Opcodes.DROP -> drop();
            case Opcodes.SELECT -> select();
            case Opcodes.REF_IS_NULL -> isNull();
            default -> {
                return plain(opcode);
            }
        }
        return null;
    }

    /// Reads an instruction that can never run.
    private @Nullable String skip(int opcode) {
        switch (opcode) {
            case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> {
                instructions.blockType();
                var frame = new Frame(Block.plain(), stack.size());
                frame.dead = true;
                return enter(frame);
            }
            case Opcodes.ELSE -> otherwise();
            case Opcodes.END -> leave();
            case Opcodes.BR, Opcodes.BR_IF -> label();
            case Opcodes.BR_TABLE -> labels();
            case Opcodes.LOCAL_GET, Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE -> in.index("local", locals.size());
            case Opcodes.RETURN, Opcodes.DROP, Opcodes.SELECT, Opcodes.REF_IS_NULL -> {
                // No operands in the code.
            }
            default -> {
                return instructions.read(opcode) == null ? instructions.problem() : null;
            }
        }
        return null;
    }

    private @Nullable String plain(int opcode) {
        Node node = instructions.read(opcode);
        if (node == null) {
            return instructions.problem();
        }
        Signature effect = instructions.effect();
        pop(effect.params());
        push(effect.results());
        if (node.ends()) {
            end(node);
        } else if (opcode != Opcodes.NOP) {
            keep(node);
        }
        return null;
    }

    private @Nullable String enter(int opcode) {
        if (opcode == Opcodes.IF) {
            pop(ValueType.I32);
        }
        Signature blockType = instructions.blockType();
        pop(blockType.params());
        var kind = switch (opcode) {
            case Opcodes.LOOP -> Block.Kind.LOOP;
            case Opcodes.IF -> Block.Kind.IF;
            default -> Block.Kind.BLOCK;
        };
        var block = new Block(kind, blockType);
        keep(block);
        var frame = new Frame(block, stack.size());
        push(blockType.params());
        return enter(frame);
    }

    private @Nullable String enter(Frame frame) {
        frames.add(frame);
        return frames.size() > DEPTH_MAX ? "blocks nested too deep, max=" + DEPTH_MAX : null;
    }

    private void otherwise() {
        var frame = frames.getLast();
        if (isUnreachable()) {
            return;
        }
        if (frame.block.kind() != Block.Kind.IF || frame.block.arms().size() > 1) {
            throw new RewriteException("an else without an if", in.position());
        }
        finish(frame);
        frame.nodes = frame.block.otherwise();
        frame.dead = false;
        push(frame.block.type().params());
    }

    private void leave() {
        var frame = frames.getLast();
        if (!isUnreachable()) {
            finish(frame);
            var blockType = frame.block.type();
            if (frame.block.kind() == Block.Kind.IF
                    && frame.block.arms().size() == 1
                    && !blockType.params().equals(blockType.results())) {
                throw new RewriteException("an if without an else gives what it does not take", in.position());
            }
            push(blockType.results());
        }
        frames.removeLast();
    }

    /// Whether the whole block stands in code that can never run.
    private boolean isUnreachable() {
        return frames.size() > 1 && frames.get(frames.size() - 2).dead;
    }

    /// The end of an arm: what it leaves is what its block gives.
    private void finish(Frame frame) {
        if (!frame.dead) {
            pop(frame.block.type().results());
            if (stack.size() != frame.height) {
                throw new RewriteException("a block leaves operands behind", in.position());
            }
        }
    }

    private Block label() {
        int depth = in.index("label", frames.size());
        return frames.get(frames.size() - 1 - depth).block;
    }

    private List<Block> labels() {
        int count = in.count("labels");
        var targets = new ArrayList<Block>(count + 1);
        for (int i = 0; i <= count; i++) {
            targets.add(label());
        }
        return targets;
    }

    private void branchTable() {
        var targets = labels();
        pop(ValueType.I32);
        for (Block target : targets) {
            pop(target.labelTypes());
            push(target.labelTypes());
        }
        end(new Node.BranchTable(targets));
    }

    private void local(int opcode) {
        int index = in.index("local", locals.size());
        ValueType of = locals.get(index);
        switch (opcode) {
            case Opcodes.LOCAL_GET -> {
                push(List.of(of));
                keep(new Node.LocalGet(index));
            }
            case Opcodes.LOCAL_SET -> {
                pop(of);
                keep(new Node.LocalSet(index));
            }
            default -> {
                pop(of);
                push(List.of(of));
                keep(new Node.LocalTee(index));
            }
        }
    }

    private void select() {
        pop(ValueType.I32);
        ValueType of = top();
        pop(of);
        pop(of);
        push(List.of(of));
        keep(Instructions.select(of));
    }

    private void drop() {
        ValueType of = top();
        pop(of);
        keep(Instructions.drop(of));
    }

    private void isNull() {
        ValueType of = top();
        if (!of.isReference()) {
            throw new RewriteException("not a reference, type=" + of, in.position());
        }
        pop(of);
        push(List.of(ValueType.I32));
        keep(Instructions.isNull(of));
    }

    private ValueType top() {
        if (stack.size() <= frames.getLast().height) {
            throw new RewriteException("an operand is missing", in.position());
        }
        return stack.getLast();
    }

    private void pop(ValueType expected) {
        ValueType actual = top();
        if (actual != expected) {
            throw new RewriteException(
                    "an operand has the wrong type, expected=" + expected + ", actual=" + actual, in.position());
        }
        stack.removeLast();
    }

    private void pop(List<ValueType> expected) {
        for (ValueType each : expected.reversed()) {
            pop(each);
        }
    }

    private void push(List<ValueType> types) {
        stack.addAll(types);
    }

    private void keep(Node node) {
        frames.getLast().nodes.add(node);
    }

    private void add(Node.Branch branch) {
        pop(branch.target().labelTypes());
        end(branch);
    }

    /// Keeps a node behind which nothing runs.
    private void end(Node node) {
        keep(node);
        var frame = frames.getLast();
        frame.dead = true;
        while (stack.size() > frame.height) {
            stack.removeLast();
        }
    }
}
