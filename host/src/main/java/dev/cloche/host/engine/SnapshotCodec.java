package dev.cloche.host.engine;

import dev.cloche.host.engine.cache.CacheCodec;
import dev.cloche.host.engine.cache.CacheEntry;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryImage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// How a snapshot lies on disk: the guest's clock, roots, globals, dropped element segments, tables, each with its
/// length before it, then the memory in a form of its own.
final class SnapshotCodec implements CacheCodec<Snapshot> {
    /// Changes with the form.
    static final int VERSION = 1;

    /// Numbers in one of the parts, at most: what modules may have of each is far below.
    private static final int COUNT_MAX = 1 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Memories memories;
    private final long capBytes;

    SnapshotCodec(Memories memories, long capBytes) {
        this.capBytes = capBytes;
        this.memories = memories;
    }

    @Override
    public void write(Snapshot snapshot, OutputStream out) throws IOException {
        var data = new DataOutputStream(out);
        data.writeLong(snapshot.clockNanos());
        writeInts(data, snapshot.roots());
        data.writeInt(snapshot.globals().length);
        for (long word : snapshot.globals()) {
            data.writeLong(word);
        }
        data.writeInt(snapshot.droppedElements().length);
        for (boolean dropped : snapshot.droppedElements()) {
            data.writeBoolean(dropped);
        }
        data.writeInt(snapshot.tables().size());
        for (int[] elements : snapshot.tables()) {
            writeInts(data, elements);
        }
        snapshot.memory().writeTo(data);
    }

    private static void writeInts(DataOutputStream data, int[] values) throws IOException {
        data.writeInt(values.length);
        for (int value : values) {
            data.writeInt(value);
        }
    }

    @Override
    public Snapshot read(CacheEntry entry) throws IOException {
        return read(entry.stream());
    }

    private Snapshot read(InputStream stream) throws IOException {
        var data = new DataInputStream(new BufferedInputStream(stream, BUFFER_BYTES));
        long clockNanos = data.readLong();
        int[] roots = readInts(data);
        long[] globals = new long[count(data)];
        for (int i = 0; i < globals.length; i++) {
            globals[i] = data.readLong();
        }
        boolean[] dropped = new boolean[count(data)];
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = data.readBoolean();
        }
        List<int[]> tables = new ArrayList<>();
        for (int i = count(data); i > 0; i--) {
            tables.add(readInts(data));
        }
        MemoryImage memory = memories.readImage(data, capBytes);
        return new Snapshot(memory, globals, tables, dropped, clockNanos, roots);
    }

    private static int[] readInts(DataInputStream data) throws IOException {
        int[] values = new int[count(data)];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.readInt();
        }
        return values;
    }

    private static int count(DataInputStream data) throws IOException {
        int count = data.readInt();
        if (count < 0 || count > COUNT_MAX) {
            throw new IOException("a snapshot has a count that is out of range, count=" + count);
        }
        return count;
    }
}
