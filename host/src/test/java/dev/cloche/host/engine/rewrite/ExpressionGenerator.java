package dev.cloche.host.engine.rewrite;

import static dev.cloche.host.engine.rewrite.ValueType.F32;
import static dev.cloche.host.engine.rewrite.ValueType.F64;
import static dev.cloche.host.engine.rewrite.ValueType.I32;
import static dev.cloche.host.engine.rewrite.ValueType.I64;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Makes expressions of generated functions: code that leaves one value of a type on the operand stack.
final class ExpressionGenerator {
    private static final int ADDRESS_MASK = 0xFFFF - 200;
    private static final int BULK_MASK = 0xFF;
    private static final int[] I32_LOADS = {0x28, 0x2C, 0x2D, 0x2E, 0x2F};
    private static final int[] I64_LOADS = {0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35};
    private static final int[] I32_STORES = {0x36, 0x36, 0x3A, 0x3B};
    private static final int[] I64_STORES = {0x37, 0x37, 0x3C, 0x3D, 0x3E};
    private static final int[] I32_UNARY = {0x45, 0x67, 0x68, 0x69, 0xC0, 0xC1};
    private static final int[] I32_BINARY = {
        0x6A, 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x46, 0x47, 0x48, 0x49, 0x4D, 0x4E
    };
    private static final int[] I64_BINARY = {0x7C, 0x7D, 0x7E, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89};
    private static final int[] F32_BINARY = {0x92, 0x93, 0x94, 0x95, 0x96, 0x97};
    private static final int[] F64_BINARY = {0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5};
    private static final int[] CAN_TRAP = {0x6D, 0x6E, 0x6F, 0x70};

    private final CodeGenerator code;
    private final Random random;
    private final ModuleGenerator.Style style;
    private final ModuleLayout module;
    private final ByteWriter out;

    ExpressionGenerator(CodeGenerator code, Random random, ModuleGenerator.Style style, ModuleLayout module) {
        this.code = code;
        this.random = random;
        this.style = style;
        this.module = module;
        this.out = code.out();
    }

    void value(ValueType of, int depth) {
        if (!code.spend() || depth <= 0) {
            leaf(of);
            return;
        }
        double kind = random.nextDouble();
        double blocks = style.valueBlock();
        if (kind < 0.32) {
            leaf(of);
        } else if (kind < 0.40) {
            tee(of, depth);
        } else if (kind < 0.44) {
            global(of);
        } else if (kind < 0.44 + style.call()) {
            call(of, depth);
        } else if (kind < 0.52 + blocks) {
            valueBlock(of, depth);
        } else if (kind < 0.56 + blocks) {
            value(of, depth - 1);
            value(of, depth - 1);
            value(I32, depth - 1);
            out.u8(Opcodes.SELECT);
        } else {
            operation(of, depth);
        }
    }

    private void leaf(ValueType of) {
        var same = code.localsOf(of);
        if (!same.isEmpty() && code.chance(0.8)) {
            out.u8(Opcodes.LOCAL_GET).u32(code.pick(same));
        } else {
            constant(of, some());
        }
    }

    private long some() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(8);
            case 1 -> -1;
            case 2 -> random.nextInt(256);
            case 3 -> random.nextInt(65_536);
            case 4 -> Integer.MIN_VALUE;
            default -> random.nextInt();
        };
    }

    void constant(ValueType of, long value) {
        switch (of) {
            case I32 -> {
                int word = (int) value;
                out.u8(Opcodes.I32_CONST).signed(word);
            }
            case I64 -> out.u8(Opcodes.I64_CONST).signed(value * 4_294_967_311L);
            case F32 -> {
                out.u8(Opcodes.F32_CONST);
                littleEndian(Float.floatToIntBits(value / 4f), Float.BYTES);
            }
            default -> {
                out.u8(Opcodes.F64_CONST);
                littleEndian(Double.doubleToLongBits(value / 8d), Double.BYTES);
            }
        }
    }

    private void littleEndian(long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.u8((int) (bits >> (8 * i)) & 0xFF);
        }
    }

    private void tee(ValueType of, int depth) {
        var same = code.localsOf(of);
        value(of, depth - 1);
        if (!same.isEmpty()) {
            out.u8(Opcodes.LOCAL_TEE).u32(code.pick(same));
        }
    }

    private void global(ValueType of) {
        var same = IntStream.range(1, ModuleLayout.GLOBALS.size())
                .filter(global -> ModuleLayout.GLOBALS.get(global) == of)
                .boxed()
                .toList();
        out.u8(Opcodes.GLOBAL_GET).u32(code.pick(same));
    }

    private void call(ValueType of, int depth) {
        var fitting = IntStream.range(0, module.functions().size())
                .filter(function -> module.functions().get(function).results().equals(List.of(of)))
                .boxed()
                .toList();
        if (of == I32 && code.chance(style.host() * 10)) {
            value(I32, depth - 1);
            value(I32, depth - 1);
            out.u8(Opcodes.CALL).u32(0);
        } else if (fitting.isEmpty()) {
            leaf(of);
        } else {
            call(code.pick(fitting), depth);
        }
    }

    /// A call whose results, if there are any, are dropped.
    void callStatement(int depth) {
        if (code.chance(style.host() * 10)) {
            value(I32, depth);
            value(I32, depth);
            out.u8(Opcodes.CALL).u32(0).u8(Opcodes.DROP);
        } else if (code.chance(style.call() * 5)) {
            int function = random.nextInt(module.functions().size());
            call(function, depth);
            module.functions().get(function).results().forEach(result -> out.u8(Opcodes.DROP));
        }
    }

    private void call(int function, int depth) {
        Signature type = module.functions().get(function);
        type.params().forEach(param -> value(param, depth - 1));
        if (code.chance(0.3)) {
            tableIndex();
            out.u8(Opcodes.CALL_INDIRECT).u32(module.typeIndex(type)).u32(0);
        } else {
            out.u8(Opcodes.CALL).u32(function + 1);
        }
    }

    private void valueBlock(ValueType of, int depth) {
        var result = new Signature(List.of(), List.of(of));
        if (of == I32 && code.chance(style.multiValue() * 10)) {
            throughBlockWithParameters(depth);
        } else if (code.chance(0.5)) {
            code.block(Opcodes.BLOCK, result, () -> {
                code.statements(1 + random.nextInt(2), depth - 1);
                value(of, depth - 1);
            });
        } else {
            value(I32, depth - 1);
            code.block(Opcodes.IF, result, () -> {
                code.statements(random.nextInt(2), depth - 1);
                value(of, depth - 1);
                out.u8(Opcodes.ELSE);
                code.statements(random.nextInt(2), depth - 1);
                value(of, depth - 1);
            });
        }
    }

    private void throughBlockWithParameters(int depth) {
        var locals = code.localsOf(I32);
        if (code.chance(0.5)) {
            code.block(Opcodes.BLOCK, new Signature(List.of(), List.of(I32)), () -> {
                int exit = code.innermost();
                value(I32, depth - 1);
                code.block(Opcodes.LOOP, new Signature(List.of(I32), List.of(I32)), () -> {
                    code.spendFuel(exit);
                    out.u8(Opcodes.LOCAL_TEE).u32(code.pick(locals));
                    code.statements(1 + random.nextInt(2), depth - 1);
                });
            });
        } else {
            value(I32, depth - 1);
            value(I64, 1);
            code.block(Opcodes.BLOCK, new Signature(List.of(I32, I64), List.of(I32)), () -> {
                out.u8(Opcodes.DROP);
                out.u8(Opcodes.LOCAL_SET).u32(code.pick(locals));
                code.statements(1 + random.nextInt(2), depth - 1);
                value(I32, depth - 1);
            });
        }
    }

    private void operation(ValueType of, int depth) {
        switch (of) {
            case I32 -> i32(depth);
            case I64 -> i64(depth);
            case F32 -> {
                if (code.chance(0.3)) {
                    unary(I32, depth, 0xB2, 0xB3);
                } else if (code.chance(0.2)) {
                    load(depth, 0x2A);
                } else if (code.chance(0.1)) {
                    unary(F64, depth, 0xB6);
                } else {
                    binary(F32, depth, F32_BINARY);
                }
            }
            default -> {
                if (code.chance(0.3)) {
                    unary(I32, depth, 0xB7, 0xB8);
                } else if (code.chance(0.2)) {
                    unary(F64, depth, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F);
                } else {
                    binary(F64, depth, F64_BINARY);
                }
            }
        }
    }

    private void i32(int depth) {
        switch (random.nextInt(14)) {
            case 0, 1 -> load(depth, I32_LOADS);
            case 2 -> unary(I64, depth, Opcodes.I32_WRAP_I64, 0x50);
            case 3 -> binary(F64, depth, 0x61, 0x63, 0x66);
            case 4 -> unary(I32, depth, I32_UNARY);
            case 5 -> binary(I64, depth, 0x51, 0x53, 0x54, 0x55, 0x5A);
            case 6 -> {
                value(F64, depth - 1);
                out.u8(Opcodes.PREFIX_BULK).u32(2 + random.nextInt(2));
            }
            case 7 -> {
                if (code.chance(style.trap() * 10)) {
                    binary(I32, depth, CAN_TRAP);
                } else {
                    out.u8(Opcodes.MEMORY_SIZE).u32(0);
                }
            }
            case 8 -> {
                reference();
                out.u8(Opcodes.REF_IS_NULL);
            }
            default -> binary(I32, depth, I32_BINARY);
        }
    }

    private void i64(int depth) {
        switch (random.nextInt(6)) {
            case 0 -> load(depth, I64_LOADS);
            case 1 -> unary(I32, depth, 0xAC, Opcodes.I64_EXTEND_I32_U);
            case 2 -> unary(I64, depth, 0x79, 0x7A, 0x7B, 0xC2, 0xC3, 0xC4);
            default -> binary(I64, depth, I64_BINARY);
        }
    }

    private void unary(ValueType operand, int depth, int... opcodes) {
        value(operand, depth - 1);
        out.u8(opcodes[random.nextInt(opcodes.length)]);
    }

    private void binary(ValueType operand, int depth, int... opcodes) {
        value(operand, depth - 1);
        value(operand, depth - 1);
        out.u8(opcodes[random.nextInt(opcodes.length)]);
    }

    private void load(int depth, int... opcodes) {
        address(depth - 1);
        out.u8(opcodes[random.nextInt(opcodes.length)]).u32(0).u32(random.nextInt(64));
    }

    /// An address, within the first page but where the module's style is to trap.
    void address(int depth) {
        value(I32, depth);
        if (!code.chance(style.trap())) {
            constant(I32, ADDRESS_MASK);
            out.u8(0x71);
        }
    }

    /// Stores the value on top. Of a fraction its whole part is stored, so that no NaN is.
    void store(ValueType of, int offset) {
        switch (of) {
            case I32 -> out.u8(I32_STORES[random.nextInt(I32_STORES.length)]);
            case I64 -> out.u8(I64_STORES[random.nextInt(I64_STORES.length)]);
            case F32 -> {
                out.u8(Opcodes.PREFIX_BULK).u32(4).u8(0x37);
            }
            default -> {
                out.u8(Opcodes.PREFIX_BULK).u32(6).u8(0x37);
            }
        }
        out.u32(0).u32(offset);
    }

    /// An index into the table, mostly one that is there.
    void tableIndex() {
        value(I32, 1);
        if (!code.chance(style.trap() * 5)) {
            constant(I32, ModuleLayout.TABLE_SIZE - 1);
            out.u8(0x71);
        }
    }

    /// A reference to a function.
    void reference() {
        var same = code.localsOf(ValueType.FUNCREF);
        switch (random.nextInt(4)) {
            case 0 -> out.u8(Opcodes.REF_NULL).u8(ValueType.FUNCREF.code());
            case 1 -> {
                tableIndex();
                out.u8(Opcodes.TABLE_GET).u32(0);
            }
            default -> {
                if (same.isEmpty() || code.chance(0.6)) {
                    out.u8(Opcodes.REF_FUNC)
                            .u32(1 + random.nextInt(module.functions().size()));
                } else {
                    out.u8(Opcodes.LOCAL_GET).u32(code.pick(same));
                }
            }
        }
    }

    /// Bulk memory operations of a few bytes.
    void bulk(int depth) {
        address(depth);
        switch (random.nextInt(3)) {
            case 0 -> {
                value(I32, depth);
                length(BULK_MASK);
                out.u8(Opcodes.PREFIX_BULK).u32(0x0B).u32(0);
            }
            case 1 -> {
                address(depth);
                length(BULK_MASK);
                out.u8(Opcodes.PREFIX_BULK).u32(0x0A).u32(0).u32(0);
            }
            default -> {
                constant(I32, random.nextInt(16));
                length(31);
                out.u8(Opcodes.PREFIX_BULK).u32(0x08).u32(0).u32(0);
            }
        }
    }

    private void length(int mask) {
        value(I32, 1);
        constant(I32, mask);
        out.u8(0x71);
    }
}
