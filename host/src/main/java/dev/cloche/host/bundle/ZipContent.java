package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads the files out of a zip. Only bytes that really came out of the inflater count, never what a header says.
final class ZipContent {
    private static final int UNIX_FOLDER = 4;
    private static final int UNIX_FILE = 8;
    private static final int UNIX_LINK = 10;
    private static final int CHUNK_BYTES = 8 << 10;

    private final byte[] zip;
    private final Violations violations;
    private final Map<String, Payload> files = new TreeMap<>();
    private long total;

    private ZipContent(byte[] zip, Violations violations) {
        this.zip = zip;
        this.violations = violations;
    }

    /// The files by path; those that were refused are missing and reported.
    static Map<String, Payload> read(byte[] zip, Violations violations) {
        ZipContent content = new ZipContent(zip, violations);
        ZipDirectory.read(zip, violations).ifPresent(content::readAll);
        return content.files;
    }

    private void readAll(List<ZipDirectory.Entry> entries) {
        Set<String> names = new HashSet<>();
        for (ZipDirectory.Entry entry : entries) {
            if (!names.add(entry.name())) {
                violations.addFile(entry.name(), "is in the zip twice", "make the zip again with one of them");
            } else if (isAcceptable(entry) && !entry.isFolder()) {
                readFile(entry);
            }
            if (total > BundleLimits.TOTAL_BYTES_MAX) {
                violations.addWhole(
                        "inflates to more than a bundle may have, max=" + BundleLimits.TOTAL_BYTES_MAX,
                        "leave out what the code does not need");
                return;
            }
        }
    }

    private boolean isAcceptable(ZipDirectory.Entry entry) {
        String path = entry.isFolder() ? entry.name().substring(0, entry.name().length() - 1) : entry.name();
        var problem = PathRules.problem(path);
        if (problem.isPresent()) {
            violations.addFile(
                    entry.name(), problem.get().message(), problem.get().hint());
            return false;
        }
        if (entry.fileType() == UNIX_LINK) {
            return refuse(entry, "is a symbolic link", "put the file itself into the zip");
        }
        int expected = entry.isFolder() ? UNIX_FOLDER : UNIX_FILE;
        if (entry.fileType() != 0 && entry.fileType() != expected) {
            return refuse(entry, "is neither a plain file nor a folder, type=" + entry.fileType(), "leave it out");
        }
        if (entry.isFolder() && (entry.size() != 0 || entry.packed() > 2)) {
            return refuse(entry, "is a folder with content, bytes=" + entry.size(), "make the zip again");
        }
        if (entry.method() != ZipFormat.STORED && entry.method() != ZipFormat.DEFLATED) {
            return refuse(
                    entry,
                    "is packed by a method that is not read here, method=" + entry.method(),
                    "pack it by deflate, or store it");
        }
        if ((entry.flags() & ZipFormat.FLAG_PATCH) != 0) {
            return refuse(entry, "is a patch of another file", "put the whole file into the zip");
        }
        return true;
    }

    private boolean refuse(ZipDirectory.Entry entry, String message, String hint) {
        violations.addFile(entry.name(), message, hint);
        return false;
    }

    private void readFile(ZipDirectory.Entry entry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean whole = entry.method() == ZipFormat.STORED ? store(entry, out) : inflate(entry, out);
        if (!whole) {
            return;
        }
        byte[] bytes = out.toByteArray();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (bytes.length != entry.size()) {
            refuse(
                    entry,
                    "has another size than the zip says, bytes=" + bytes.length + " said=" + entry.size(),
                    "make the zip again");
        } else if ((int) crc.getValue() != entry.crc()) {
            refuse(entry, "has another checksum than the zip says", "copy or download the zip again");
        } else {
            files.put(entry.name(), Payload.wrap(bytes));
        }
    }

    private boolean store(ZipDirectory.Entry entry, ByteArrayOutputStream out) {
        int length = (int) entry.packed();
        total += length;
        if (isTooLarge(entry, length)) {
            return false;
        }
        out.write(zip, (int) entry.contentOffset(), length);
        return true;
    }

    private boolean inflate(ZipDirectory.Entry entry, ByteArrayOutputStream out) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(zip, (int) entry.contentOffset(), (int) entry.packed());
            byte[] chunk = new byte[CHUNK_BYTES];
            while (!inflater.finished()) {
                int length = inflater.inflate(chunk);
                if (length == 0 && !inflater.finished()) {
                    return refuse(entry, "has packed data that end too early", "copy or download the zip again");
                }
                out.write(chunk, 0, length);
                total += length;
                if (isTooLarge(entry, out.size()) || isBomb(entry, out.size())) {
                    return false;
                }
            }
            long unread = entry.packed() - inflater.getBytesRead();
            return unread == 0
                    || refuse(entry, "has data behind its packed content, bytes=" + unread, "make the zip again");
        } catch (DataFormatException e) {
            return refuse(entry, "has packed data that cannot be inflated", "copy or download the zip again");
        } finally {
            inflater.end();
        }
    }

    private boolean isTooLarge(ZipDirectory.Entry entry, int size) {
        if (total > BundleLimits.TOTAL_BYTES_MAX) {
            return true;
        }
        return size > BundleLimits.FILE_BYTES_MAX
                && !refuse(
                        entry, "is larger than a file may be, max=" + BundleLimits.FILE_BYTES_MAX, "make it smaller");
    }

    private boolean isBomb(ZipDirectory.Entry entry, int size) {
        return size > BundleLimits.RATIO_FREE_BYTES
                && size > entry.packed() * BundleLimits.RATIO_MAX
                && !refuse(
                        entry,
                        "inflates to more than " + BundleLimits.RATIO_MAX + " times its packed size, packed="
                                + entry.packed(),
                        "store it without packing if it is meant to be so");
    }
}
