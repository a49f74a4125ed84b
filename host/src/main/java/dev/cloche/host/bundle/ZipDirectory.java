package dev.cloche.host.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The strict walk of a zip's directory. A zip says everything twice, in its directory and before each content, and
/// readers differ in which one they believe; here both must say the same, and every byte of the file must belong to
/// exactly one record, so that there is one reading only.
final class ZipDirectory {
    private static final String REMAKE =
            "make the zip again, for example with `zip -r bundle.zip .` in the bundle's folder";
    private static final String NOT_A_ZIP = "give a folder with cloche.json in it, or a zip of that folder's content";

    private final ByteBuffer zip;

    private ZipDirectory(byte[] zip) {
        this.zip = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// One entry, as both of its headers describe it. The sizes are claims until the content has been read.
    record Entry(
            String name,
            int flags,
            int method,
            int crc,
            long packed,
            long size,
            int fileType,
            long localOffset,
            long contentOffset) {
        boolean isFolder() {
            return name.endsWith("/");
        }

        private Entry withContentOffset(long offset) {
            return new Entry(name, flags, method, crc, packed, size, fileType, localOffset, offset);
        }
    }

    /// The end record, checked.
    private record End(long directoryOffset, long directorySize, int entries) {}

    /// A zip that cannot be walked any further.
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        private final String hint;

        private Broken(String message, String hint) {
            super(message, null, false, false);
            this.hint = hint;
        }

        private Broken(String message) {
            this(message, REMAKE);
        }
    }

    /// The entries in order of their content, or nothing where the zip cannot be walked; then it has been said why.
    static Optional<List<Entry>> read(byte[] bytes, Violations violations) {
        ZipDirectory zip = new ZipDirectory(bytes);
        try {
            End end = zip.end();
            return Optional.of(zip.locate(zip.entries(end), end));
        } catch (Broken e) {
            violations.addWhole(String.valueOf(e.getMessage()), e.hint);
            return Optional.empty();
        }
    }

    private End end() throws Broken {
        int length = zip.limit();
        if (length < 4 || (zip.getInt(0) != ZipFormat.LOCAL_SIGNATURE && zip.getInt(0) != ZipFormat.END_SIGNATURE)) {
            throw notAtStart();
        }
        int at = length - ZipFormat.END_BYTES;
        if (at < 0 || zip.getInt(at) != ZipFormat.END_SIGNATURE || u16(at + 20) != 0) {
            throw noEnd();
        }
        if (u16(at + 4) != 0 || u16(at + 6) != 0 || u16(at + 8) != u16(at + 10)) {
            throw new Broken("is one part of a zip in several parts");
        }
        End end = new End(u32(at + 16), u32(at + 12), u16(at + 10));
        if (end.entries == ZipFormat.ZIP64_COUNT
                || end.directoryOffset == ZipFormat.ZIP64_VALUE
                || end.directorySize == ZipFormat.ZIP64_VALUE) {
            throw new Broken("is a Zip64 archive, which no bundle needs");
        }
        if (end.entries > BundleLimits.FILES_MAX) {
            throw new Broken(
                    "has too many entries, entries=" + end.entries + " max=" + BundleLimits.FILES_MAX,
                    "leave out what the code does not need");
        }
        if (end.directoryOffset + end.directorySize != at) {
            throw new Broken("has a directory that does not end where its end record begins, directory="
                    + end.directoryOffset + "+" + end.directorySize + " end=" + at);
        }
        return end;
    }

    private Broken notAtStart() {
        for (int i = 1; i + ZipFormat.END_BYTES <= zip.limit(); i++) {
            if (zip.getInt(i) == ZipFormat.LOCAL_SIGNATURE) {
                return new Broken("has data in front of the zip, bytes=" + i);
            }
        }
        return new Broken("is not a zip", NOT_A_ZIP);
    }

    private Broken noEnd() {
        for (int i = zip.limit() - ZipFormat.END_BYTES; i >= 0; i--) {
            if (zip.getInt(i) == ZipFormat.END_SIGNATURE) {
                int comment = u16(i + 20);
                int after = zip.limit() - i - ZipFormat.END_BYTES;
                return comment == after
                        ? new Broken("has an archive comment, bytes=" + comment)
                        : new Broken("has data behind the zip, bytes=" + after);
            }
        }
        return new Broken("is a truncated zip: its end record is missing", "copy or download it again");
    }

    private List<Entry> entries(End end) throws Broken {
        List<Entry> entries = new ArrayList<>();
        int at = (int) end.directoryOffset;
        int stop = (int) (end.directoryOffset + end.directorySize);
        for (int i = 0; i < end.entries; i++) {
            if (stop - at < ZipFormat.DIRECTORY_BYTES || zip.getInt(at) != ZipFormat.DIRECTORY_SIGNATURE) {
                throw new Broken(
                        "has a directory with fewer entries than it says, entries=" + i + " said=" + end.entries);
            }
            int nameLength = u16(at + 28);
            int extraLength = u16(at + 30);
            int next = at + ZipFormat.DIRECTORY_BYTES + nameLength + extraLength + u16(at + 32);
            if (next > stop) {
                throw new Broken("has a directory record that runs over its end, offset=" + at);
            }
            Entry entry = directoryEntry(at, nameLength);
            checkExtra(entry.name, at + ZipFormat.DIRECTORY_BYTES + nameLength, extraLength);
            entries.add(entry);
            at = next;
        }
        if (at != stop) {
            throw new Broken("has data behind the last entry of its directory, bytes=" + (stop - at));
        }
        return entries;
    }

    private Entry directoryEntry(int at, int nameLength) throws Broken {
        byte[] raw = slice(at + ZipFormat.DIRECTORY_BYTES, nameLength);
        int flags = u16(at + 8);
        Entry entry = new Entry(
                name(raw, flags),
                flags,
                u16(at + 10),
                zip.getInt(at + 16),
                u32(at + 20),
                u32(at + 24),
                zip.getInt(at + 38) >>> 28,
                u32(at + 42),
                0);
        if (entry.packed == ZipFormat.ZIP64_VALUE
                || entry.size == ZipFormat.ZIP64_VALUE
                || entry.localOffset == ZipFormat.ZIP64_VALUE) {
            throw new Broken("is a Zip64 archive, which no bundle needs");
        }
        return entry;
    }

    private static String name(byte[] raw, int flags) throws Broken {
        String name;
        try {
            name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Broken(
                    "has a name that is not UTF-8, name=" + Text.quote(new String(raw, StandardCharsets.ISO_8859_1)),
                    "use plain ASCII names, or a zip tool that writes UTF-8");
        }
        if (name.length() != raw.length && (flags & ZipFormat.FLAG_UTF8) == 0) {
            throw new Broken(
                    "has a name beyond ASCII that is not marked as UTF-8, name=" + Text.quote(name),
                    "use plain ASCII names, or a zip tool that writes UTF-8");
        }
        return name;
    }

    /// Extra fields may carry times and owners, nothing that gives an entry another name, size or form.
    private void checkExtra(String name, int start, int length) throws Broken {
        int at = start;
        while (at < start + length) {
            int left = start + length - at;
            if (left < 4 || u16(at + 2) > left - 4) {
                throw new Broken("has a malformed extra field, entry=" + Text.quote(name));
            }
            int kind = u16(at);
            if (kind == ZipFormat.EXTRA_ZIP64) {
                throw new Broken("is a Zip64 archive, which no bundle needs");
            }
            if (kind == ZipFormat.EXTRA_UNICODE_PATH) {
                throw new Broken("gives an entry a second name in an extra field, entry=" + Text.quote(name));
            }
            if (kind == ZipFormat.EXTRA_AES) {
                throw encrypted(name);
            }
            at += 4 + u16(at + 2);
        }
    }

    private static Broken encrypted(String name) {
        return new Broken("has an encrypted entry, entry=" + Text.quote(name), "make the zip again without a password");
    }

    /// Checks each entry's own header, and that headers and contents fill the file from its first byte to the
    /// directory.
    private List<Entry> locate(List<Entry> entries, End end) throws Broken {
        List<Entry> located = new ArrayList<>();
        long at = 0;
        for (Entry entry : entries.stream()
                .sorted(Comparator.comparingLong(Entry::localOffset))
                .toList()) {
            if (entry.localOffset != at) {
                throw new Broken((entry.localOffset < at ? "has entries that overlap" : "has data between its entries")
                        + ", entry=" + Text.quote(entry.name) + " offset=" + entry.localOffset + " expected=" + at);
            }
            Entry found = local(entry, (int) at, end.directoryOffset);
            located.add(found);
            at = found.contentOffset + found.packed;
            if ((found.flags & ZipFormat.FLAG_DESCRIPTOR) != 0) {
                at = descriptor(found, (int) at, end.directoryOffset);
            }
        }
        if (at != end.directoryOffset) {
            throw new Broken("has data between its entries and its directory, bytes=" + (end.directoryOffset - at));
        }
        return located;
    }

    private Entry local(Entry entry, int at, long stop) throws Broken {
        if (at + ZipFormat.LOCAL_BYTES > stop || zip.getInt(at) != ZipFormat.LOCAL_SIGNATURE) {
            throw new Broken("has no entry where its directory says there is one, entry=" + Text.quote(entry.name)
                    + " offset=" + at);
        }
        if ((entry.flags & (ZipFormat.FLAG_ENCRYPTED | ZipFormat.FLAG_STRONG_ENCRYPTION | ZipFormat.FLAG_MASKED))
                != 0) {
            throw encrypted(entry.name);
        }
        int nameLength = u16(at + 26);
        int extraLength = u16(at + 28);
        long content = (long) at + ZipFormat.LOCAL_BYTES + nameLength + extraLength;
        if (content + entry.packed > stop) {
            throw new Broken("has an entry that runs into its directory, entry=" + Text.quote(entry.name));
        }
        byte[] raw = slice(at + ZipFormat.LOCAL_BYTES, nameLength);
        if (!Arrays.equals(raw, entry.name.getBytes(StandardCharsets.UTF_8))) {
            throw disagreement(
                    entry, "name", Text.quote(entry.name), Text.quote(new String(raw, StandardCharsets.UTF_8)));
        }
        require(entry, "flags", entry.flags, u16(at + 6));
        require(entry, "method", entry.method, u16(at + 8));
        boolean later = (entry.flags & ZipFormat.FLAG_DESCRIPTOR) != 0;
        requireUnlessLater(entry, "crc", entry.crc & ZipFormat.ZIP64_VALUE, u32(at + 14), later);
        requireUnlessLater(entry, "packed", entry.packed, u32(at + 18), later);
        requireUnlessLater(entry, "size", entry.size, u32(at + 22), later);
        checkExtra(entry.name, at + ZipFormat.LOCAL_BYTES + nameLength, extraLength);
        return entry.withContentOffset(content);
    }

    /// The record behind a content whose header was written before its size was known; answers where it ends.
    private long descriptor(Entry entry, int start, long stop) throws Broken {
        int at = start;
        if (at + 4 <= stop && zip.getInt(at) == ZipFormat.DESCRIPTOR_SIGNATURE) {
            at += 4;
        }
        if (at + ZipFormat.DESCRIPTOR_BYTES > stop) {
            throw new Broken("lacks the record behind an entry's content, entry=" + Text.quote(entry.name));
        }
        require(entry, "crc", entry.crc & ZipFormat.ZIP64_VALUE, u32(at));
        require(entry, "packed", entry.packed, u32(at + 4));
        require(entry, "size", entry.size, u32(at + 8));
        return at + (long) ZipFormat.DESCRIPTOR_BYTES;
    }

    private static void requireUnlessLater(Entry entry, String field, long directory, long local, boolean later)
            throws Broken {
        if (!later || local != 0) {
            require(entry, field, directory, local);
        }
    }

    private static void require(Entry entry, String field, long directory, long local) throws Broken {
        if (directory != local) {
            throw disagreement(entry, field, Long.toString(directory), Long.toString(local));
        }
    }

    private static Broken disagreement(Entry entry, String field, String directory, String local) {
        return new Broken("says two things about an entry, entry=" + Text.quote(entry.name) + " field=" + field
                + " directory=" + directory + " local=" + local);
    }

    private byte[] slice(int at, int length) {
        byte[] bytes = new byte[length];
        zip.get(at, bytes);
        return bytes;
    }

    private int u16(int at) {
        return Short.toUnsignedInt(zip.getShort(at));
    }

    private long u32(int at) {
        return Integer.toUnsignedLong(zip.getInt(at));
    }
}
