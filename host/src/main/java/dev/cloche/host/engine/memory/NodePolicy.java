package dev.cloche.host.engine.memory;

import dev.cloche.host.system.CLibrary;
import dev.cloche.host.system.Errno;
import dev.cloche.host.system.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The system's `mbind`, which the C library has no function for.
final class NodePolicy {
    /// Nodes that the system may have; as many as Linux can be built for.
    static final int NODES_MAX = 1_024;

    private static final int MBIND_X86 = 237;
    private static final int MBIND_OTHERS = 235;
    private static final int MPOL_BIND = 2;

    /// What the system is told of the mask's length is one more than it looks at.
    private static final int MASK_BITS = NODES_MAX + 1;

    private static final MemorySegment SYSCALL = CLibrary.function("syscall");
    private static final int MBIND = NativeAccess.isX86() ? MBIND_X86 : MBIND_OTHERS;

    private NodePolicy() {}

    /// As [NodeBinder#bind].
    static int bind(long address, long bytes, int node) {
        if (node < 0 || node >= NODES_MAX) {
            return Errno.EINVAL;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(NODES_MAX / Byte.SIZE, Long.BYTES);
            mask.setAtIndex(ValueLayout.JAVA_LONG, node / Long.SIZE, 1L << node);
            MemorySegment state = CLibrary.state(arena);
            long answer =
                    CLibrary.systemCall(SYSCALL, state, MBIND, address, bytes, MPOL_BIND, mask.address(), MASK_BITS, 0);
            return answer == CLibrary.FAILED ? CLibrary.errno(state) : 0;
        }
    }
}
