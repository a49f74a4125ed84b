package dev.cloche.host.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// Which processors the calling thread may run on, asked of the system and told to it. To be used where
/// [NativeAccess] has no objection.
///
/// Called on a virtual thread it is about the carrier that happens to run it.
public final class SchedulerCalls {
    /// Processors that the system may have; as many as Linux can be built for.
    public static final int CPUS_MAX = 8_192;

    private static final long MASK_BYTES = CPUS_MAX / Byte.SIZE;
    private static final int CALLING_THREAD = 0;

    private static final MemorySegment SET = CLibrary.function("sched_setaffinity");
    private static final MemorySegment GET = CLibrary.function("sched_getaffinity");
    private static final MemorySegment CURRENT = CLibrary.function("sched_getcpu");

    private SchedulerCalls() {}

    /// Allows the calling thread to run on these processors alone.
    ///
    /// @return zero, or why the system refused it: its `errno`
    public static int allow(BitSet cpus) {
        if (cpus.length() > CPUS_MAX) {
            return Errno.EINVAL;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            long[] words = cpus.toLongArray();
            MemorySegment.copy(words, 0, mask, ValueLayout.JAVA_LONG, 0, words.length);
            MemorySegment state = CLibrary.state(arena);
            long answer = CLibrary.call(SET, state, CALLING_THREAD, MASK_BYTES, mask.address(), 0, 0, 0);
            return (int) answer == CLibrary.FAILED ? CLibrary.errno(state) : 0;
        }
    }

    /// The processors that the calling thread may run on; empty where the system does not say.
    public static BitSet allowed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            long answer = CLibrary.call(GET, CALLING_THREAD, MASK_BYTES, mask.address(), 0, 0, 0);
            return (int) answer == CLibrary.FAILED ? new BitSet() : BitSet.valueOf(mask.toArray(ValueLayout.JAVA_LONG));
        }
    }

    /// The processor that runs this; it may be another one right afterwards. -1 where the system does not say.
    public static int current() {
        return (int) CLibrary.call(CURRENT, 0, 0, 0, 0, 0, 0);
    }
}
