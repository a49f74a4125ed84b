package dev.cloche.host.engine.rewrite;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The worst modules that the limits allow, one for each way in which a module can be hard to compile. Each is taken to
/// the limit that it is about, as far as the others let it.
public final class WorstModules {
    static final int I32 = 0x7F;
    static final int I64 = 0x7E;
    private static final int VOID = 0x40;
    private static final int I32_EQZ = 0x45;
    private static final int I32_ADD = 0x6A;
    private static final int I64_ADD = 0x7C;
    private static final int I64_LOAD = 0x29;
    private static final int I64_STORE = 0x37;
    private static final int I32_TRUNC_F64 = 0xAA;
    private static final int F64_CONVERT_I32 = 0xB7;
    /// Room for what a shape has besides what it repeats.
    private static final int SPARE = 64;

    private WorstModules() {}

    /// Modules by the name of their shape, each made when it is asked for.
    public static Map<String, Supplier<byte[]>> all() {
        var all = new LinkedHashMap<String, Supplier<byte[]>>();
        all.put("tiny functions", WorstModules::tinyFunctions);
        all.put("dense code", () -> repeated(WorstModules::dense));
        all.put("straight code", () -> repeated(WorstModules::straight));
        all.put("memory code", () -> repeated(WorstModules::memory));
        all.put("conversions", () -> repeated(WorstModules::conversions));
        all.put("loops", () -> repeated(WorstModules::loops));
        all.put("branches", () -> repeated(WorstModules::branches));
        all.put("nested blocks", () -> repeated(body -> nested(body, Opcodes.BLOCK)));
        all.put("nested loops", () -> repeated(body -> nested(body, Opcodes.LOOP)));
        all.put("nested ifs", () -> repeated(body -> nested(body, Opcodes.IF)));
        all.put("branch tables", WorstModules::branchTables);
        all.put("locals", WorstModules::locals);
        all.put("live locals", WorstModules::liveLocals);
        all.put("operands", WorstModules::operands);
        all.put("calls", () -> repeated(WorstModules::calls));
        all.put("indirect calls", () -> repeated(WorstModules::indirectCalls));
        all.put("types", WorstModules::types);
        all.put("equal types", WorstModules::equalTypes);
        all.put("wide types", WorstModules::wideTypes);
        all.put("entities", WorstModules::entities);
        all.put("regions", () -> repeated(WorstModules::regions));
        return all;
    }

    static int max(ModuleLimit limit) {
        return Math.toIntExact(limit.maximum(false));
    }

    private static byte[] tinyFunctions() {
        return new TestModule()
                .functions(max(ModuleLimit.FUNCTIONS) - 1, 0, TestModule.body(body -> {}))
                .build();
    }

    /// As many functions of one kind, each as large as may be, as go into a module.
    private static byte[] repeated(Consumer<ByteWriter> part) {
        var one = new ByteWriter();
        part.accept(one);
        byte[] bytes = one.toByteArray();
        int perFunction = Math.max(1, (max(ModuleLimit.FUNCTION_CODE) - SPARE) / bytes.length);
        byte[] body = TestModule.body(2, I64, out -> {
            for (int i = 0; i < perFunction; i++) {
                out.bytes(bytes);
            }
        });
        return filled(body);
    }

    /// A module with as many functions of this code as the limits allow.
    private static byte[] filled(byte[] body) {
        var one = ModuleScan.of(new TestModule().functions(1, 0, body).build(), false);
        int functions = max(ModuleLimit.FUNCTIONS) - 1;
        for (ModuleLimit limit : new ModuleLimit[] {
            ModuleLimit.CODE, ModuleLimit.INSTRUCTIONS, ModuleLimit.FRAMES, ModuleLimit.BRANCH_TABLES
        }) {
            functions = (int) Math.min(functions, (max(limit) - SPARE) / Math.max(1, one.amount(limit)));
        }
        return new TestModule().functions(Math.max(1, functions), 0, body).build();
    }

    private static void dense(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET).u8(0);
        for (int i = 0; i < SPARE; i++) {
            out.u8(I32_EQZ);
        }
        out.u8(Opcodes.LOCAL_SET).u8(0);
    }

    private static void straight(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET)
                .u8(1)
                .u8(Opcodes.I64_CONST)
                .u8(1)
                .u8(I64_ADD)
                .u8(Opcodes.LOCAL_SET)
                .u8(1);
    }

    private static void memory(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.LOCAL_GET).u8(0);
        out.u8(I64_LOAD).u8(0).u8(0).u8(I64_STORE).u8(0).u8(0);
    }

    private static void conversions(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET).u8(0);
        for (int i = 0; i < SPARE; i++) {
            out.u8(F64_CONVERT_I32).u8(I32_TRUNC_F64);
        }
        out.u8(Opcodes.LOCAL_SET).u8(0);
    }

    private static void loops(ByteWriter out) {
        out.u8(Opcodes.LOOP)
                .u8(VOID)
                .u8(Opcodes.LOCAL_GET)
                .u8(0)
                .u8(Opcodes.BR_IF)
                .u8(0)
                .u8(Opcodes.END);
    }

    private static void branches(ByteWriter out) {
        out.u8(Opcodes.BLOCK)
                .u8(VOID)
                .u8(Opcodes.LOCAL_GET)
                .u8(0)
                .u8(Opcodes.BR_IF)
                .u8(0);
        out.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_IF).u8(1).u8(Opcodes.END);
    }

    /// Blocks within each other as deep as may be; the innermost can leave to each of them.
    private static void nested(ByteWriter out, int kind) {
        int depth = max(ModuleLimit.NESTING);
        for (int i = 0; i < depth; i++) {
            if (kind == Opcodes.IF) {
                out.u8(Opcodes.LOCAL_GET).u8(0);
            }
            out.u8(kind).u8(VOID);
            straight(out);
        }
        for (int i = 0; i < depth; i++) {
            out.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_IF).u32(i);
        }
        for (int i = 0; i < depth; i++) {
            straight(out);
            out.u8(Opcodes.END);
        }
    }

    private static byte[] branchTables() {
        int depth = max(ModuleLimit.NESTING) - 1;
        return filled(TestModule.body(body -> {
            for (int i = 0; i < depth; i++) {
                body.u8(Opcodes.BLOCK).u8(VOID);
            }
            int count = max(ModuleLimit.BRANCH_TABLE) - 1;
            body.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_TABLE).u32(count);
            for (int i = 0; i <= count; i++) {
                body.u32(i * 7 % depth);
            }
            for (int i = 0; i < depth; i++) {
                body.u8(Opcodes.END).u8(Opcodes.NOP);
            }
        }));
    }

    /// Locals beyond count and branches as far as frames go.
    private static byte[] locals() {
        int locals = max(ModuleLimit.LOCALS) - 1;
        int branches = max(ModuleLimit.FUNCTION_FRAMES) / (2 * locals + 1) - 4;
        return filled(TestModule.body(locals, I64, body -> {
            for (int i = 0; i < branches / 3; i++) {
                body.u8(Opcodes.BLOCK)
                        .u8(VOID)
                        .u8(Opcodes.LOCAL_GET)
                        .u8(0)
                        .u8(Opcodes.BR_IF)
                        .u8(0);
                body.u8(Opcodes.LOCAL_GET)
                        .u32(locals - i % 500)
                        .u8(Opcodes.LOCAL_SET)
                        .u32(1 + i % 500);
                body.u8(Opcodes.END);
            }
        }));
    }

    /// All locals are written, then read, in loops: what is outlined between has all of them as its inputs.
    private static byte[] liveLocals() {
        int locals = max(ModuleLimit.LOCALS) / 2;
        int loops = Math.min(
                max(ModuleLimit.FUNCTION_FRAMES) / (2 * locals + 1) / 5 - 1,
                max(ModuleLimit.FUNCTION_CODE) / locals / 8);
        return filled(TestModule.body(locals, I64, body -> {
            for (int i = 0; i < loops; i++) {
                body.u8(Opcodes.LOOP).u8(VOID);
                for (int local = 1; local < locals; local++) {
                    body.u8(Opcodes.LOCAL_GET)
                            .u32(local + 1)
                            .u8(Opcodes.LOCAL_SET)
                            .u32(local);
                }
                body.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_IF).u8(0).u8(Opcodes.END);
            }
        }));
    }

    /// Branches above as many operands as may be.
    private static byte[] operands() {
        int operands = max(ModuleLimit.OPERANDS) - 1;
        int branches = max(ModuleLimit.FUNCTION_FRAMES) / (2 * operands + 1) / 3 - 1;
        return filled(TestModule.body(body -> {
            for (int i = 0; i < operands; i++) {
                body.u8(Opcodes.LOCAL_GET).u8(0);
            }
            for (int i = 0; i < branches; i++) {
                body.u8(Opcodes.BLOCK)
                        .u8(VOID)
                        .u8(Opcodes.LOCAL_GET)
                        .u8(0)
                        .u8(Opcodes.BR_IF)
                        .u8(1);
                body.u8(Opcodes.END);
            }
            for (int i = 0; i < operands; i++) {
                body.u8(Opcodes.DROP);
            }
        }));
    }

    private static void calls(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.CALL).u8(0);
    }

    private static void indirectCalls(ByteWriter out) {
        out.u8(Opcodes.LOCAL_GET)
                .u8(0)
                .u8(Opcodes.LOCAL_GET)
                .u8(0)
                .u8(Opcodes.CALL_INDIRECT)
                .u8(0)
                .u8(0);
    }

    /// All types differ; each has functions.
    private static byte[] types() {
        var module = new TestModule();
        int types = max(ModuleLimit.TYPES) - 1;
        for (int i = 0; i < types; i++) {
            module.type(bits(i), bits(0));
        }
        int functions = max(ModuleLimit.TYPE_PAIRS) / (types + 1);
        for (int i = 0; i < functions; i++) {
            module.functions(1, 1 + i % types, TestModule.body(body -> {}));
        }
        return module.build();
    }

    /// Types that tell numbers apart.
    private static byte[] bits(int number) {
        byte[] types = new byte[number == 0 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(number)];
        for (int i = 0; i < types.length; i++) {
            types[i] = (byte) ((number >> i & 1) == 0 ? I32 : I64);
        }
        return types;
    }

    /// The same type as often as may be, with functions as far as their lists go.
    private static byte[] equalTypes() {
        var module = new TestModule();
        int types = max(ModuleLimit.TYPES) - 1;
        for (int i = 0; i < types; i++) {
            module.type(new byte[] {I32}, new byte[0]);
        }
        int functions = max(ModuleLimit.CALL_TARGETS) / (types + 1) - 1;
        return module.functions(functions, 0, TestModule.body(body -> {})).build();
    }

    /// Functions with as many parameters and results as may be, which call each other.
    private static byte[] wideTypes() {
        byte[] parameters = new byte[max(ModuleLimit.PARAMETERS)];
        byte[] results = new byte[max(ModuleLimit.RESULTS)];
        java.util.Arrays.fill(parameters, (byte) I64);
        java.util.Arrays.fill(results, (byte) I64);
        int calls = max(ModuleLimit.FUNCTION_CODE) / (2 * parameters.length + 2 * results.length + 3) - 1;
        byte[] body = TestModule.body(body1 -> {
            for (int call = 0; call < calls; call++) {
                for (int i = 0; i < parameters.length; i++) {
                    body1.u8(Opcodes.LOCAL_GET).u32(i);
                }
                body1.u8(Opcodes.CALL).u8(0);
                for (int i = 0; i < results.length; i++) {
                    body1.u8(Opcodes.LOCAL_SET).u32(i % parameters.length);
                }
            }
            for (int i = 0; i < results.length; i++) {
                body1.u8(Opcodes.LOCAL_GET).u32(i % parameters.length);
            }
        });
        int functions =
                Math.min(max(ModuleLimit.CODE) / body.length, max(ModuleLimit.INSTRUCTIONS) / (body.length / 2));
        return new TestModule()
                .type(parameters, results)
                .functions(Math.max(1, functions), 1, body)
                .build();
    }

    /// Exports, globals, tables, segments.
    private static byte[] entities() {
        return new TestModule()
                .functions(1, 0, TestModule.body(body -> {}))
                .entities()
                .build();
    }

    /// Statements that are worth moving, each with outputs of its own.
    private static void regions(ByteWriter out) {
        out.u8(Opcodes.BLOCK).u8(VOID);
        for (int i = 0; i < 12; i++) {
            memory(out);
            straight(out);
        }
        out.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_IF).u8(0);
        out.u8(Opcodes.LOCAL_GET)
                .u8(0)
                .u8(Opcodes.I32_CONST)
                .u8(1)
                .u8(I32_ADD)
                .u8(Opcodes.LOCAL_SET)
                .u8(0);
        out.u8(Opcodes.END);
    }
}
