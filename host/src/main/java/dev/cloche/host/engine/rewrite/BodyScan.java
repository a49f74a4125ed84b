package dev.cloche.host.engine.rewrite;

/// Measures the code of one function. Used once.
///
/// It follows the height of the operand stack as far as it has to: an operand more or fewer in code that never runs, or
/// that is invalid, makes no difference.
final class BodyScan {
    private static final int BLOCK_TYPE_EMPTY = -64;

    /// Labels and branches that an instruction brings along.
    private static final int SELECT_LABELS = 2;

    private static final int LOOP_LABELS = 3;

    /// Instructions that count fuel: at the start of a function, of an iteration, of an arm, behind what may have left,
    /// and at an operation on many bytes.
    private static final int FUNCTION_COUNTS = 14;

    private static final int LOOP_COUNTS = 18;
    private static final int BRANCH_COUNTS = 4;
    private static final int BULK_COUNTS = 20;

    private final ModuleScan module;
    private final ByteReader in;
    private final String where;
    private final int start;
    private final Frames frames = new Frames();
    private long slots;
    private long height;
    private long highest;
    private long frameSlots;
    private long instructions;
    private long labels;

    /// The blocks that are open, with the height of the stack behind them.
    private static final class Frames {
        private static final int MAX = (int) ModuleLimit.NESTING.maximum(true) + 1;

        private final long[] bases = new long[MAX];
        private final long[] behind = new long[MAX];
        private int depth;
        private int deepest;

        boolean push(long base, long heightBehind) {
            deepest = Math.max(deepest, depth + 1);
            if (depth == MAX) {
                return false;
            }
            bases[depth] = base;
            behind[depth] = heightBehind;
            depth++;
            return true;
        }

        /// @return the height behind the block that ends
        long pop() {
            return behind[--depth];
        }

        long base() {
            return bases[depth - 1];
        }
    }

    BodyScan(ModuleScan module, ByteReader in, String where) {
        this.module = module;
        this.in = in;
        this.where = where;
        this.start = in.position();
    }

    void run(ModuleScan.Shape type) {
        if (!readLocals(type)) {
            return;
        }
        frames.push(0, 0);
        instructions = FUNCTION_COUNTS;
        boolean known = true;
        while (known && frames.depth > 0 && !in.atEnd()) {
            instructions++;
            known = read(in.u8());
            highest = Math.max(highest, height);
        }
        // The function itself is no block.
        module.max(ModuleLimit.NESTING, frames.deepest - 1L, where, start);
        module.max(ModuleLimit.OPERANDS, highest, where, start);
        module.max(ModuleLimit.FUNCTION_FRAMES, frameSlots, where, start);
        module.add(ModuleLimit.FRAMES, frameSlots, where, start);
        module.add(ModuleLimit.INSTRUCTIONS, instructions, where, start);
        module.add(ModuleLimit.BRANCH_TABLES, labels, where, start);
    }

    private boolean readLocals(ModuleScan.Shape type) {
        long locals = type.parameters();
        slots = type.parameterSlots();
        int groups = in.count("groups of locals");
        for (int i = 0; i < groups; i++) {
            int count = in.u32();
            locals += count;
            slots += (long) count * ModuleScan.valueType(in);
        }
        return module.max(ModuleLimit.LOCALS, locals, where, start);
    }

    /// @return whether the code can be read on
    private boolean read(int opcode) {
        switch (opcode) {
            case Opcodes.BLOCK, Opcodes.LOOP, Opcodes.IF -> {
                return enter(opcode);
            }
            case Opcodes.ELSE -> {
                label(1);
                height = frames.base();
            }
            case Opcodes.END -> {
                label(1);
                height = frames.pop();
            }
            case Opcodes.BR -> {
                in.u32();
                leave();
            }
            case Opcodes.BR_IF -> {
                in.u32();
                change(1, 0);
                label(1);
                instructions += BRANCH_COUNTS;
            }
            case Opcodes.BR_TABLE -> branchTable();
            case Opcodes.RETURN, Opcodes.UNREACHABLE -> leave();
            case Opcodes.DROP -> change(1, 0);
            case Opcodes.SELECT, Opcodes.SELECT_TYPED -> select(opcode);
            case Opcodes.LOCAL_GET, Opcodes.GLOBAL_GET -> index(0, 1);
            case Opcodes.LOCAL_SET, Opcodes.GLOBAL_SET -> index(1, 0);
            case Opcodes.LOCAL_TEE -> in.u32();
            default -> {
                return call(opcode) || reference(opcode) || fixed(opcode);
            }
        }
        return true;
    }

    private boolean enter(int opcode) {
        if (opcode == Opcodes.IF) {
            change(1, 0);
        }
        label(opcode == Opcodes.LOOP ? LOOP_LABELS : 1);
        instructions += switch (opcode) {
            case Opcodes.LOOP -> LOOP_COUNTS;
            // Both arms, and what follows.
            case Opcodes.IF -> 3 * BRANCH_COUNTS;
            default -> BRANCH_COUNTS;
        };
        long code = in.signed();
        int parameters = 0;
        int results = code == BLOCK_TYPE_EMPTY ? 0 : 1;
        if (code >= 0) {
            var type = module.type((int) Math.min(code, Integer.MAX_VALUE));
            parameters = type.parameters();
            results = type.results();
        }
        long outside = Math.max(frames.base(), height - parameters);
        return frames.push(outside, outside + results);
    }

    private void branchTable() {
        int at = in.position();
        int count = in.count("labels");
        labels += count + 1L;
        module.max(ModuleLimit.BRANCH_TABLE, count + 1L, where, at);
        for (int i = 0; i <= count; i++) {
            in.u32();
        }
        change(1, 0);
        // Each of them may need a piece of code of its own that takes operands away.
        label(count + 1);
        leave();
    }

    private void select(int opcode) {
        if (opcode == Opcodes.SELECT_TYPED) {
            int count = in.count("value types");
            for (int i = 0; i < count; i++) {
                ModuleScan.valueType(in);
            }
        }
        change(3, 1);
        label(SELECT_LABELS);
    }

    private boolean call(int opcode) {
        ModuleScan.Shape type;
        switch (opcode) {
            case Opcodes.CALL, Opcodes.RETURN_CALL -> type = module.typeOf(in.u32());
            case Opcodes.CALL_INDIRECT, Opcodes.RETURN_CALL_INDIRECT -> {
                type = module.type(in.u32());
                in.u32();
                change(1, 0);
            }
            default -> {
                return false;
            }
        }
        change(type.parameters(), type.results());
        if (Opcodes.isTailCall(opcode)) {
            leave();
        }
        return true;
    }

    private boolean reference(int opcode) {
        switch (opcode) {
            case Opcodes.REF_NULL -> {
                in.signed();
                change(0, 1);
            }
            case Opcodes.REF_IS_NULL -> label(SELECT_LABELS);
            case Opcodes.REF_FUNC -> index(0, 1);
            case Opcodes.TABLE_GET -> index(1, 1);
            case Opcodes.TABLE_SET -> index(2, 0);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean fixed(int first) {
        instructions += first == Opcodes.PREFIX_BULK ? BULK_COUNTS : 0;
        int opcode = first == Opcodes.PREFIX_BULK ? Opcodes.PREFIX_BULK << 8 | Math.min(in.u32(), 0xFF) : first;
        switch (opcode) {
            case Opcodes.TABLE_GROW -> index(2, 1);
            case Opcodes.TABLE_FILL -> index(3, 0);
            default -> {
                Signature effect = Opcodes.effect(opcode);
                if (effect == null) {
                    return false;
                }
                skipImmediates(in, opcode);
                change(effect.params().size(), effect.results().size());
            }
        }
        return true;
    }

    private static void skipImmediates(ByteReader in, int opcode) {
        switch (opcode) {
            case Opcodes.I32_CONST, Opcodes.I64_CONST -> in.signed();
            case Opcodes.F32_CONST -> in.skip(Float.BYTES);
            case Opcodes.F64_CONST -> in.skip(Double.BYTES);
            case Opcodes.MEMORY_SIZE,
                    Opcodes.MEMORY_GROW,
                    Opcodes.MEMORY_FILL,
                    Opcodes.DATA_DROP,
                    Opcodes.ELEM_DROP,
                    Opcodes.TABLE_SIZE -> in.u32();
            case Opcodes.MEMORY_INIT, Opcodes.MEMORY_COPY, Opcodes.TABLE_INIT, Opcodes.TABLE_COPY -> {
                in.u32();
                in.u32();
            }
            default -> {
                if (Opcodes.isMemoryAccess(opcode)) {
                    in.u32();
                    in.signed();
                }
            }
        }
    }

    /// Reads up to the end of a constant.
    ///
    /// @return whether all of it is known; if not, the reader stands somewhere within
    static boolean skipConstant(ByteReader in) {
        while (true) {
            int opcode = in.u8();
            switch (opcode) {
                case Opcodes.END -> {
                    return true;
                }
                case Opcodes.GLOBAL_GET, Opcodes.REF_FUNC -> in.u32();
                case Opcodes.REF_NULL -> in.signed();
                default -> {
                    if (Opcodes.effect(opcode) == null) {
                        return false;
                    }
                    skipImmediates(in, opcode);
                }
            }
        }
    }

    private void index(int pops, int pushes) {
        in.u32();
        change(pops, pushes);
    }

    private void change(int pops, int pushes) {
        height = Math.max(frames.base(), height - pops) + pushes;
    }

    /// What follows never runs.
    private void leave() {
        label(1);
        height = frames.base();
    }

    /// At each label and behind each branch, the compilers keep what is in all locals and on the stack.
    private void label(int count) {
        frameSlots += count * (slots + 2 * height);
    }
}
