package dev.cloche.host.engine.script;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Decodes bytes as the WHATWG Encoding Standard says, for the encodings that scripts can ask for.
final class GuestText {
    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
    private static final char REPLACEMENT = '\uFFFD';

    private GuestText() {}

    /// @param encoding `utf-8`, `utf-16le`; anything else is windows-1252
    /// @throws CharacterCodingException if `fatal` and the bytes are not valid
    static String decode(String encoding, boolean fatal, byte[] bytes) throws CharacterCodingException {
        return switch (encoding) {
            case "utf-8" -> decode(StandardCharsets.UTF_8, fatal, bytes);
            case "utf-16le" -> decode(StandardCharsets.UTF_16LE, fatal, bytes);
            default -> windows1252(bytes);
        };
    }

    private static String decode(Charset charset, boolean fatal, byte[] bytes) throws CharacterCodingException {
        CodingErrorAction onError = fatal ? CodingErrorAction.REPORT : CodingErrorAction.REPLACE;
        return charset.newDecoder()
                .onMalformedInput(onError)
                .onUnmappableCharacter(onError)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    /// The standard gives the five bytes that Java leaves out the control characters of their own number.
    private static String windows1252(byte[] bytes) {
        char[] text = new String(bytes, WINDOWS_1252).toCharArray();
        for (int i = 0; i < text.length; i++) {
            if (text[i] == REPLACEMENT) {
                text[i] = (char) (bytes[i] & 0xFF);
            }
        }
        return new String(text);
    }
}
