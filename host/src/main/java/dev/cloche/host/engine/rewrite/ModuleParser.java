package dev.cloche.host.engine.rewrite;

import java.util.Arrays;

/// Reads a module as far as passes need to know it.
final class ModuleParser {
    static final int HEADER_BYTES = 8;
    static final int FUNCTION_TYPE = 0x60;

    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private static final int EXTERNAL_FUNCTION = 0;
    private static final int EXTERNAL_TABLE = 1;
    private static final int EXTERNAL_MEMORY = 2;
    private static final int EXTERNAL_GLOBAL = 3;
    private static final int EXTERNAL_TAG = 4;
    private static final int ELEMENT_INACTIVE = 1;
    private static final int ELEMENT_EXPLICIT = 2;
    private static final int ELEMENT_EXPRESSIONS = 4;
    private static final int ELEMENT_FLAGS = 7;
    private static final int DATA_PASSIVE = 1;
    private static final int DATA_EXPLICIT = 2;
    private static final int LIMIT_HAS_MAX = 1;
    private static final int LIMIT_SHARED = 2;
    private static final int LIMIT_WIDE = 4;

    private final ModuleModel module;
    private final byte[] bytes;
    private int defined;

    ModuleParser(ModuleModel module, byte[] bytes) {
        this.module = module;
        this.bytes = bytes;
    }

    void parse() {
        checkHeader(bytes);
        var in = new ByteReader(bytes, HEADER_BYTES, bytes.length);
        int last = -1;
        boolean code = false;
        while (!in.atEnd()) {
            int start = in.position();
            int id = in.u8();
            int size = in.u32();
            var section = new Section(id, start, in.position(), in.position() + Math.min(size, in.remaining()));
            in.skip(size);
            module.addParsed(section);
            if (id == Section.CUSTOM) {
                section.reader(bytes).skipName();
                continue;
            }
            int rank = Section.rank(id);
            if (rank <= last) {
                throw new RewriteException("an unknown section, or one out of order, id=" + id, start);
            }
            last = rank;
            code |= id == Section.CODE;
            read(id, section.reader(bytes));
        }
        if (defined > 0 && !code) {
            throw new RewriteException("the functions have no code, functions=" + defined);
        }
    }

    static void checkHeader(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || !Arrays.equals(bytes, 0, HEADER_BYTES, HEADER, 0, HEADER_BYTES)) {
            throw new RewriteException("not a WebAssembly module of version 1", 0);
        }
    }

    private void read(int id, ByteReader in) {
        switch (id) {
            case Section.TYPE -> items(in, "types", this::type);
            case Section.IMPORT -> items(in, "imports", this::external);
            case Section.FUNCTION -> items(in, "functions", this::function);
            case Section.TABLE -> items(in, "tables", this::table);
            case Section.MEMORY -> items(in, "memories", this::memory);
            case Section.GLOBAL -> items(in, "globals", this::global);
            case Section.EXPORT -> items(in, "exports", this::export);
            case Section.START -> functionIndex(in);
            case Section.ELEMENT -> items(in, "element segments", this::element);
            case Section.CODE -> code(in);
            case Section.DATA -> items(in, "data segments", this::data);
            default -> {
                // Nothing that passes need to know.
            }
        }
    }

    private interface Item {
        void read(ByteReader in);
    }

    private static void items(ByteReader in, String what, Item item) {
        int count = in.count(what);
        for (int i = 0; i < count; i++) {
            item.read(in);
        }
        if (!in.atEnd()) {
            throw new RewriteException("there is more in a section than its " + what, in.position());
        }
    }

    private void type(ByteReader in) {
        int form = in.u8();
        if (form != FUNCTION_TYPE) {
            throw new RewriteException("only types of functions are supported, form=" + form, in.position() - 1);
        }
        module.addParsed(new Signature(valueTypes(in), valueTypes(in)));
    }

    private static java.util.List<ValueType> valueTypes(ByteReader in) {
        var types = new ValueType[in.count("value types")];
        for (int i = 0; i < types.length; i++) {
            types[i] = valueType(in);
        }
        return Arrays.asList(types);
    }

    private static ValueType valueType(ByteReader in) {
        int at = in.position();
        return ValueType.of(in.u8(), at);
    }

    private void external(ByteReader in) {
        in.skipName();
        in.skipName();
        int kind = in.u8();
        switch (kind) {
            case EXTERNAL_FUNCTION ->
                module.addParsedFunction(in.index("type", module.types().size()), true);
            case EXTERNAL_TABLE -> tableType(in);
            case EXTERNAL_MEMORY -> memory(in);
            case EXTERNAL_GLOBAL -> module.addParsed(globalType(in), true);
            case EXTERNAL_TAG -> {
                in.u8();
                in.index("type", module.types().size());
            }
            default -> throw new RewriteException("an unknown kind of import, kind=" + kind, in.position() - 1);
        }
    }

    private void function(ByteReader in) {
        module.addParsedFunction(in.index("type", module.types().size()), false);
        defined++;
    }

    private void table(ByteReader in) {
        tableType(in);
    }

    private void tableType(ByteReader in) {
        var elements = valueType(in);
        if (!elements.isReference()) {
            throw new RewriteException("a table of what is no reference, type=" + elements, in.position());
        }
        limits(in);
        module.addParsedTable(elements);
    }

    private void memory(ByteReader in) {
        module.addParsedMemory((limits(in) & LIMIT_WIDE) != 0);
    }

    private static int limits(ByteReader in) {
        int flags = in.u8();
        if ((flags & ~(LIMIT_HAS_MAX | LIMIT_SHARED | LIMIT_WIDE)) != 0) {
            throw new RewriteException("unknown limits, flags=" + flags, in.position() - 1);
        }
        in.signed();
        if ((flags & LIMIT_HAS_MAX) != 0) {
            in.signed();
        }
        return flags;
    }

    private void global(ByteReader in) {
        var type = globalType(in);
        constantExpression(in);
        module.addParsed(type, false);
    }

    private static GlobalType globalType(ByteReader in) {
        var type = valueType(in);
        int mutability = in.u8();
        if (mutability > 1) {
            throw new RewriteException("neither constant nor mutable, mutability=" + mutability, in.position() - 1);
        }
        return new GlobalType(type, mutability == 1);
    }

    private void constantExpression(ByteReader in) {
        var instructions = new InstructionReader(module, ModuleModel.Bounds.of(module), in);
        for (int opcode = in.u8(); opcode != Opcodes.END; opcode = in.u8()) {
            if (instructions.read(opcode) == null) {
                throw new RewriteException("in a constant: " + instructions.problem(), in.position());
            }
        }
    }

    /*
     * What passes add gets the indices behind those that the module has. So nothing in a module may name an index that
     * it does not have: it would get hold of what is ours.
     */

    private void export(ByteReader in) {
        in.skipName();
        int kind = in.u8();
        switch (kind) {
            case EXTERNAL_FUNCTION -> functionIndex(in);
            case EXTERNAL_TABLE -> in.index("table", module.tables().size());
            case EXTERNAL_MEMORY -> in.index("memory", module.memories());
            case EXTERNAL_GLOBAL -> in.index("global", module.globals().size());
            case EXTERNAL_TAG -> in.u32();
            default -> throw new RewriteException("an unknown kind of export, kind=" + kind, in.position() - 1);
        }
    }

    private void functionIndex(ByteReader in) {
        in.index("function", module.functionCount());
    }

    private void element(ByteReader in) {
        int flags = in.index("kind of element segment", ELEMENT_FLAGS + 1);
        boolean active = (flags & ELEMENT_INACTIVE) == 0;
        if (active && (flags & ELEMENT_EXPLICIT) != 0) {
            in.index("table", module.tables().size());
        }
        if (active) {
            constantExpression(in);
        }
        boolean expressions = (flags & ELEMENT_EXPRESSIONS) != 0;
        if ((flags & (ELEMENT_INACTIVE | ELEMENT_EXPLICIT)) != 0) {
            // The type of the elements, or that they are functions.
            in.u8();
        }
        int count = in.count("elements");
        for (int i = 0; i < count; i++) {
            if (expressions) {
                constantExpression(in);
            } else {
                functionIndex(in);
            }
        }
    }

    private void data(ByteReader in) {
        int flags = in.index("kind of data segment", DATA_EXPLICIT + 1);
        if (flags == DATA_EXPLICIT) {
            in.index("memory", module.memories());
        }
        if (flags != DATA_PASSIVE) {
            constantExpression(in);
        }
        in.skip(in.u32());
    }

    private void code(ByteReader in) {
        int count = in.count("functions");
        if (count != defined) {
            throw new RewriteException("not every function has its code, functions=" + defined + ", codes=" + count);
        }
        for (int i = 0; i < count; i++) {
            int size = in.u32();
            int start = in.position();
            in.skip(size);
            if (size == 0) {
                throw new RewriteException("a function without code", start);
            }
            module.addParsedCode(start, in.position());
        }
        if (!in.atEnd()) {
            throw new RewriteException("there is more in a section than its functions", in.position());
        }
    }
}
