package dev.cloche.host.engine.rewrite;

import java.util.List;

/// A node of a function's code. Operands stay on the operand stack as in the binary format; only blocks nest.
/// Nodes other than blocks are values: a pass builds new ones in their place.
public sealed interface Node
        permits Block,
                Node.Plain,
                Node.OfLocal,
                Node.GlobalGet,
                Node.GlobalSet,
                Node.Call,
                Node.CallIndirect,
                Node.RefFunc,
                Node.Jump,
                Node.Return,
                Node.Unit {

    /// How many operands it takes from the stack.
    int pops();

    /// How many operands it leaves on the stack.
    int pushes();

    /// Whether what follows it in the same list can never run.
    default boolean ends() {
        return false;
    }

    /// An instruction without a branch, a local or an index that a pass may have to change.
    ///
    /// @param opcode the opcode; those behind a prefix byte as `prefix << 8 | opcode`
    /// @param immediate the constant, the offset of a memory access, or the function of a tail call, else 0
    /// @param code the whole instruction
    @SuppressWarnings("ArrayRecordComponent") // Never written, and nodes are told apart by identity.
    record Plain(int opcode, long immediate, byte[] code, Signature effect) implements Node {
        @Override
        public int pops() {
            return effect.params().size();
        }

        @Override
        public int pushes() {
            return effect.results().size();
        }

        @Override
        public boolean ends() {
            return opcode == Opcodes.UNREACHABLE || Opcodes.isTailCall(opcode);
        }
    }

    /// A node that uses a local of its function.
    sealed interface OfLocal extends Node {
        int local();

        /// The same node on another local.
        OfLocal on(int other);
    }

    /// `local.get`
    record LocalGet(int local) implements OfLocal {
        @Override
        public int pops() {
            return 0;
        }

        @Override
        public int pushes() {
            return 1;
        }

        @Override
        public LocalGet on(int other) {
            return new LocalGet(other);
        }
    }

    /// `local.set`
    record LocalSet(int local) implements OfLocal {
        @Override
        public int pops() {
            return 1;
        }

        @Override
        public int pushes() {
            return 0;
        }

        @Override
        public LocalSet on(int other) {
            return new LocalSet(other);
        }
    }

    /// `local.tee`
    record LocalTee(int local) implements OfLocal {
        @Override
        public int pops() {
            return 1;
        }

        @Override
        public int pushes() {
            return 1;
        }

        @Override
        public LocalTee on(int other) {
            return new LocalTee(other);
        }
    }

    /// `global.get`
    record GlobalGet(int global, ValueType type) implements Node {
        @Override
        public int pops() {
            return 0;
        }

        @Override
        public int pushes() {
            return 1;
        }
    }

    /// `global.set`
    record GlobalSet(int global, ValueType type) implements Node {
        @Override
        public int pops() {
            return 1;
        }

        @Override
        public int pushes() {
            return 0;
        }
    }

    /// `call`
    record Call(int function, Signature type) implements Node {
        @Override
        public int pops() {
            return type.params().size();
        }

        @Override
        public int pushes() {
            return type.results().size();
        }
    }

    /// `call_indirect`
    record CallIndirect(int typeIndex, int table, Signature type) implements Node {
        @Override
        public int pops() {
            return type.params().size() + 1;
        }

        @Override
        public int pushes() {
            return type.results().size();
        }
    }

    /// `ref.func`
    record RefFunc(int function) implements Node {
        @Override
        public int pops() {
            return 0;
        }

        @Override
        public int pushes() {
            return 1;
        }
    }

    /// A node after which the code may go on at a block's label.
    sealed interface Jump extends Node {
        /// Where to, each label at least once.
        List<Block> targets();
    }

    /// `br`. What it takes from the stack is the label's, and what follows never runs, so that its effect does
    /// not matter.
    record Branch(Block target) implements Jump {
        @Override
        public int pops() {
            return target.labelTypes().size();
        }

        @Override
        public int pushes() {
            return 0;
        }

        @Override
        public boolean ends() {
            return true;
        }

        @Override
        public List<Block> targets() {
            return List.of(target);
        }
    }

    /// `br_if`. The values that the label takes are taken and, if it does not branch, given back.
    record BranchIf(Block target) implements Jump {
        @Override
        public int pops() {
            return target.labelTypes().size() + 1;
        }

        @Override
        public int pushes() {
            return target.labelTypes().size();
        }

        @Override
        public List<Block> targets() {
            return List.of(target);
        }
    }

    /// `br_table`. The last target is the one for all other selectors.
    record BranchTable(List<Block> targets) implements Jump {
        public BranchTable {
            targets = List.copyOf(targets);
        }

        @Override
        public int pops() {
            return targets.getLast().labelTypes().size() + 1;
        }

        @Override
        public int pushes() {
            return 0;
        }

        @Override
        public boolean ends() {
            return true;
        }
    }

    /// `return`
    record Return(int pops) implements Node {
        @Override
        public int pushes() {
            return 0;
        }

        @Override
        public boolean ends() {
            return true;
        }
    }

    /// Nodes that a pass has added and that only make sense together: moved as a whole or not at all, never cut.
    ///
    /// @param fixed whether they must stay in their function
    record Unit(List<Node> nodes, int pops, int pushes, boolean fixed) implements Node {
        public Unit {
            nodes = List.copyOf(nodes);
        }

        @Override
        public boolean ends() {
            return !nodes.isEmpty() && nodes.getLast().ends();
        }
    }
}
