package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;

/// Base64 as the compat lane reads it, by its definition: groups of four characters, padded, each content with exactly
/// one text.
final class FileBase64 {
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int GROUP_CHARS = 4;
    private static final int GROUP_BYTES = 3;
    private static final int DIGIT_BITS = 6;

    private FileBase64() {}

    static InvalidRequestException malformed(String op, String field) {
        return new InvalidRequestException(op + ": the field must be Base64 with its padding, field=" + field);
    }

    static byte[] decode(String op, String field, String text) {
        if (text.length() % GROUP_CHARS != 0) {
            throw malformed(op, field);
        }
        int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
        byte[] bytes = new byte[text.length() / GROUP_CHARS * GROUP_BYTES - padding];
        int at = 0;
        int bits = 0;
        int held = 0;
        for (int i = 0; i < text.length() - padding; i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0) {
                throw malformed(op, field);
            }
            held = held << DIGIT_BITS | digit;
            bits += DIGIT_BITS;
            if (bits >= Byte.SIZE) {
                bits -= Byte.SIZE;
                bytes[at++] = (byte) (held >>> bits);
                held &= (1 << bits) - 1;
            }
        }
        if (held != 0) {
            throw malformed(op, field);
        }
        return bytes;
    }
}
