package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The identity of a bundle: SHA-256 over a form that depends on nothing but paths and contents.
///
/// ```
/// "cloche-bundle/1\n"
/// for each file, in order of its path's bytes:
///   u32 length of the path | path in UTF-8 | u64 length of the content | content        (lengths big-endian)
/// ```
final class BundleDigest {
    private static final byte[] TAG = "cloche-bundle/1\n".getBytes(StandardCharsets.US_ASCII);

    private BundleDigest() {}

    static String of(Map<String, Payload> files) {
        MessageDigest sha256 = sha256();
        sha256.update(TAG);
        for (String path : canonicalOrder(files)) {
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            byte[] content = files.getOrDefault(path, Payload.EMPTY).unsafeBytes();
            sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, name.length));
            sha256.update(name);
            sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, content.length));
            sha256.update(content);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    /// The paths in order of their UTF-8 bytes, which is not the order of Java's strings.
    static List<String> canonicalOrder(Map<String, Payload> files) {
        Comparator<String> byBytes = (left, right) ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
        return files.keySet().stream().sorted(byBytes).toList();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
