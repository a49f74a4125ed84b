package dev.cloche.host.engine;

/// Room on the calling thread's stack. A guest can recurse until a stack is nearly full and then call its host: the
/// stack must not end in the middle of a service, which others use too.
public final class StackRoom {
    /// Frames of [#probe] that there is to be room for: at some 50 bytes each, 40 KiB.
    private static final int FRAMES = 800;

    private StackRoom() {}

    /// Makes sure that host code has the room that it needs.
    ///
    /// @throws StackOverflowError if it has not; nothing of the host has begun then
    public static void require() {
        if (probe(FRAMES, 1, 2, 3, 4) == 0) {
            throw new IllegalStateException("a sum of numbers above zero is above zero, frames=" + FRAMES);
        }
    }

    /// The numbers are needed after the call, so a frame has to keep them.
    private static long probe(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : probe(frames - 1, b, c, d, a + 1) + (a ^ b) + (c ^ d);
    }
}
