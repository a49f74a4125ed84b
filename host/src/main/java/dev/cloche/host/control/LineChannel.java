package dev.cloche.host.control;

import dev.cloche.host.control.ControlException.Code;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A connection as lines of bounded length. One thread reads and writes; any may close.
final class LineChannel implements Closeable {
    /// What every connection has to itself, in bytes.
    static final int BYTES_FIRST = 8 << 10;

    private final SocketChannel channel;
    private final String what;
    private final int bytesMax;
    private final LineRoom room;
    private byte[] bytes = new byte[BYTES_FIRST];
    private int filled;

    /// Of the room, for the line that was read last.
    private int held;

    /// @param what the lines that are read, for messages
    /// @param bytesMax how long one may be
    LineChannel(SocketChannel channel, String what, int bytesMax, LineRoom room) {
        this.channel = channel;
        this.what = what;
        this.bytesMax = bytesMax;
        this.room = room;
    }

    /// The next line, without its end; null where no whole line comes any more. The room for the one before is given
    /// back: until then somebody works with it.
    ///
    /// @throws ControlException if it is too long, or there is no room for it; nothing can be read after that
    byte @Nullable [] read() throws IOException {
        room.give(held);
        held = 0;
        int scanned = 0;
        while (true) {
            for (; scanned < filled; scanned++) {
                if (bytes[scanned] == '\n') {
                    return take(scanned);
                }
            }
            if (filled > bytesMax) {
                throw ControlProtocol.tooLarge(what, bytesMax);
            }
            if (filled == bytes.length) {
                grow();
            }
            int read = channel.read(ByteBuffer.wrap(bytes, filled, bytes.length - filled));
            if (read < 0) {
                return null;
            }
            filled += read;
        }
    }

    private byte[] take(int end) {
        if (end > bytesMax) {
            throw ControlProtocol.tooLarge(what, bytesMax);
        }
        byte[] line = Arrays.copyOf(bytes, end);
        int rest = filled - end - 1;
        byte[] kept = rest <= BYTES_FIRST && bytes.length > BYTES_FIRST ? new byte[BYTES_FIRST] : bytes;
        System.arraycopy(bytes, end + 1, kept, 0, rest);
        held = bytes.length - kept.length;
        bytes = kept;
        filled = rest;
        return line;
    }

    private void grow() {
        int more = bytes.length;
        if (!room.take(more)) {
            throw new ControlException(
                    Code.BUSY,
                    "other connections hold as much memory as all may; try again when they are done, bytes=" + filled);
        }
        bytes = Arrays.copyOf(bytes, bytes.length + more);
    }

    /// Writes bytes that end with a line's end.
    void write(byte[] line) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(line);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /// Gives back what lines were held in. For the thread that reads, once it does no more.
    void release() {
        room.give(held + bytes.length - BYTES_FIRST);
        held = 0;
        bytes = new byte[BYTES_FIRST];
        filled = 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
