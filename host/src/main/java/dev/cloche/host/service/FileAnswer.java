package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What guests are told of files.
final class FileAnswer {
    /// How long text may be in JSON, where each control character is six.
    static final int TEXT_BYTES_MAX = 2 * FileRequest.CONTENT_BYTES_MAX;

    private static final byte[] BEFORE = "{\"content\":\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AFTER = "\"}".getBytes(StandardCharsets.UTF_8);
    private static final String ESCAPED = "\"\\\b\t\n\f\r";
    private static final String ESCAPES = "\"\\btnfr";
    private static final String HEX = "0123456789ABCDEF";
    private static final int CHUNK_CHARS = 8 * 1_024;

    private FileAnswer() {}

    /// A file's content as bytes.
    static Outcome bytes(byte[] content) {
        return CompatText.ok("{\"content\":\"" + Base64.getEncoder().encodeToString(content) + "\"}");
    }

    /// A file's content as text, copied once: a file may be large.
    static Outcome text(byte[] content) throws FileRefusal {
        int escaped = escapedLength(content);
        requireUtf8(content);
        byte[] answer = new byte[BEFORE.length + escaped + AFTER.length];
        System.arraycopy(BEFORE, 0, answer, 0, BEFORE.length);
        int at = BEFORE.length;
        for (byte b : content) {
            if (escapedLength(b) == 1) {
                answer[at++] = b;
            } else {
                answer[at++] = '\\';
                int known = ESCAPED.indexOf(b);
                if (known >= 0) {
                    answer[at++] = (byte) ESCAPES.charAt(known);
                } else {
                    answer[at++] = 'u';
                    answer[at++] = '0';
                    answer[at++] = '0';
                    answer[at++] = (byte) HEX.charAt(b >> 4);
                    answer[at++] = (byte) HEX.charAt(b & 0xf);
                }
            }
        }
        System.arraycopy(AFTER, 0, answer, at, AFTER.length);
        return new Outcome.Ok(Payload.wrap(answer));
    }

    /// The same by the compat lane's own means.
    static Outcome textCompat(byte[] content) throws FileRefusal {
        int _ = escapedLength(content);
        try {
            return CompatText.ok("{\"content\":"
                    + CompatText.quoted(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(content))
                            .toString())
                    + "}");
        } catch (CharacterCodingException e) {
            throw notUtf8();
        }
    }

    private static int escapedLength(byte b) {
        return b >= 0 && ESCAPED.indexOf(b) >= 0 ? 2 : b >= 0 && b < ' ' ? "\\u0000".length() : 1;
    }

    private static int escapedLength(byte[] content) throws FileRefusal {
        long length = 0;
        for (byte b : content) {
            length += escapedLength(b);
        }
        if (length > TEXT_BYTES_MAX) {
            throw FileRefusal.io("the file has too many control characters to be read as text; ask for it with"
                    + " encoding=base64");
        }
        return (int) length;
    }

    private static void requireUtf8(byte[] content) throws FileRefusal {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CharBuffer chars = CharBuffer.allocate(CHUNK_CHARS);
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            result = decoder.decode(bytes, chars.clear(), true);
        }
        if (result.isError()) {
            throw notUtf8();
        }
    }

    private static FileRefusal notUtf8() {
        return FileRefusal.io("the file is not UTF-8; ask for it with encoding=base64");
    }

    /// What is on a page of a folder, but for what is gone meanwhile.
    static Outcome entries(SecureFolder folder, FilePage page, UnaryOperator<String> quoted) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String name : page.names()) {
            entry(folder, name)
                    .ifPresent(found -> entries.add("{\"name\":" + quoted.apply(name) + "," + type(found) + "}"));
        }
        String next = page.next();
        return CompatText.ok("{\"entries\":[" + String.join(",", entries) + "]"
                + (next == null ? "" : ",\"next\":" + quoted.apply(next)) + "}");
    }

    /// Nothing for a name that is gone, or that the system hands out and does not know.
    private static Optional<BasicFileAttributes> entry(SecureFolder folder, String name) throws IOException {
        try {
            return folder.find(name);
        } catch (FileRefusal _) {
            return Optional.empty();
        }
    }

    static Outcome facts(BasicFileAttributes attributes) {
        return CompatText.ok("{" + type(attributes) + ",\"modifiedMillis\":"
                + attributes.lastModifiedTime().toMillis() + "}");
    }

    static Outcome size(long bytes) {
        return CompatText.ok("{\"size\":" + bytes + "}");
    }

    private static String type(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return "\"type\":\"file\",\"size\":" + attributes.size();
        }
        return attributes.isDirectory() ? "\"type\":\"folder\"" : "\"type\":\"other\"";
    }
}
