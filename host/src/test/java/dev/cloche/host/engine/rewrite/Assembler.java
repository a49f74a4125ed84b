package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Scanner;

/// Makes test modules of words that look like the text format: one function each, named `f0`, of one signature.
///
/// ```
/// block:i32 ... end   loop ... end   if ... else ... end   br 0   br_if 1   br_table 0 1 1 ;
/// get 0   set 1   tee 2   gget 1   gset 1   i32 5   i64 7   call 1   and the instructions in OPCODES
/// ```
final class Assembler {
    private static final Map<String, Integer> OPCODES = Map.ofEntries(
            Map.entry("unreachable", Opcodes.UNREACHABLE),
            Map.entry("return", Opcodes.RETURN),
            Map.entry("drop", Opcodes.DROP),
            Map.entry("end", Opcodes.END),
            Map.entry("else", Opcodes.ELSE),
            Map.entry("eqz", Opcodes.I32_EQZ),
            Map.entry("eq", 0x46),
            Map.entry("lt", 0x48),
            Map.entry("gt", 0x4A),
            Map.entry("add", 0x6A),
            Map.entry("sub", 0x6B),
            Map.entry("mul", 0x6C),
            Map.entry("and", 0x71),
            Map.entry("xor", 0x73),
            Map.entry("rem", 0x70),
            Map.entry("wide", Opcodes.I64_EXTEND_I32_U),
            Map.entry("narrow", Opcodes.I32_WRAP_I64),
            Map.entry("add64", 0x7C),
            Map.entry("mul64", 0x7E));
    private static final Map<String, Integer> INDEXED = Map.of(
            "br",
            Opcodes.BR,
            "br_if",
            Opcodes.BR_IF,
            "get",
            Opcodes.LOCAL_GET,
            "set",
            Opcodes.LOCAL_SET,
            "tee",
            Opcodes.LOCAL_TEE,
            "gget",
            Opcodes.GLOBAL_GET,
            "gset",
            Opcodes.GLOBAL_SET,
            "call",
            Opcodes.CALL,
            "ref",
            Opcodes.REF_FUNC);
    private static final Map<String, Integer> BLOCKS =
            Map.of("block", Opcodes.BLOCK, "loop", Opcodes.LOOP, "if", Opcodes.IF);

    private static final int EMPTY = 0x40;

    private final ByteWriter out = new ByteWriter();
    private final Scanner words;

    private Assembler(String text) {
        this.words = new Scanner(text);
    }

    /// @param locals those behind the parameters
    static ModuleLayout.TestModule module(Signature type, List<ValueType> locals, String text) {
        var layout = new ModuleLayout(List.of(type));
        var body = new ByteWriter().u32(locals.size());
        locals.forEach(local -> body.u32(1).u8(local.code()));
        body.bytes(new Assembler(text).assemble()).u8(Opcodes.END);
        var elements = List.of(1, 1, 1, 1, 1, 1, 1);
        return layout.build(1, List.of(body.toByteArray()), elements, new byte[ModuleLayout.DATA_BYTES]);
    }

    private byte[] assemble() {
        while (words.hasNext()) {
            String word = words.next();
            String[] parts = word.split(":", -1);
            if (BLOCKS.containsKey(parts[0])) {
                out.u8(Objects.requireNonNull(BLOCKS.get(parts[0]))).u8(parts.length > 1 ? type(parts[1]) : EMPTY);
            } else if (INDEXED.containsKey(word)) {
                out.u8(INDEXED.get(word)).u32(words.nextInt());
            } else if (word.equals("i32") || word.equals("i64")) {
                out.u8(word.equals("i32") ? Opcodes.I32_CONST : Opcodes.I64_CONST)
                        .signed(words.nextLong());
            } else if (word.equals("br_table")) {
                table();
            } else {
                out.u8(Objects.requireNonNull(OPCODES.get(word), word));
            }
        }
        return out.toByteArray();
    }

    private void table() {
        var targets = new ArrayList<Integer>();
        while (words.hasNextInt()) {
            targets.add(words.nextInt());
        }
        words.next(";");
        out.u8(Opcodes.BR_TABLE).u32(targets.size() - 1);
        targets.forEach(out::u32);
    }

    private static int type(String word) {
        return ValueType.valueOf(word.toUpperCase(Locale.ROOT)).code();
    }
}
