package dev.cloche.host.engine.cache;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;

/// Writes entries into files that do not have their names yet.
///
/// Nothing is forced to the disk. What a crash of the machine leaves half written is found out by its hash, like all
/// other damage, and made again; forcing tens of megabytes would cost every installation for that rare case.
final class EntryWriter {
    private static final int BUFFER_BYTES = 64 << 10;

    private final CacheFiles files;

    EntryWriter(CacheFiles files) {
        this.files = files;
    }

    /// Writes an entry into a file that exists and is empty.
    ///
    /// @param bytesMax of the file
    /// @return the bytes of the file
    /// @throws EntryTooLargeException if that is not enough
    long write(Path part, CacheKey key, ContentWriter content, long bytesMax) throws IOException {
        try (RandomAccessFile file = files.openForWriting(part)) {
            EntryFormat.Header unknown = EntryFormat.Header.of(key, 0, new byte[Sha256.BYTES]);
            file.write(EntryFormat.encode(unknown));
            HashedOutput hashed = new HashedOutput(file, bytesMax - unknown.headerBytes());
            OutputStream out = new BufferedOutputStream(hashed, BUFFER_BYTES);
            content.writeTo(out);
            out.flush();
            EntryFormat.Header header = EntryFormat.Header.of(key, hashed.bytes, hashed.digest.digest());
            file.seek(0);
            file.write(EntryFormat.encode(header));
            return header.fileBytes();
        }
    }

    private static final class HashedOutput extends OutputStream {
        private final RandomAccessFile file;
        private final long bytesMax;
        private final MessageDigest digest = Sha256.digest();
        private long bytes;

        HashedOutput(RandomAccessFile file, long bytesMax) {
            this.file = file;
            this.bytesMax = bytesMax;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (length > bytesMax - bytes) {
                throw new EntryTooLargeException(bytesMax);
            }
            file.write(source, offset, length);
            digest.update(source, offset, length);
            bytes += length;
        }
    }
}
