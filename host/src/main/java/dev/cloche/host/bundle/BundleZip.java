package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// Writes the canonical zip of a bundle: the same files give the same bytes, on every system and release. Files are in
/// canonical order and stored, not deflated, because what deflating gives depends on the zlib at hand; times are the
/// earliest that a zip can say.
final class BundleZip {
    private static final int VERSION = 20;
    private static final int MADE_ON_UNIX = 3 << 8 | VERSION;
    private static final int REGULAR_FILE = 0x81A4 << 16;
    private static final int FIRST_OF_JANUARY_1980 = 1 << 5 | 1;

    private BundleZip() {}

    static Payload write(Map<String, Payload> files) {
        List<String> paths = BundleDigest.canonicalOrder(files);
        int size = ZipFormat.END_BYTES;
        for (String path : paths) {
            size += ZipFormat.LOCAL_BYTES
                    + ZipFormat.DIRECTORY_BYTES
                    + 2 * name(path).length
                    + content(files, path).length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        int[] offsets = new int[paths.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = out.position();
            out.putInt(ZipFormat.LOCAL_SIGNATURE);
            putCommon(out, name(paths.get(i)), content(files, paths.get(i)));
            out.put(name(paths.get(i))).put(content(files, paths.get(i)));
        }
        int directory = out.position();
        for (int i = 0; i < offsets.length; i++) {
            out.putInt(ZipFormat.DIRECTORY_SIGNATURE).putShort((short) MADE_ON_UNIX);
            putCommon(out, name(paths.get(i)), content(files, paths.get(i)));
            out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
            out.putInt(REGULAR_FILE).putInt(offsets[i]).put(name(paths.get(i)));
        }
        int directorySize = out.position() - directory;
        out.putInt(ZipFormat.END_SIGNATURE).putInt(0);
        out.putShort((short) offsets.length).putShort((short) offsets.length);
        out.putInt(directorySize).putInt(directory).putShort((short) 0);
        return Payload.wrap(out.array());
    }

    /// The fields that a local header and a directory record share, from the version to the length of the extra field.
    private static void putCommon(ByteBuffer out, byte[] name, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        out.putShort((short) VERSION).putShort((short) ZipFormat.FLAG_UTF8).putShort((short) ZipFormat.STORED);
        out.putShort((short) 0).putShort((short) FIRST_OF_JANUARY_1980);
        out.putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
        out.putShort((short) name.length).putShort((short) 0);
    }

    private static byte[] name(String path) {
        return path.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] content(Map<String, Payload> files, String path) {
        return files.getOrDefault(path, Payload.EMPTY).unsafeBytes();
    }
}
