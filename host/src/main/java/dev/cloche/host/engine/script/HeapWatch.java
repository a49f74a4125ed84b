package dev.cloche.host.engine.script;

import java.util.Set;

/// Knows whether the engine is in the middle of its memory allocator on the calling thread: its heap is half done then,
/// and an engine that is stopped there cannot even be asked where it was. Looks at the thread's stack, which takes some
/// microseconds.
final class HeapWatch {
    /// How many frames the allocator may lie below the one that asks: those of the host that ask, and the allocator's.
    private static final int FRAMES_MAX = 24;

    private static final StackWalker WALKER = StackWalker.getInstance();

    private HeapWatch() {}

    /// Whether the allocator is at work.
    static boolean halfDone() {
        Set<String> methods = ScriptEngineBinary.allocator();
        return WALKER.walk(
                frames -> frames.limit(FRAMES_MAX).anyMatch(frame -> methods.contains(frame.getMethodName())));
    }
}
