package dev.cloche.host.engine.rewrite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Measures a module before anything expensive is done with it: goes over its bytes once and counts. What it keeps
/// meanwhile is bounded by the limits, whatever the module announces.
///
/// It is no validator. Where a module has what it does not know, it goes on behind that, since whoever decodes the
/// module refuses it.
public final class ModuleScan {
    /// Excesses that are kept; the module is refused for the first one already.
    public static final int EXCESSES_MAX = 100;

    private static final int EXTERNAL_FUNCTION = 0;
    private static final int EXTERNAL_TABLE = 1;
    private static final int EXTERNAL_MEMORY = 2;
    private static final int EXTERNAL_GLOBAL = 3;
    private static final int LIMIT_HAS_MAX = 1;
    private static final int REFERENCE_FIRST = 0x63;
    private static final int REFERENCE_LAST = 0x64;
    private static final int ELEMENT_INACTIVE = 1;
    private static final int ELEMENT_EXPLICIT = 2;
    private static final int ELEMENT_EXPRESSIONS = 4;
    private static final int DATA_PASSIVE = 1;
    private static final int DATA_EXPLICIT = 2;
    private static final String WHOLE = "the module";

    private final byte[] bytes;
    private final boolean process;
    private final Map<ModuleLimit, Long> amounts = new EnumMap<>(ModuleLimit.class);
    private final List<Excess> excesses = new ArrayList<>();
    private final List<Shape> types = new ArrayList<>();
    private final List<Integer> functions = new ArrayList<>();
    private int imported;

    /// One way in which a module is too large.
    ///
    /// @param maximum what the limit allows
    /// @param where the part of the module: a function, a section
    /// @param offset where that is, in bytes of the module
    public record Excess(ModuleLimit limit, long amount, long maximum, String where, int offset) {}

    /// How many values a type takes and gives, and which declared type is the first that equals it.
    record Shape(int parameters, int results, int parameterSlots, int first) {
        static final Shape NONE = new Shape(0, 0, 0, 0);
    }

    private ModuleScan(byte[] bytes, boolean process) {
        this.bytes = bytes;
        this.process = process;
    }

    /// Measures a module.
    ///
    /// @param bytes kept while it is measured, not copied
    /// @param process whether it is to be compiled in a process of its own
    /// @throws RewriteException if it is malformed
    public static ModuleScan of(byte[] bytes, boolean process) {
        var scan = new ModuleScan(bytes, process);
        scan.scan();
        return scan;
    }

    /// Everything in which the module is too large, in the order of its sections.
    public List<Excess> excesses() {
        return List.copyOf(excesses);
    }

    /// How large the module is in one way: in all, or where it is largest if the limit is one for a part.
    public long amount(ModuleLimit limit) {
        return amounts.getOrDefault(limit, 0L);
    }

    private void scan() {
        ModuleParser.checkHeader(bytes);
        var in = new ByteReader(bytes, ModuleParser.HEADER_BYTES, bytes.length);
        while (!in.atEnd()) {
            int start = in.position();
            int id = in.u8();
            int size = in.u32();
            section(id, start, in.part(size));
        }
        callTargets();
    }

    private void section(int id, int start, ByteReader in) {
        switch (id) {
            case Section.CUSTOM -> {
                add(ModuleLimit.CUSTOM_SECTIONS, 1, WHOLE, start);
                add(ModuleLimit.CUSTOM, in.remaining(), WHOLE, start);
                name(in, "a custom section");
            }
            case Section.TYPE -> types(in);
            case Section.IMPORT -> items(in, "imports", ModuleLimit.IMPORTS, this::external);
            case Section.FUNCTION -> items(in, "functions", ModuleLimit.FUNCTIONS, this::function);
            case Section.TABLE -> items(in, "tables", ModuleLimit.TABLES, this::tableType);
            case Section.GLOBAL -> items(in, "globals", ModuleLimit.GLOBALS, this::global);
            case Section.EXPORT -> items(in, "exports", ModuleLimit.EXPORTS, this::export);
            case Section.ELEMENT -> items(in, "element segments", ModuleLimit.ELEMENT_SEGMENTS, this::element);
            case Section.CODE -> code(in, start);
            case Section.DATA -> items(in, "data segments", ModuleLimit.DATA_SEGMENTS, this::data);
            default -> {
                // Memories have limits of their own; whatever else there is has nothing that could be large.
            }
        }
    }

    private interface Item {
        /// @return whether the section can be read on
        boolean read(ByteReader in, int index);
    }

    private void items(ByteReader in, String what, ModuleLimit limit, Item item) {
        int start = in.position();
        int count = in.count(what);
        if (!add(limit, count, WHOLE, start)) {
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!item.read(in, i)) {
                return;
            }
        }
    }

    private void types(ByteReader in) {
        var first = new HashMap<ByteBuffer, Integer>();
        items(in, "types", ModuleLimit.TYPES, (reader, index) -> type(reader, index, first));
    }

    private boolean type(ByteReader in, int index, Map<ByteBuffer, Integer> first) {
        int start = in.position();
        if (in.u8() != ModuleParser.FUNCTION_TYPE) {
            return false;
        }
        int from = in.position();
        int parameters = in.count("value types");
        int slots = 0;
        for (int i = 0; i < parameters; i++) {
            slots += valueType(in);
        }
        int results = in.count("value types");
        for (int i = 0; i < results; i++) {
            valueType(in);
        }
        String where = "type[" + index + "]";
        max(ModuleLimit.PARAMETERS, parameters, where, start);
        max(ModuleLimit.RESULTS, results, where, start);
        var key = ByteBuffer.wrap(bytes, from, in.position() - from);
        Integer known = first.putIfAbsent(key, types.size());
        types.add(new Shape(parameters, results, slots, known == null ? types.size() : known));
        return true;
    }

    /// @return how many slots of a JVM frame a value of the type takes
    static int valueType(ByteReader in) {
        int code = in.u8();
        if (code >= REFERENCE_FIRST && code <= REFERENCE_LAST) {
            in.signed();
        }
        return code == ValueType.I64.code() || code == ValueType.F64.code() ? 2 : 1;
    }

    private boolean external(ByteReader in, int index) {
        String where = "import[" + index + "]";
        name(in, where);
        name(in, where);
        int start = in.position();
        switch (in.u8()) {
            case EXTERNAL_FUNCTION -> {
                imported++;
                return add(ModuleLimit.FUNCTIONS, 1, where, start) && function(in, index);
            }
            case EXTERNAL_TABLE -> {
                add(ModuleLimit.TABLES, 1, where, start);
                return tableType(in, index);
            }
            case EXTERNAL_MEMORY -> limits(in);
            case EXTERNAL_GLOBAL -> {
                add(ModuleLimit.GLOBALS, 1, where, start);
                valueType(in);
                in.u8();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean function(ByteReader in, int index) {
        functions.add(in.u32());
        return true;
    }

    private boolean tableType(ByteReader in, int index) {
        valueType(in);
        limits(in);
        return true;
    }

    private static void limits(ByteReader in) {
        int flags = in.u8();
        in.signed();
        if ((flags & LIMIT_HAS_MAX) != 0) {
            in.signed();
        }
    }

    private boolean global(ByteReader in, int index) {
        valueType(in);
        in.u8();
        return constant(in, "global[" + index + "]");
    }

    private boolean export(ByteReader in, int index) {
        name(in, "export[" + index + "]");
        in.u8();
        in.u32();
        return true;
    }

    private boolean element(ByteReader in, int index) {
        String where = "elem[" + index + "]";
        int start = in.position();
        int flags = in.u32();
        boolean active = (flags & ELEMENT_INACTIVE) == 0;
        if (active && (flags & ELEMENT_EXPLICIT) != 0) {
            in.u32();
        }
        if (active && !constant(in, where)) {
            return false;
        }
        boolean expressions = (flags & ELEMENT_EXPRESSIONS) != 0;
        if ((flags & (ELEMENT_INACTIVE | ELEMENT_EXPLICIT)) != 0) {
            valueType(in);
        }
        int count = in.count("elements");
        if (!add(ModuleLimit.ELEMENTS, count, where, start)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!expressions) {
                in.u32();
            } else if (!constant(in, where)) {
                return false;
            }
        }
        return true;
    }

    private boolean data(ByteReader in, int index) {
        String where = "data[" + index + "]";
        int start = in.position();
        int flags = in.u32();
        if (flags == DATA_EXPLICIT) {
            in.u32();
        }
        if (flags != DATA_PASSIVE && !constant(in, where)) {
            return false;
        }
        int size = in.u32();
        in.skip(size);
        add(ModuleLimit.DATA, size, where, start);
        return true;
    }

    private void code(ByteReader in, int start) {
        add(ModuleLimit.CODE, in.remaining(), WHOLE, start);
        int count = in.count("functions");
        for (int i = 0; i < count && excesses.size() < EXCESSES_MAX; i++) {
            int size = in.u32();
            int at = in.position();
            int function = imported + i;
            String where = "func[" + function + "]";
            if (max(ModuleLimit.FUNCTION_CODE, size, where, at)) {
                new BodyScan(this, in.part(size), where).run(typeOf(function));
            } else {
                in.skip(size);
            }
        }
    }

    private boolean constant(ByteReader in, String where) {
        int start = in.position();
        boolean known = BodyScan.skipConstant(in);
        max(ModuleLimit.CONSTANT, in.position() - start, where, start);
        return known;
    }

    private void name(ByteReader in, String where) {
        int start = in.position();
        int size = in.u32();
        in.skip(size);
        max(ModuleLimit.NAME, size, where, start);
    }

    /// For each declared type the engine lists all functions of an equal one: types that are declared twice have two
    /// lists.
    private void callTargets() {
        int[] functionsByType = new int[types.size()];
        for (int type : functions) {
            if (type < types.size()) {
                functionsByType[types.get(type).first()]++;
            }
        }
        long targets =
                types.stream().mapToLong(type -> functionsByType[type.first()]).sum();
        max(ModuleLimit.TYPE_PAIRS, (long) types.size() * functions.size(), WHOLE, ModuleParser.HEADER_BYTES);
        max(ModuleLimit.CALL_TARGETS, targets, WHOLE, ModuleParser.HEADER_BYTES);
    }

    /// What a function takes and gives; nothing where there is no such function.
    Shape typeOf(int function) {
        return function < functions.size() ? type(functions.get(function)) : Shape.NONE;
    }

    Shape type(int index) {
        return index < types.size() ? types.get(index) : Shape.NONE;
    }

    /// Counts something of which the module has so many in all.
    ///
    /// @return whether it is within the limit
    boolean add(ModuleLimit limit, long amount, String where, int offset) {
        long before = amount(limit);
        long total = before + amount;
        amounts.put(limit, total);
        return total <= limit.maximum(process) || exceeded(limit, before, total, where, offset);
    }

    /// Holds the size of one part against its limit.
    ///
    /// @return whether it is within the limit
    boolean max(ModuleLimit limit, long amount, String where, int offset) {
        amounts.merge(limit, amount, Math::max);
        return amount <= limit.maximum(process) || exceeded(limit, 0, amount, where, offset);
    }

    /// A total is reported once.
    private boolean exceeded(ModuleLimit limit, long before, long amount, String where, int offset) {
        if (before <= limit.maximum(process) && excesses.size() < EXCESSES_MAX) {
            excesses.add(new Excess(limit, amount, limit.maximum(process), where, offset));
        }
        return false;
    }
}
