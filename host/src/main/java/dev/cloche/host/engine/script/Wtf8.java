package dev.cloche.host.engine.script;

/// JavaScript strings as QuickJS writes them: UTF-8, but for lone surrogates, which it writes as three bytes each.
final class Wtf8 {
    private static final int SURROGATE_LEAD = 0xED;
    private static final int SURROGATE_SECOND_MIN = 0xA0;

    private Wtf8() {}

    /// Replaces lone surrogates by U+FFFD, in place: both are three bytes long.
    static byte[] toUtf8(byte[] bytes) {
        for (int i = 0; i + 2 < bytes.length; i++) {
            if ((bytes[i] & 0xFF) == SURROGATE_LEAD && (bytes[i + 1] & 0xFF) >= SURROGATE_SECOND_MIN) {
                bytes[i] = (byte) 0xEF;
                bytes[i + 1] = (byte) 0xBF;
                bytes[i + 2] = (byte) 0xBD;
            }
        }
        return bytes;
    }
}
