package dev.cloche.host.engine.wasm;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Standard output or error of a guest, cut into lines. Confined to the isolate's thread.
final class GuestOutput extends OutputStream {
    /// A longer line goes out in pieces.
    static final int LINE_BYTES_MAX = 8_192;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Consumer<String> lines;

    GuestOutput(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void write(int b) {
        if (b == '\n' || (line.size() >= LINE_BYTES_MAX && (beginsCharacter(b) || line.size() >= LINE_BYTES_MAX + 3))) {
            endLine();
        }
        if (b != '\n') {
            line.write(b);
        }
    }

    private static boolean beginsCharacter(int b) {
        return (b & 0xC0) != 0x80;
    }

    /// Sends off what stands in an unfinished line.
    void endCall() {
        if (line.size() > 0) {
            endLine();
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        lines.accept(text);
    }
}
