package dev.cloche.host.engine.script;

import java.util.Arrays;

/// Turns the columns that QuickJS gives, which count bytes of UTF-8, into columns of UTF-16 units, which editors and
/// source maps count. Immutable.
final class ScriptColumns {
    /// What a script needs whose bytes are all characters of their own.
    private static final ScriptColumns SAME = new ScriptColumns(new byte[0], new int[0]);

    private static final int CAPACITY = 64;

    private final byte[] script;
    private final int[] lineStarts;

    private ScriptColumns(byte[] script, int[] lineStarts) {
        this.script = script;
        this.lineStarts = lineStarts;
    }

    static ScriptColumns of(byte[] script) {
        for (byte b : script) {
            if (b < 0) {
                return new ScriptColumns(script, lineStarts(script));
            }
        }
        return SAME;
    }

    /// The column in UTF-16 units; line and columns count from one.
    int utf16(int line, int byteColumn) {
        if (line > lineStarts.length) {
            return byteColumn;
        }
        int start = lineStarts[line - 1];
        int end = (int) Math.min(script.length, start + (byteColumn - 1L));
        int column = byteColumn - (end - start);
        for (int i = start; i < end; i++) {
            int b = script[i] & 0xff;
            column += b >= 0xf0 ? 2 : b >= 0x80 && b < 0xc0 ? 0 : 1;
        }
        return column;
    }

    private static int[] lineStarts(byte[] script) {
        int[] starts = new int[CAPACITY];
        int lines = 1;
        for (int i = 0; i < script.length; i++) {
            if (endsLine(script, i)) {
                if (lines == starts.length) {
                    starts = Arrays.copyOf(starts, lines * 2);
                }
                starts[lines++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, lines);
    }

    /// Whether the line ends with this byte: LF, or CR without LF. U+2028 and U+2029 do not count, as QuickJS counts
    /// them outside strings and comments only, where nobody writes them.
    private static boolean endsLine(byte[] script, int i) {
        return script[i] == '\n' || (script[i] == '\r' && (i + 1 == script.length || script[i + 1] != '\n'));
    }
}
