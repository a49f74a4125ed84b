package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Random;

/// Makes WebAssembly modules that are valid by construction, each from a seed: the same seed gives the same
/// module.
///
/// They always end: a global of fuel is counted down at the start of every function and in every loop, and when
/// it is used up functions return. All that they do can be seen from outside: globals and memory are exported,
/// the one import is told two numbers. No bits of a NaN ever get into memory or a number, so that engines can be
/// compared.
final class ModuleGenerator {
    private static final int PARAMETERS_MAX = 4;

    private final long seed;
    private final Random random;
    private final Shape shape;
    private final Style style;

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

    private ModuleGenerator(long seed, Shape shape) {
        this.seed = seed;
        this.random = new Random(seed * 7_919 + 13);
        this.shape = shape;
        this.style = Style.pick(random, shape.interpreter());
    }

    static ModuleLayout.TestModule generate(long seed, Shape shape) {
        return new ModuleGenerator(seed, shape).generate();
    }

    /// A module of the shape that is this seed's turn.
    static ModuleLayout.TestModule generate(long seed) {
        return generate(
                seed,
                switch ((int) Math.floorMod(seed, 3L)) {
                    case 0 -> Shape.SMALL;
                    case 1 -> Shape.LARGE;
                    default -> Shape.INTERPRETER;
                });
    }

    private ModuleLayout.TestModule generate() {
        int count = 1 + random.nextInt(shape.functions());
        var functions = new ArrayList<Signature>();
        for (int i = 0; i < count; i++) {
            functions.add(signature());
        }
        var elements = new ArrayList<Integer>();
        for (int i = 1; i < ModuleLayout.TABLE_SIZE; i++) {
            // All of them are in the table: what is not there may not be referred to.
            elements.add(1 + (i <= count ? i % count : random.nextInt(count)));
        }
        var layout = new ModuleLayout(functions);
        var bodies = new ArrayList<byte[]>();
        for (Signature function : functions) {
            bodies.add(new CodeGenerator(random, shape, style, layout, function).generate());
        }
        byte[] data = new byte[ModuleLayout.DATA_BYTES];
        random.nextBytes(data);
        return layout.build(seed, bodies, elements, data);
    }

    private Signature signature() {
        var params = new ArrayList<ValueType>();
        for (int i = random.nextInt(PARAMETERS_MAX + 1); i > 0; i--) {
            params.add(style.i32Only() ? ValueType.I32 : CodeGenerator.number(random));
        }
        var results = new ArrayList<ValueType>();
        if (random.nextInt(4) > 0) {
            results.add(style.i32Only() ? ValueType.I32 : CodeGenerator.number(random));
        }
        return new Signature(params, results);
    }
}
