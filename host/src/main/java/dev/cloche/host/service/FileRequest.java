package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/// What guests ask for of files. Each request is read by the fast lane's means (`of`) or the compat lane's
/// (`ofCompat`).
sealed interface FileRequest {
    /// How large a request without content may be.
    int SMALL_REQUEST_BYTES_MAX = 16 * 1_024;

    /// How large a file may be that is read or written.
    int CONTENT_BYTES_MAX = 8 << 20;

    /// How large a request with content may be. Text that is mostly escapes does not fit, and has Base64.
    int WRITE_REQUEST_BYTES_MAX = 2 * CONTENT_BYTES_MAX + SMALL_REQUEST_BYTES_MAX;

    /// How many entries one `fs.list` answers at most, and by default.
    int LIST_MAX = 1_000;

    int LIST_DEFAULT = 100;

    String PATH = "path";
    String ENCODING = "encoding";
    String UTF_8 = "utf8";
    String BASE_64 = "base64";
    List<String> ENCODINGS = List.of(UTF_8, BASE_64);

    /// A request that is nothing but a path.
    record At(FilePath path) implements FileRequest {
        static At of(String op, Payload payload) {
            return new At(FilePath.of(op, PATH, text(op, payload)));
        }

        static At ofCompat(String op, Payload payload) {
            return new At(FilePath.of(op, PATH, compatText(op, payload)));
        }

        /// One that may be the folder for files itself.
        static At orRoot(String op, Payload payload) {
            return new At(FilePath.orRoot(op, PATH, text(op, payload)));
        }

        static At orRootCompat(String op, Payload payload) {
            return new At(FilePath.orRoot(op, PATH, compatText(op, payload)));
        }

        private static String text(String op, Payload payload) {
            return JsonRequest.read(op, payload, SMALL_REQUEST_BYTES_MAX, List.of(PATH))
                    .string(PATH, FilePath.BYTES_MAX);
        }

        private static String compatText(String op, Payload payload) {
            return CompatRequest.read(op, payload, SMALL_REQUEST_BYTES_MAX, List.of(PATH))
                    .string(PATH, 0, FilePath.BYTES_MAX);
        }
    }

    /// A request for a file's content.
    ///
    /// @param text whether as text, or as bytes in Base64
    record Read(FilePath path, boolean text) implements FileRequest {
        private static final String OP = "fs.read";
        private static final List<String> FIELDS = List.of(PATH, ENCODING);

        static Read of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return new Read(
                    FilePath.of(OP, PATH, json.string(PATH, FilePath.BYTES_MAX)),
                    !json.has(ENCODING) || json.oneOf(ENCODING, ENCODINGS).equals(UTF_8));
        }

        static Read ofCompat(Payload payload) {
            CompatRequest json = CompatRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return new Read(
                    FilePath.of(OP, PATH, json.string(PATH, 0, FilePath.BYTES_MAX)),
                    !json.has(ENCODING) || json.oneOf(ENCODING, ENCODINGS).equals(UTF_8));
        }
    }

    /// A request for what is in a folder.
    ///
    /// @param after the name that the first one comes after
    record Listing(FilePath path, String after, int limit) implements FileRequest {
        private static final String OP = "fs.list";
        private static final List<String> FIELDS = List.of(PATH, "after", "limit");

        static Listing of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return new Listing(
                    FilePath.orRoot(OP, PATH, json.string(PATH, FilePath.BYTES_MAX)),
                    json.string("after", FilePath.BYTES_MAX, ""),
                    json.integer("limit", 1, LIST_MAX, LIST_DEFAULT));
        }

        static Listing ofCompat(Payload payload) {
            CompatRequest json = CompatRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return new Listing(
                    FilePath.orRoot(OP, PATH, json.string(PATH, 0, FilePath.BYTES_MAX)),
                    json.has("after") ? json.string("after", 0, FilePath.BYTES_MAX) : "",
                    json.integer("limit", 1, LIST_MAX, LIST_DEFAULT));
        }
    }

    /// A request to write a file.
    record Write(FilePath path, Payload content, Mode mode) implements FileRequest {
        /// What becomes of a file that is there.
        enum Mode {
            CREATE,
            REPLACE,
            APPEND
        }

        private static final String OP = "fs.write";
        private static final String CONTENT = "content";
        private static final String MODE = "mode";
        private static final List<String> FIELDS = List.of(PATH, CONTENT, ENCODING, MODE);
        private static final List<String> MODES = List.of("create", "replace", "append");

        /// Four characters stand for three bytes.
        private static final int BASE_64_CHARS_MAX = (CONTENT_BYTES_MAX + 2) / 3 * 4;

        static Write of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, WRITE_REQUEST_BYTES_MAX, FIELDS);
            FilePath path = FilePath.of(OP, PATH, json.string(PATH, FilePath.BYTES_MAX));
            boolean text =
                    !json.has(ENCODING) || json.oneOf(ENCODING, ENCODINGS).equals(UTF_8);
            byte[] content = text
                    ? json.string(CONTENT, CONTENT_BYTES_MAX).getBytes(StandardCharsets.UTF_8)
                    : decoded(json.string(CONTENT, BASE_64_CHARS_MAX));
            return new Write(path, bounded(content), json.has(MODE) ? mode(json.oneOf(MODE, MODES)) : Mode.CREATE);
        }

        static Write ofCompat(Payload payload) {
            CompatRequest json = CompatRequest.read(OP, payload, WRITE_REQUEST_BYTES_MAX, FIELDS);
            FilePath path = FilePath.of(OP, PATH, json.string(PATH, 0, FilePath.BYTES_MAX));
            boolean text =
                    !json.has(ENCODING) || json.oneOf(ENCODING, ENCODINGS).equals(UTF_8);
            byte[] content = text
                    ? json.string(CONTENT, 0, CONTENT_BYTES_MAX).getBytes(StandardCharsets.UTF_8)
                    : FileBase64.decode(OP, CONTENT, json.string(CONTENT, 0, BASE_64_CHARS_MAX));
            return new Write(path, bounded(content), json.has(MODE) ? mode(json.oneOf(MODE, MODES)) : Mode.CREATE);
        }

        private static Mode mode(String word) {
            return Mode.values()[MODES.indexOf(word)];
        }

        // The decoder takes what leaves padding out, or has bits that stand for nothing: two texts for one content.
        private static byte[] decoded(String text) {
            try {
                byte[] bytes = Base64.getDecoder().decode(text);
                if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                    return bytes;
                }
            } catch (IllegalArgumentException _) {
                // Said below.
            }
            throw FileBase64.malformed(OP, CONTENT);
        }

        private static Payload bounded(byte[] content) {
            if (content.length > CONTENT_BYTES_MAX) {
                throw new InvalidRequestException(OP + ": the field must stand for at most " + CONTENT_BYTES_MAX
                        + " bytes, field=" + CONTENT + " bytes=" + content.length);
            }
            return Payload.wrap(content);
        }
    }

    /// A request to give something another name or another folder.
    record Rename(FilePath from, FilePath to) implements FileRequest {
        private static final String OP = "fs.rename";
        private static final List<String> FIELDS = List.of("from", "to");

        static Rename of(Payload payload) {
            JsonRequest json = JsonRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return checked(
                    FilePath.of(OP, "from", json.string("from", FilePath.BYTES_MAX)),
                    FilePath.of(OP, "to", json.string("to", FilePath.BYTES_MAX)));
        }

        static Rename ofCompat(Payload payload) {
            CompatRequest json = CompatRequest.read(OP, payload, SMALL_REQUEST_BYTES_MAX, FIELDS);
            return checked(
                    FilePath.of(OP, "from", json.string("from", 0, FilePath.BYTES_MAX)),
                    FilePath.of(OP, "to", json.string("to", 0, FilePath.BYTES_MAX)));
        }

        private static Rename checked(FilePath from, FilePath to) {
            if (from.leadsTo(to)) {
                throw new InvalidRequestException(
                        OP + ": a folder cannot be moved into itself, field=to value=" + JsonRequest.shown(to.text()));
            }
            return new Rename(from, to);
        }
    }
}
