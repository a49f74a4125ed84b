package dev.cloche.host.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Bundles for tests, made by the platform's own zip classes.
final class TestBundles {
    /// The smallest WebAssembly module.
    static final byte[] WASM = {0, 'a', 's', 'm', 1, 0, 0, 0};

    private TestBundles() {}

    /// A zip whose entries are deflated and say their sizes behind their content, as the platform's stream does it.
    static byte[] deflated(Map<String, byte[]> files) {
        return zip(files, ZipEntry.DEFLATED);
    }

    /// A zip whose entries are stored, all sizes in front.
    static byte[] stored(Map<String, byte[]> files) {
        return zip(files, ZipEntry.STORED);
    }

    /// A stored zip where one entry has this extra field.
    static byte[] withExtra(Map<String, byte[]> files, String path, byte[] extra) {
        return zip(files, ZipEntry.STORED, Map.of(path, extra));
    }

    private static byte[] zip(Map<String, byte[]> files, int method) {
        return zip(files, method, Map.of());
    }

    private static byte[] zip(Map<String, byte[]> files, int method, Map<String, byte[]> extras) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(LocalDateTime.of(2000, 1, 1, 0, 0));
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 crc = new CRC32();
                    crc.update(file.getValue());
                    entry.setSize(file.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                if (extras.containsKey(file.getKey())) {
                    entry.setExtra(extras.get(file.getKey()));
                }
                out.putNextEntry(entry);
                out.write(file.getValue());
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /// The names in a zip as the platform reads them.
    static List<String> names(byte[] zip) throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip), StandardCharsets.UTF_8)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }
}
