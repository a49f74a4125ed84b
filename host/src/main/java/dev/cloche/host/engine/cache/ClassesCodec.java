package dev.cloche.host.engine.cache;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Compiled classes by name, in the order in which they were given: their number, and for each its name, its length and
/// its bytes.
///
/// Content that has not this form is told by an [IOException] and never by memory that runs out: nothing is allocated
/// that the entry is too short for.
public final class ClassesCodec implements CacheCodec<Map<String, byte[]>> {
    /// Classes of one entry, at most.
    public static final int CLASSES_MAX = 65_536;

    @Override
    public Map<String, byte[]> read(CacheEntry entry) throws IOException {
        // Read at once: the hash has brought it into the system's memory, and streaming would seek for each class.
        return read(entry.bytes());
    }

    /// What was written.
    ///
    /// @throws IOException if the bytes have not the form
    public static Map<String, byte[]> read(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        int count = in.readInt();
        if (count < 0 || count > CLASSES_MAX) {
            throw new IOException("the number of classes is out of range, classes=" + count);
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            if (classes.put(name, bytes(in)) != null) {
                throw new IOException("a class is there twice, class=" + name);
            }
        }
        if (in.available() > 0) {
            throw new IOException("there is something behind the last class, bytes=" + in.available());
        }
        return Collections.unmodifiableMap(classes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException("a class is longer than what is left, length=" + length);
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /// @throws IllegalArgumentException if there are more than [#CLASSES_MAX]
    @Override
    public void write(Map<String, byte[]> classes, OutputStream out) throws IOException {
        if (classes.size() > CLASSES_MAX) {
            throw new IllegalArgumentException("too many classes for one entry, classes=" + classes.size());
        }
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(classes.size());
        for (Map.Entry<String, byte[]> named : classes.entrySet()) {
            data.writeUTF(named.getKey());
            data.writeInt(named.getValue().length);
            data.write(named.getValue());
        }
    }
}
