package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import run.endive.runtime.Memory;

/// An image as a stream of bytes, the same for both kinds of memory. Zeros are left out.
///
/// Whoever keeps it checks that it comes back unchanged; what is checked here is that it makes sense.
final class StoredImage {
    /*
     * All numbers big-endian. A run is so many blocks of content at a block number; runs ascend.
     *
     *     8 magic   4 version   8 length   4 globals   8 each   4 segments   1 each: dropped or not
     *     runs:     4 first block   4 blocks   content
     *     end:      4 -1
     */
    static final long MAGIC = 0x434c_4f43_4845_494dL;
    static final int VERSION = 1;
    static final int BLOCK_BYTES = 4_096;

    /// Blocks of a run at most: what is held in an array at once.
    static final int RUN_BLOCKS_MAX = 64;

    /// More globals or segments than this are taken for damage.
    static final int COUNT_MAX = 1 << 20;

    private static final int END = -1;

    /// Takes content in ascending order, then makes an image of it.
    interface Target {
        void put(long position, byte[] content, int size) throws IOException;

        MemoryImage finish();

        /// Gives up what has been put so far.
        void abandon();
    }

    /// Makes room for an image of this state.
    interface Targets {
        Target open(MemoryImage.State state);
    }

    private StoredImage() {}

    static void write(MemoryImage image, OutputStream output) throws IOException {
        DataOutputStream data = new DataOutputStream(output);
        data.writeLong(MAGIC);
        data.writeInt(VERSION);
        data.writeLong(image.length());
        long[] globals = image.globals();
        data.writeInt(globals.length);
        for (long global : globals) {
            data.writeLong(global);
        }
        boolean[] dropped = image.dropped();
        data.writeInt(dropped.length);
        for (boolean gone : dropped) {
            data.writeBoolean(gone);
        }
        writeRuns(image, data);
        data.flush();
    }

    private static void writeRuns(MemoryImage image, DataOutputStream data) throws IOException {
        byte[] window = new byte[RUN_BLOCKS_MAX * BLOCK_BYTES];
        for (long at = 0; at < image.length(); at += window.length) {
            int size = (int) Math.min(window.length, image.length() - at);
            image.load(at, window, size);
            for (int from = 0; from < size; ) {
                int to = from;
                while (to < size && !isZero(window, to)) {
                    to += BLOCK_BYTES;
                }
                if (to > from) {
                    data.writeInt((int) ((at + from) / BLOCK_BYTES));
                    data.writeInt((to - from) / BLOCK_BYTES);
                    data.write(window, from, to - from);
                }
                from = to + BLOCK_BYTES;
            }
        }
        data.writeInt(END);
    }

    private static boolean isZero(byte[] window, int from) {
        for (int i = from; i < from + BLOCK_BYTES; i++) {
            if (window[i] != 0) {
                return false;
            }
        }
        return true;
    }

    static MemoryImage read(InputStream input, long capBytes, Targets targets) throws IOException {
        try {
            return read(new DataInputStream(input), capBytes, targets);
        } catch (EOFException e) {
            throw new IOException("the stored image is cut short, cap=" + capBytes, e);
        }
    }

    private static MemoryImage read(DataInputStream data, long capBytes, Targets targets) throws IOException {
        check(data.readLong() == MAGIC, "magic", MAGIC);
        int version = data.readInt();
        check(version == VERSION, "version", version);
        long length = data.readLong();
        check(length >= 0 && length % Memory.PAGE_SIZE == 0, "length", length);
        if (length > Math.min(capBytes, Memory.RUNTIME_MAX_PAGES * (long) Memory.PAGE_SIZE)) {
            throw new MemoryRefusedException(
                    Reason.ABOVE_CAP, "the stored image is larger than the cap, bytes=" + length + " cap=" + capBytes);
        }
        long[] globals = new long[count(data.readInt(), "globals")];
        for (int i = 0; i < globals.length; i++) {
            globals[i] = data.readLong();
        }
        boolean[] dropped = new boolean[count(data.readInt(), "segments")];
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = data.readBoolean();
        }
        return readContent(data, targets.open(new MemoryImage.State(length, globals, dropped)), length);
    }

    private static MemoryImage readContent(DataInputStream data, Target target, long length) throws IOException {
        boolean complete = false;
        try {
            readRuns(data, target, length);
            complete = true;
        } finally {
            if (!complete) {
                target.abandon();
            }
        }
        return target.finish();
    }

    private static void readRuns(DataInputStream data, Target target, long length) throws IOException {
        byte[] content = new byte[RUN_BLOCKS_MAX * BLOCK_BYTES];
        long next = 0;
        for (int first = data.readInt(); first != END; first = data.readInt()) {
            check(first >= next, "block", first);
            int blocks = data.readInt();
            check(blocks > 0 && blocks <= RUN_BLOCKS_MAX, "blocks", blocks);
            next = (long) first + blocks;
            check(next * BLOCK_BYTES <= length, "end", next * BLOCK_BYTES);
            int size = blocks * BLOCK_BYTES;
            data.readFully(content, 0, size);
            target.put(first * (long) BLOCK_BYTES, content, size);
        }
    }

    private static int count(int count, String name) throws IOException {
        check(count >= 0 && count <= COUNT_MAX, name, count);
        return count;
    }

    private static void check(boolean sound, String name, long value) throws IOException {
        if (!sound) {
            throw new IOException("the stored image is damaged or of another version, " + name + "=" + value);
        }
    }
}
