package dev.cloche.bench.attack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Makes a module one that is interpreted: each of its functions gets code that is never reached, but with which it is
/// too large for a JVM method.
final class Interpreted {
    private static final int HEADER_BYTES = 8;
    private static final int CODE_SECTION = 10;
    private static final int STEPS = 17_000;

    /// An `i64.const 300` and a `drop`, of which Endive makes four bytes of JVM code.
    private static final byte[] STEP = {0x42, (byte) 0xAC, 0x02, 0x1A};

    private Interpreted() {}

    /// @param wasm a module that is well-formed
    static byte[] of(byte[] wasm) {
        ByteBuffer in = ByteBuffer.wrap(wasm);
        var out = new ByteArrayOutputStream();
        out.write(wasm, 0, HEADER_BYTES);
        in.position(HEADER_BYTES);
        while (in.hasRemaining()) {
            int id = in.get();
            byte[] section = take(in, (int) Leb.unsigned(in));
            out.write(id);
            Leb.sized(out, id == CODE_SECTION ? padded(section) : section);
        }
        return out.toByteArray();
    }

    private static byte[] padded(byte[] section) {
        ByteBuffer in = ByteBuffer.wrap(section);
        var out = new ByteArrayOutputStream();
        int count = (int) Leb.unsigned(in);
        Leb.unsigned(out, count);
        for (int i = 0; i < count; i++) {
            ByteBuffer body = ByteBuffer.wrap(take(in, (int) Leb.unsigned(in)));
            int groups = (int) Leb.unsigned(body);
            for (int j = 0; j < groups; j++) {
                Leb.unsigned(body);
                body.get();
            }
            var longer = new ByteArrayOutputStream();
            longer.write(body.array(), 0, body.position());
            // i32.const 0, if
            longer.writeBytes(new byte[] {0x41, 0, 0x04, 0x40});
            for (int step = 0; step < STEPS; step++) {
                longer.writeBytes(STEP);
            }
            longer.write(0x0B);
            longer.write(body.array(), body.position(), body.remaining());
            Leb.sized(out, longer.toByteArray());
        }
        return out.toByteArray();
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
