package dev.cloche.host.engine.rewrite;

/// Where a section of a module lies.
///
/// @param start of its header
/// @param payload first byte behind its header
/// @param end first byte behind it
record Section(int id, int start, int payload, int end) {
    static final int CUSTOM = 0;
    static final int TYPE = 1;
    static final int IMPORT = 2;
    static final int FUNCTION = 3;
    static final int TABLE = 4;
    static final int MEMORY = 5;
    static final int GLOBAL = 6;
    static final int EXPORT = 7;
    static final int START = 8;
    static final int ELEMENT = 9;
    static final int CODE = 10;
    static final int DATA = 11;
    static final int DATA_COUNT = 12;
    static final int TAG = 13;

    private static final int[] ORDER = {
        TYPE, IMPORT, FUNCTION, TABLE, MEMORY, TAG, GLOBAL, EXPORT, START, ELEMENT, DATA_COUNT, CODE, DATA
    };

    /// The place of a section in a module; custom sections, which may stand anywhere, have none.
    ///
    /// @return -1 for an id that is not known
    static int rank(int id) {
        for (int i = 0; i < ORDER.length; i++) {
            if (ORDER[i] == id) {
                return i;
            }
        }
        return -1;
    }

    ByteReader reader(byte[] module) {
        return new ByteReader(module, payload, end);
    }
}
