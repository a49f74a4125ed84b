package dev.cloche.host.engine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Finds what is not zeros in a range of memory.
final class NonZeroPages {
    private NonZeroPages() {}

    /// Tells the sink all runs of pages that are not only zeros.
    static void forEach(long address, long bytes, PageMap.Sink sink) {
        long page = Posix.PAGE_BYTES;
        long end = address + bytes;
        long runStart = -1;
        for (long at = address; at < end; at += page) {
            if (isZero(at, page)) {
                if (runStart >= 0) {
                    sink.written(runStart, at);
                    runStart = -1;
                }
            } else if (runStart < 0) {
                runStart = at;
            }
        }
        if (runStart >= 0) {
            sink.written(runStart, end);
        }
    }

    private static boolean isZero(long address, long bytes) {
        MemorySegment all = Posix.ALL;
        for (long at = address; at < address + bytes; at += Long.BYTES) {
            if (all.get(ValueLayout.JAVA_LONG, at) != 0) {
                return false;
            }
        }
        return true;
    }
}
