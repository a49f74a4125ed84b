package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// An entry of the cache, found, verified and open. Its content stays what was verified, also when the entry is evicted
/// or replaced meanwhile. For one thread at a time, which closes it.
///
/// Reading does not mind an interrupted thread. Nothing is read before it is asked for.
public final class CacheEntry implements AutoCloseable {
    private final CacheKey key;
    private final RandomAccessFile file;
    private final long contentAt;
    private final long contentBytes;

    CacheEntry(EntryFormat.Header header, RandomAccessFile file) {
        this.key = header.key();
        this.file = file;
        this.contentAt = header.headerBytes();
        this.contentBytes = header.contentBytes();
    }

    public CacheKey key() {
        return key;
    }

    public long contentBytes() {
        return contentBytes;
    }

    /// The content from its beginning. Closing the stream leaves the entry open. Not buffered.
    public InputStream stream() {
        return new ContentStream();
    }

    /// All of the content.
    ///
    /// @throws IOException if the disk cannot be read
    public byte[] bytes() throws IOException {
        byte[] bytes = new byte[Math.toIntExact(contentBytes)];
        file.seek(contentAt);
        file.readFully(bytes);
        return bytes;
    }

    /// The content as read-only memory that the system reads from the disk page by page, when it is touched. It
    /// outlives the entry, and lives as long as the arena. For content that is too large to copy: a disk or a server
    /// that fails later shows as an `InternalError` where the memory is read, so what must not fail is copied out of
    /// [#stream] instead.
    ///
    /// @throws IOException if the system does not map it
    public MemorySegment map(Arena arena) throws IOException {
        // Mapping does not wait, but an interrupted thread would find its channel closed.
        boolean interrupted = Thread.interrupted();
        try {
            return file.getChannel().map(FileChannel.MapMode.READ_ONLY, contentAt, contentBytes, arena);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Idempotent.
    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class ContentStream extends InputStream {
        private long position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            int wanted = (int) Math.min(length, contentBytes - position);
            if (wanted == 0) {
                return -1;
            }
            file.seek(contentAt + position);
            int read = file.read(bytes, offset, wanted);
            position += Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long bytes) {
            long skipped = Math.clamp(bytes, 0, contentBytes - position);
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, contentBytes - position);
        }
    }
}
