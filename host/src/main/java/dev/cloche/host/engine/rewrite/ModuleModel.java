package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A WebAssembly module to be rewritten: read from bytes, changed by passes, written to bytes.
///
/// What passes do not change is carried along byte by byte, custom sections too. Functions become trees only when
/// they are asked for. Types, functions and globals are only ever added behind those that are there, so that
/// every index that stands anywhere in the module keeps its meaning. Used by one thread.
public final class ModuleModel {
    private final byte[] bytes;
    private final List<Section> sections = new ArrayList<>();
    private final List<Signature> types = new ArrayList<>();
    private final List<Integer> functionTypes = new ArrayList<>();
    private final List<GlobalType> globals = new ArrayList<>();
    private final List<ValueType> tables = new ArrayList<>();
    private final List<Code> codes = new ArrayList<>();
    private int importedFunctions;
    private int importedGlobals;

    /// What the module had when it was read. Its own code may name nothing else, least of all what passes have added.
    private Bounds original = new Bounds(0, 0, 0);
    private int memories;
    private boolean wideMemory;

    /// The code of a function that the module defines: where it lay, or what stands for it now.
    private static final class Code {
        final int start;
        final int end;
        byte @Nullable [] changed;

        Code(int start, int end) {
            this.start = start;
            this.end = end;
        }
    }

    /// How many there are of what code names by index.
    record Bounds(int types, int functions, int globals) {
        static Bounds of(ModuleModel module) {
            return new Bounds(module.types.size(), module.functionTypes.size(), module.globals.size());
        }
    }

    private ModuleModel(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Reads a module.
    ///
    /// @param bytes kept, not copied: they must not change any more
    /// @throws RewriteException if the module is malformed or has what the model does not know; functions are
    ///     looked into only when they are decoded
    public static ModuleModel parse(byte[] bytes) {
        var module = new ModuleModel(bytes);
        new ModuleParser(module, bytes).parse();
        module.original = Bounds.of(module);
        return module;
    }

    public List<Signature> types() {
        return Collections.unmodifiableList(types);
    }

    /// The element types of its tables, imported ones first.
    public List<ValueType> tables() {
        return Collections.unmodifiableList(tables);
    }

    /// Its globals, imported ones first.
    public List<GlobalType> globals() {
        return Collections.unmodifiableList(globals);
    }

    /// The number of its functions, imported ones, which come first, included.
    public int functionCount() {
        return functionTypes.size();
    }

    public int importedFunctions() {
        return importedFunctions;
    }

    public Signature functionType(int function) {
        return types.get(functionTypes.get(function));
    }

    /// The size of a defined function's code, in bytes of the module.
    public int codeBytes(int function) {
        var code = code(function);
        byte[] changed = code.changed;
        return changed != null ? changed.length : code.end - code.start;
    }

    /// Where a defined function's code begins in the module that was read.
    int codeStart(int function) {
        return code(function).start;
    }

    /// Turns a defined function into a tree; each call gives a new one.
    ///
    /// @throws RewriteException if its code is malformed
    public Decoded decode(int function) {
        var code = code(function);
        byte[] changed = code.changed;
        if (changed != null) {
            return new BodyDecoder(this, Bounds.of(this), functionType(function), new ByteReader(changed)).decode();
        }
        var in = new ByteReader(bytes, code.start, code.end);
        return new BodyDecoder(this, original, functionType(function), in).decode();
    }

    /// The index of a type, which is added if the module does not have it.
    public int typeIndex(Signature type) {
        int known = types.indexOf(type);
        if (known >= 0) {
            return known;
        }
        types.add(type);
        return types.size() - 1;
    }

    /// Adds a mutable global of a number type that starts as zero and is not exported.
    ///
    /// @return its index
    public int addGlobal(ValueType type) {
        if (!type.isNumber()) {
            throw new IllegalArgumentException("only globals of number types can be added, type=" + type);
        }
        globals.add(new GlobalType(type, true));
        return globals.size() - 1;
    }

    /// Adds a function, whose code must then be [#define]d.
    ///
    /// @return its index
    public int declare(Signature type) {
        functionTypes.add(typeIndex(type));
        codes.add(new Code(0, 0));
        return functionTypes.size() - 1;
    }

    /// Gives a function its code, a new one or another one.
    public void define(int function, Body body) {
        code(function).changed = new BodyEncoder(this, body).encode();
    }

    /// Writes the module; byte by byte what was read if nothing was changed.
    public byte[] encode() {
        var out = new ByteWriter();
        out.bytes(bytes, 0, ModuleParser.HEADER_BYTES);
        int written = -1;
        for (Section section : sections) {
            int rank = Section.rank(section.id());
            if (rank >= 0) {
                writeMissing(out, written, rank);
                written = rank;
            }
            write(out, section);
        }
        writeMissing(out, written, Integer.MAX_VALUE);
        return out.toByteArray();
    }

    /// Writes what was added to sections that the module does not have, between two that it has.
    private void writeMissing(ByteWriter out, int after, int before) {
        for (int id : new int[] {Section.TYPE, Section.FUNCTION, Section.GLOBAL, Section.CODE}) {
            int rank = Section.rank(id);
            if (rank > after && rank < before && isChanged(id)) {
                write(out, new Section(id, 0, 0, 0));
            }
        }
    }

    private boolean isChanged(int id) {
        return switch (id) {
            case Section.TYPE -> types.size() > original.types();
            case Section.FUNCTION -> functionTypes.size() > original.functions();
            case Section.GLOBAL -> globals.size() > original.globals();
            case Section.CODE ->
                functionTypes.size() > original.functions() || codes.stream().anyMatch(code -> code.changed != null);
            default -> false;
        };
    }

    private void write(ByteWriter out, Section section) {
        if (!isChanged(section.id())) {
            out.bytes(bytes, section.start(), section.end());
            return;
        }
        byte[] payload = switch (section.id()) {
            case Section.TYPE -> types(section);
            case Section.FUNCTION -> functions(section);
            case Section.GLOBAL -> globals(section);
            default -> code();
        };
        out.u8(section.id()).sized(payload);
    }

    private byte[] types(Section section) {
        var out = new ByteWriter().u32(types.size());
        appendItems(out, section);
        for (Signature type : types.subList(original.types(), types.size())) {
            out.u8(ModuleParser.FUNCTION_TYPE);
            writeTypes(out, type.params());
            writeTypes(out, type.results());
        }
        return out.toByteArray();
    }

    private static void writeTypes(ByteWriter out, List<ValueType> types) {
        out.u32(types.size());
        types.forEach(type -> out.u8(type.code()));
    }

    private byte[] functions(Section section) {
        var out = new ByteWriter().u32(functionTypes.size() - importedFunctions);
        appendItems(out, section);
        functionTypes.subList(original.functions(), functionTypes.size()).forEach(out::u32);
        return out.toByteArray();
    }

    private byte[] globals(Section section) {
        var out = new ByteWriter().u32(globals.size() - importedGlobals);
        appendItems(out, section);
        for (GlobalType global : globals.subList(original.globals(), globals.size())) {
            out.u8(global.type().code()).u8(1);
            switch (global.type()) {
                case I32 -> out.u8(Opcodes.I32_CONST).u8(0);
                case I64 -> out.u8(Opcodes.I64_CONST).u8(0);
                case F32 -> out.u8(Opcodes.F32_CONST).bytes(new byte[Float.BYTES]);
                default -> out.u8(Opcodes.F64_CONST).bytes(new byte[Double.BYTES]);
            }
            out.u8(Opcodes.END);
        }
        return out.toByteArray();
    }

    private byte[] code() {
        var out = new ByteWriter().u32(codes.size());
        for (Code code : codes) {
            byte[] changed = code.changed;
            if (changed != null) {
                out.sized(changed);
            } else if (code.end == 0) {
                throw new IllegalStateException("a function was declared but not defined");
            } else {
                out.u32(code.end - code.start).bytes(bytes, code.start, code.end);
            }
        }
        return out.toByteArray();
    }

    /// What stands in a section behind the number of its items.
    private void appendItems(ByteWriter out, Section section) {
        if (section.end() > section.payload()) {
            var in = section.reader(bytes);
            in.u32();
            out.bytes(bytes, in.position(), section.end());
        }
    }

    private Code code(int function) {
        if (function < importedFunctions || function >= functionTypes.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "not a function that the module defines, function=%d, imported=%d, functions=%d",
                    function,
                    importedFunctions,
                    functionTypes.size()));
        }
        return codes.get(function - importedFunctions);
    }

    int memories() {
        return memories;
    }

    /// Whether a memory has 64-bit addresses.
    boolean wideMemory() {
        return wideMemory;
    }

    void addParsed(Section section) {
        sections.add(section);
    }

    void addParsed(Signature type) {
        types.add(type);
    }

    void addParsedFunction(int typeIndex, boolean imported) {
        functionTypes.add(typeIndex);
        importedFunctions += imported ? 1 : 0;
    }

    void addParsed(GlobalType global, boolean imported) {
        globals.add(global);
        importedGlobals += imported ? 1 : 0;
    }

    void addParsedTable(ValueType elements) {
        tables.add(elements);
    }

    void addParsedMemory(boolean wide) {
        memories++;
        wideMemory |= wide;
    }

    void addParsedCode(int start, int end) {
        codes.add(new Code(start, end));
    }
}
