package dev.cloche.host.engine.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes WebAssembly modules that are valid by construction, each from a seed: the same seed gives the same module.
///
/// They always end: a global of fuel is counted down at the start of every function and in every loop, and when it is
/// used up functions return. All that they do can be seen from outside: globals and memory are exported, the one import
/// is told two numbers. No bits of a NaN ever get into memory or a number, so that engines can be compared.
///
/// ```
/// import  host.call (i32, i32) -> i32         function 0
/// export  f0, f1, ...                         functions, from 1 on
///         g0 = fuel, g1, ...                  globals
///         memory                              1 to 3 pages
/// table 0 of functions, element 0 is null; data segment 0 is passive
/// ```
final class ModuleGenerator {
    static final int FUEL = 0;
    static final int TABLE_SIZE = 8;
    static final int DATA_BYTES = 64;
    static final int PAGES_MAX = 3;
    static final Signature HOST_CALL = new Signature(List.of(ValueType.I32, ValueType.I32), List.of(ValueType.I32));

    private static final int EXTERNAL_FUNCTION = 0;
    private static final int EXTERNAL_MEMORY = 2;
    private static final int EXTERNAL_GLOBAL = 3;
    private static final int FUNCTION_TYPE = 0x60;
    private static final int LIMITS_WITH_MAX = 1;
    private static final List<ValueType> GLOBALS = List.of(
            ValueType.I32, ValueType.I32, ValueType.I32, ValueType.I64, ValueType.I64, ValueType.F32, ValueType.F64);

    private final Random random;
    private final Shape shape;
    private final Style style;
    private final List<Signature> types = new ArrayList<>();
    private final List<Signature> functions = new ArrayList<>();
    private final List<Integer> elements = new ArrayList<>();

    /// How large things get.
    ///
    /// @param functions at most
    /// @param budget instructions in a function, roughly, at least
    /// @param budgetRange how much more, at most
    /// @param locals in a function beside its parameters, at most
    /// @param cases of a `br_table`, at most
    /// @param interpreter whether functions begin with loops around a `br_table`, as interpreters do
    record Shape(int functions, int budget, int budgetRange, int locals, int cases, boolean interpreter) {
        static final Shape SMALL = new Shape(3, 60, 300, 10, 7, false);
        static final Shape LARGE = new Shape(2, 400, 1_200, 20, 40, false);
        static final Shape INTERPRETER = new Shape(2, 300, 500, 4, 24, true);
    }

    /// What a module's code is full of. Differs from module to module, so that rare things get their turn.
    record Style(
            double trap,
            double call,
            double host,
            double valueBlock,
            double multiValue,
            double branch,
            boolean i32Only) {
        static Style pick(Random random, boolean interpreter) {
            return new Style(
                    random.nextInt(10) < 3 ? 0.02 : 0,
                    random.nextInt(10) < 7 ? 0.06 : 0.01,
                    random.nextBoolean() ? 0.04 : 0,
                    random.nextBoolean() ? 0.10 : 0.03,
                    random.nextInt(10) < 4 ? 0.05 : 0,
                    0.05 + random.nextDouble() * 0.15,
                    random.nextInt(10) < (interpreter ? 7 : 3));
        }
    }

    /// A generated module and what one must know to run it.
    record Generated(long seed, byte[] wasm, List<Signature> functions, List<ValueType> globals) {}

    private ModuleGenerator(long seed, Shape shape) {
        this.random = new Random(seed * 7_919 + 13);
        this.shape = shape;
        this.style = Style.pick(random, shape.interpreter());
    }

    static Generated generate(long seed, Shape shape) {
        var generator = new ModuleGenerator(seed, shape);
        byte[] wasm = generator.generate();
        return new Generated(seed, wasm, List.copyOf(generator.functions), GLOBALS);
    }

    /// The shape for a seed: a third of each.
    static Shape shapeOf(long seed) {
        return switch ((int) Math.floorMod(seed, 3)) {
            case 0 -> Shape.SMALL;
            case 1 -> Shape.LARGE;
            default -> Shape.INTERPRETER;
        };
    }

    private byte[] generate() {
        typeIndex(HOST_CALL);
        int count = 1 + random.nextInt(shape.functions());
        for (int i = 0; i < count; i++) {
            functions.add(signature());
            typeIndex(functions.getLast());
        }
        for (int i = 0; i < TABLE_SIZE; i++) {
            // All of them are in the table: what is not there may not be referred to.
            elements.add(1 + (i <= count ? i % count : random.nextInt(count)));
        }
        var bodies = new ArrayList<byte[]>();
        for (Signature function : functions) {
            bodies.add(new CodeGenerator(random, shape, style, this, function).generate());
        }
        return new ByteWriter()
                .bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0})
                .bytes(section(Section.TYPE, types()))
                .bytes(section(Section.IMPORT, hostImport()))
                .bytes(section(Section.FUNCTION, functionTypes()))
                .bytes(section(
                        Section.TABLE,
                        new ByteWriter()
                                .u32(1)
                                .u8(ValueType.FUNCREF.code())
                                .u8(0)
                                .u32(TABLE_SIZE)))
                .bytes(section(
                        Section.MEMORY,
                        new ByteWriter().u32(1).u8(LIMITS_WITH_MAX).u32(1).u32(PAGES_MAX)))
                .bytes(section(Section.GLOBAL, globals()))
                .bytes(section(Section.EXPORT, exports()))
                .bytes(section(Section.ELEMENT, elementSegment()))
                .bytes(section(Section.DATA_COUNT, new ByteWriter().u32(1)))
                .bytes(section(Section.CODE, code(bodies)))
                .bytes(section(Section.DATA, data()))
                .toByteArray();
    }

    List<Signature> functions() {
        return functions;
    }

    List<ValueType> globalTypes() {
        return GLOBALS;
    }

    /// The index of a type, added if it is new.
    int typeIndex(Signature type) {
        if (!types.contains(type)) {
            types.add(type);
        }
        return types.indexOf(type);
    }

    private Signature signature() {
        var params = new ArrayList<ValueType>();
        for (int i = random.nextInt(5); i > 0; i--) {
            params.add(style.i32Only() ? ValueType.I32 : CodeGenerator.number(random));
        }
        var results = new ArrayList<ValueType>();
        if (random.nextInt(4) > 0) {
            results.add(style.i32Only() ? ValueType.I32 : CodeGenerator.number(random));
        }
        return new Signature(params, results);
    }

    private static byte[] section(int id, ByteWriter payload) {
        return new ByteWriter().u8(id).sized(payload.toByteArray()).toByteArray();
    }

    private ByteWriter types() {
        var out = new ByteWriter().u32(types.size());
        for (Signature type : types) {
            out.u8(FUNCTION_TYPE).u32(type.params().size());
            type.params().forEach(each -> out.u8(each.code()));
            out.u32(type.results().size());
            type.results().forEach(each -> out.u8(each.code()));
        }
        return out;
    }

    private ByteWriter hostImport() {
        return new ByteWriter()
                .u32(1)
                .sized(ascii("host"))
                .sized(ascii("call"))
                .u8(EXTERNAL_FUNCTION)
                .u32(typeIndex(HOST_CALL));
    }

    private ByteWriter functionTypes() {
        var out = new ByteWriter().u32(functions.size());
        functions.forEach(function -> out.u32(typeIndex(function)));
        return out;
    }

    private static ByteWriter globals() {
        var out = new ByteWriter().u32(GLOBALS.size());
        for (ValueType type : GLOBALS) {
            out.u8(type.code()).u8(1);
            switch (type) {
                case I32 -> out.u8(Opcodes.I32_CONST).signed(7);
                case I64 -> out.u8(Opcodes.I64_CONST).signed(9);
                case F32 -> out.u8(Opcodes.F32_CONST).bytes(new byte[] {0, 0, 0x20, 0x41});
                default -> out.u8(Opcodes.F64_CONST).bytes(new byte[] {0, 0, 0, 0, 0, 0, 0x10, 0x40});
            }
            out.u8(Opcodes.END);
        }
        return out;
    }

    private ByteWriter exports() {
        var out = new ByteWriter().u32(1 + GLOBALS.size() + functions.size());
        out.sized(ascii("memory")).u8(EXTERNAL_MEMORY).u32(0);
        for (int i = 0; i < GLOBALS.size(); i++) {
            out.sized(ascii("g" + i)).u8(EXTERNAL_GLOBAL).u32(i);
        }
        for (int i = 0; i < functions.size(); i++) {
            out.sized(ascii("f" + i)).u8(EXTERNAL_FUNCTION).u32(i + 1);
        }
        return out;
    }

    private ByteWriter elementSegment() {
        var out = new ByteWriter().u32(1).u32(0).u8(Opcodes.I32_CONST).signed(1).u8(Opcodes.END);
        out.u32(elements.size() - 1);
        elements.subList(1, elements.size()).forEach(out::u32);
        return out;
    }

    private static ByteWriter code(List<byte[]> bodies) {
        var out = new ByteWriter().u32(bodies.size());
        bodies.forEach(out::sized);
        return out;
    }

    private ByteWriter data() {
        byte[] bytes = new byte[DATA_BYTES];
        random.nextBytes(bytes);
        return new ByteWriter().u32(1).u32(1).sized(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
