package dev.cloche.host.engine.rewrite;

import java.util.IdentityHashMap;
import java.util.List;

/// Turns a tree into the bytes of a function.
final class BodyEncoder {
    private static final int BLOCK_TYPE_EMPTY = 0x40;

    private final ModuleModel module;
    private final Body body;
    private final ByteWriter out = new ByteWriter();
    private final IdentityHashMap<Block, Integer> levels = new IdentityHashMap<>();

    BodyEncoder(ModuleModel module, Body body) {
        this.module = module;
        this.body = body;
    }

    byte[] encode() {
        writeLocals();
        levels.put(body.root(), 0);
        write(body.root().body(), 0);
        out.u8(Opcodes.END);
        return out.toByteArray();
    }

    private void writeLocals() {
        var added =
                body.locals().subList(body.type().params().size(), body.locals().size());
        var groups = new ByteWriter();
        int count = 0;
        for (int i = 0; i < added.size(); ) {
            int first = i;
            while (i < added.size() && added.get(i) == added.get(first)) {
                i++;
            }
            groups.u32(i - first).u8(added.get(first).code());
            count++;
        }
        out.u32(count).bytes(groups.toByteArray());
    }

    /// @param level how many blocks are around the nodes, without the function itself
    private void write(List<Node> nodes, int level) {
        for (Node node : nodes) {
            write(node, level);
        }
    }

    private void write(Node node, int level) {
        switch (node) {
            case Node.Plain plain -> out.bytes(plain.code());
            case Node.LocalGet get -> out.u8(Opcodes.LOCAL_GET).u32(get.local());
            case Node.LocalSet set -> out.u8(Opcodes.LOCAL_SET).u32(set.local());
            case Node.LocalTee tee -> out.u8(Opcodes.LOCAL_TEE).u32(tee.local());
            case Node.GlobalGet get -> out.u8(Opcodes.GLOBAL_GET).u32(get.global());
            case Node.GlobalSet set -> out.u8(Opcodes.GLOBAL_SET).u32(set.global());
            case Node.Call call -> out.u8(Opcodes.CALL).u32(call.function());
            case Node.CallIndirect call ->
                out.u8(Opcodes.CALL_INDIRECT).u32(call.typeIndex()).u32(call.table());
            case Node.RefFunc reference -> out.u8(Opcodes.REF_FUNC).u32(reference.function());
            case Node.Branch branch -> out.u8(Opcodes.BR).u32(depth(branch.target(), level));
            case Node.BranchIf branch -> out.u8(Opcodes.BR_IF).u32(depth(branch.target(), level));
            case Node.BranchTable table -> {
                out.u8(Opcodes.BR_TABLE).u32(table.targets().size() - 1);
                table.targets().forEach(target -> out.u32(depth(target, level)));
            }
            case Node.Return _ -> out.u8(Opcodes.RETURN);
            case Node.Unit unit -> write(unit.nodes(), level);
            case Block block -> write(block, level + 1);
        }
    }

    private void write(Block block, int level) {
        out.u8(
                switch (block.kind()) {
                    case BLOCK -> Opcodes.BLOCK;
                    case LOOP -> Opcodes.LOOP;
                    case IF -> Opcodes.IF;
                });
        writeBlockType(block.type());
        levels.put(block, level);
        write(block.body(), level);
        if (block.arms().size() > 1) {
            out.u8(Opcodes.ELSE);
            write(block.arms().getLast(), level);
        }
        levels.remove(block);
        out.u8(Opcodes.END);
    }

    private void writeBlockType(Signature type) {
        if (type.params().isEmpty() && type.results().isEmpty()) {
            out.u8(BLOCK_TYPE_EMPTY);
        } else if (type.params().isEmpty() && type.results().size() == 1) {
            out.u8(type.results().getFirst().code());
        } else {
            out.signed(module.typeIndex(type));
        }
    }

    private int depth(Block target, int level) {
        Integer at = levels.get(target);
        if (at == null) {
            throw new IllegalStateException("a branch to a label that does not enclose it");
        }
        return level - at;
    }
}
