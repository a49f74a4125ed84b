package dev.cloche.host.engine.cache;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Opens entries, and trusts none: owner, rights, length, hashes and key must all be right.
final class EntryReader {
    private static final int BUFFER_BYTES = 64 << 10;

    private final CacheFiles files;

    EntryReader(CacheFiles files) {
        this.files = files;
    }

    /// The entry of a key, verified. Its name is looked at before it is opened, so nothing can come in between that
    /// was not there before: nobody else may write the folder.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    /// @throws UnusableEntryException if what is there must not be used
    CacheEntry open(Path path, CacheKey key, UserPrincipal self) throws IOException {
        RandomAccessFile file = openTrusted(path, self);
        boolean verified = false;
        try {
            EntryFormat.Header header = header(file);
            if (!header.key().equals(key)) {
                throw new UnusableEntryException("holds another entry, held=" + header.key());
            }
            verifyContent(file, header);
            verified = true;
            return new CacheEntry(header, file);
        } finally {
            if (!verified) {
                file.close();
            }
        }
    }

    /// The key of an entry, its content left unread.
    CacheKey key(Path path, UserPrincipal self) throws IOException {
        try (RandomAccessFile file = openTrusted(path, self)) {
            return keyUnder(path, header(file));
        }
    }

    /// The key of an entry that is right in all respects.
    CacheKey verifiedKey(Path path, UserPrincipal self) throws IOException {
        try (RandomAccessFile file = openTrusted(path, self)) {
            EntryFormat.Header header = header(file);
            verifyContent(file, header);
            return keyUnder(path, header);
        }
    }

    private static CacheKey keyUnder(Path path, EntryFormat.Header header) throws UnusableEntryException {
        if (!path.endsWith(header.key().fileName())) {
            throw new UnusableEntryException("holds another entry, held=" + header.key());
        }
        return header.key();
    }

    private RandomAccessFile openTrusted(Path path, UserPrincipal self) throws IOException {
        String distrust = files.facts(path).distrust(FileFacts.Type.FILE, self);
        if (!distrust.isEmpty()) {
            throw new UnusableEntryException(distrust);
        }
        return files.open(path);
    }

    private static EntryFormat.Header header(RandomAccessFile file) throws IOException {
        try {
            byte[] fixed = new byte[EntryFormat.FIXED_BYTES];
            file.readFully(fixed);
            byte[] key = new byte[EntryFormat.keyBytes(fixed)];
            file.readFully(key);
            EntryFormat.Header header = EntryFormat.decode(fixed, key);
            if (header.fileBytes() != file.length()) {
                throw new UnusableEntryException(
                        "is not as long as it says, bytes=" + file.length() + " expected=" + header.fileBytes());
            }
            return header;
        } catch (EOFException _) {
            throw new UnusableEntryException("is cut short");
        }
    }

    /// @param file behind the header
    private static void verifyContent(RandomAccessFile file, EntryFormat.Header header) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = header.contentBytes(); left > 0; ) {
            int read = file.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new UnusableEntryException("is cut short");
            }
            digest.update(buffer, 0, read);
            left -= read;
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(header.contentHash())) {
            throw new UnusableEntryException("has damaged content");
        }
    }
}
