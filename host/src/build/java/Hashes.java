import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 of bytes and of source trees, in hexadecimal.
final class Hashes {
    private Hashes() {}

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    /// The hash of every file below a folder, by relative path and content, and of some further words.
    static String ofTree(Path folder, List<String> words) throws IOException {
        var text = new StringBuilder(String.join("\n", words)).append('\n');
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                text.append(folder.relativize(file).toString().replace('\\', '/'))
                        .append(' ')
                        .append(sha256(Files.readAllBytes(file)))
                        .append('\n');
            }
        }
        return sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static byte[] concatenated(Iterable<byte[]> parts) {
        var all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
