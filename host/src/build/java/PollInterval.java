import java.util.Arrays;
import java.util.HexFormat;

/// How often QuickJS asks its host whether a script is to stop: after 250 jumps and calls instead of 10,000, which take
/// some milliseconds. That often, a script that is to stop can do so by itself before its host has to unwind it, and
/// knows in which line it was.
final class PollInterval {
    // i32.const 10000; i32.store offset=292: the counter in QuickJS's context, set anew where it has run out.
    private static final byte[] OWN = HexFormat.of().parseHex("4190ce003602a402");

    // i32.const 250, as long as the other.
    private static final byte[] SHORTER = HexFormat.of().parseHex("41fa81003602a402");

    private PollInterval() {}

    /// The engine with the shorter interval.
    static byte[] shorten(byte[] wasm) {
        int at = find(wasm, 0);
        if (at < 0 || find(wasm, at + 1) >= 0) {
            throw new BuildFailure("quickjs.wasm does not set its interrupt counter in one place; look for"
                    + " __js_poll_interrupts in the new one and mend PollInterval, first=" + at);
        }
        byte[] shortened = wasm.clone();
        System.arraycopy(SHORTER, 0, shortened, at, SHORTER.length);
        return shortened;
    }

    private static int find(byte[] wasm, int from) {
        for (int at = from; at + OWN.length <= wasm.length; at++) {
            if (Arrays.equals(wasm, at, at + OWN.length, OWN, 0, OWN.length)) {
                return at;
            }
        }
        return -1;
    }
}
