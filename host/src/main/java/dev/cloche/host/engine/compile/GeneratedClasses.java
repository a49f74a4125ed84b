package dev.cloche.host.engine.compile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/// Compiled classes as they lie in a jar or in the cache, made for one kind of memory, and the same classes for the
/// other kind: only the memory class's name differs, which stands in their constant pools.
final class GeneratedClasses {
    private static final String FOREIGN = ClassPass.FOREIGN_MEMORY.replace('.', '/');
    private static final String HEAP = "dev/cloche/host/engine/memory/HeapMemory";

    private static final int MAGIC = 0xcafebabe;
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int FLOAT = 4;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private GeneratedClasses() {}

    /// The classes with heap arrays as their memory.
    static Map<String, byte[]> forHeapMemory(Map<String, byte[]> foreign) {
        Map<String, byte[]> renamed = new TreeMap<>();
        foreign.forEach((name, bytes) -> renamed.put(name, isClass(bytes) ? renamed(bytes) : bytes));
        return renamed;
    }

    /// Whether a file is one of a class; beside those lie others.
    static boolean isClass(byte[] file) {
        return file.length > Integer.BYTES && ByteBuffer.wrap(file).getInt() == MAGIC;
    }

    private static byte[] renamed(byte[] classFile) {
        var bytes = new ByteArrayOutputStream(classFile.length);
        try (var in = new DataInputStream(new ByteArrayInputStream(classFile));
                var out = new DataOutputStream(bytes)) {
            // magic, minor and major version
            out.writeLong(in.readLong());
            int count = in.readUnsignedShort();
            out.writeShort(count);
            for (int i = 1; i < count; i++) {
                i += copyEntry(in, out);
            }
            in.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a generated class cannot be read, size=" + classFile.length, e);
        }
        return bytes.toByteArray();
    }

    /// @return how many more places of the pool the entry takes than one
    private static int copyEntry(DataInputStream in, DataOutputStream out) throws IOException {
        int tag = in.readUnsignedByte();
        out.writeByte(tag);
        switch (tag) {
            case UTF8 -> out.writeUTF(in.readUTF().replace(FOREIGN, HEAP));
            case LONG, DOUBLE -> {
                out.writeLong(in.readLong());
                return 1;
            }
            case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> out.writeShort(in.readUnsignedShort());
            case METHOD_HANDLE -> {
                out.writeByte(in.readUnsignedByte());
                out.writeShort(in.readUnsignedShort());
            }
            case INTEGER, FLOAT, 9, 10, 11, 12, 17, 18 -> out.writeInt(in.readInt());
            default -> throw new IOException("unknown entry of a constant pool, tag=" + tag);
        }
        return 0;
    }
}
