package dev.cloche.host.engine.rewrite;

import java.util.Locale;

/// How large a module may be, in every way that costs time or memory to compile it. The limits hold for every host; a
/// manifest cannot move them. Within them, the worst module that is known compiles in bounded time and heap; those that
/// only a process of its own has room for have a second, higher maximum.
public enum ModuleLimit {
    /// Bytes of the code section.
    CODE("bytes", "code of all functions", 3_000_000, 6_000_000),
    /// Instructions of all functions, with those that will count their fuel.
    INSTRUCTIONS("instructions", "instructions of all functions, with those that count fuel", 1_200_000, 2_400_000),
    /// Imported and defined functions.
    FUNCTIONS("functions", "functions, imported ones included", 20_000),
    /// Bytes of one function's code.
    FUNCTION_CODE("bytes", "code of one function", 128 << 10),
    /// Parameters and locals of one function.
    LOCALS("locals", "parameters and locals of one function", 2_000),
    NESTING("blocks", "blocks of one function within each other", 500),
    OPERANDS("operands", "operands on the stack of one function", 1_000),
    BRANCH_TABLE("labels", "labels of one `br_table`", 8_000),
    BRANCH_TABLES("labels", "labels of all `br_table`s", 100_000),
    FUNCTION_FRAMES("slots", "locals and operands at all branches and labels of one function", 2_000_000),
    FRAMES("slots", "locals and operands at all branches and labels of all functions", 10_000_000),
    TYPES("types", "declared types", 2_000),
    PARAMETERS("values", "parameters of one type", 100),
    RESULTS("values", "results of one type", 100),
    /// The engine holds each function against each type.
    TYPE_PAIRS("pairs", "declared types times functions", 2_000_000),
    CALL_TARGETS("functions", "functions of equal type, over all declared types", 40_000),
    IMPORTS("imports", "imports", 1_000),
    EXPORTS("exports", "exports", 10_000),
    GLOBALS("globals", "globals, imported ones included", 10_000),
    TABLES("tables", "tables, imported ones included", 100),
    ELEMENT_SEGMENTS("segments", "element segments", 10_000),
    ELEMENTS("elements", "elements of all element segments", 100_000),
    DATA_SEGMENTS("segments", "data segments", 100_000),
    DATA("bytes", "bytes of all data segments", 16 << 20),
    NAME("bytes", "length of the name of an import, an export or a section", 4_096),
    CONSTANT("bytes", "code of one constant", 256),
    CUSTOM_SECTIONS("sections", "custom sections", 1_000),
    CUSTOM("bytes", "bytes of all custom sections", 16 << 20);

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final String unit;
    private final String meaning;
    private final long maximum;
    private final long processMaximum;

    ModuleLimit(String unit, String meaning, long maximum) {
        this(unit, meaning, maximum, maximum);
    }

    ModuleLimit(String unit, String meaning, long maximum, long processMaximum) {
        this.unit = unit;
        this.meaning = meaning;
        this.maximum = maximum;
        this.processMaximum = processMaximum;
    }

    public String label() {
        return label;
    }

    /// What it counts.
    public String unit() {
        return unit;
    }

    /// What it bounds.
    public String meaning() {
        return meaning;
    }

    /// The most that a module may have.
    ///
    /// @param process whether it is compiled in a process of its own
    public long maximum(boolean process) {
        return process ? processMaximum : maximum;
    }

    /// A name of all limits together, which changes whenever one of them does.
    ///
    /// @param process whether modules are compiled in a process of their own
    public static String version(boolean process) {
        int hash = 1;
        for (ModuleLimit limit : values()) {
            hash = 31 * hash + Long.hashCode(limit.maximum(process));
        }
        return Integer.toHexString(hash);
    }

    /// How an author can stay below it.
    public String hint() {
        return switch (this) {
            case CODE, INSTRUCTIONS, FUNCTIONS, BRANCH_TABLES, FRAMES, TYPE_PAIRS, CALL_TARGETS ->
                "leave out code that is not used, compile for size (-Os), or make several extensions of it";
            case FUNCTION_CODE, LOCALS, NESTING, OPERANDS, BRANCH_TABLE, FUNCTION_FRAMES ->
                "divide the function in the source, or compile it for size (-Os)";
            case TYPES, PARAMETERS, RESULTS -> "hand structures over in memory, and declare each type once";
            case IMPORTS, EXPORTS, GLOBALS, TABLES, ELEMENT_SEGMENTS, ELEMENTS ->
                "import and export only what is used, and let the linker drop the rest";
            case DATA_SEGMENTS, DATA, CONSTANT -> "put large data into files of the bundle, not into the module";
            case NAME -> "use shorter names";
            case CUSTOM_SECTIONS, CUSTOM -> "strip debug information, for example with wasm-strip";
        };
    }
}
