package dev.cloche.host.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Calls functions of the C library, for Linux on x86-64 and aarch64.
///
/// Initialising this class links the one shape that all calls have, which fails where native access is denied:
/// [NativeAccess] says so without initialising it.
public final class CLibrary {
    /// What functions answer that leave a reason in `errno`.
    public static final int FAILED = -1;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /// Where the error goes of calls whose callers need not know it. Never read.
    private static final MemorySegment UNREAD_STATE = Arena.global().allocate(STATE);

    /*
     * One shape for all: linking a shape costs a process that starts more than all that is called through it. On the
     * machines at hand the first six arguments of a function that are integers or pointers travel in a register each,
     * also those behind the dots of a signature, and the seventh in a register or on the stack, which the caller
     * clears; what takes an int looks at the lower half of its register, and what takes fewer does not look at the
     * rest. What answers an int leaves the upper half of the answer undefined.
     */
    private static final MethodHandle CALL = shape();

    private CLibrary() {}

    /// @throws java.util.NoSuchElementException if the C library has no such function
    public static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /// Where the errors of calls go that [#errno] is asked for.
    public static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    /// Why the last call with this state failed; undefined if it did not.
    public static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO);
    }

    /// Calls a function of up to six arguments; the others are zero.
    public static long call(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
        return invoke(function, state, a, b, c, d, e, f, 0);
    }

    /// Calls a function whose error nobody asks for.
    public static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        return invoke(function, UNREAD_STATE, a, b, c, d, e, f, 0);
    }

    /// Makes a system call that the C library has no function for.
    ///
    /// @param function that of [#function] for `syscall`
    public static long systemCall(
            MemorySegment function, MemorySegment state, int number, long a, long b, long c, long d, long e, long f) {
        return invoke(function, state, number, a, b, c, d, e, f);
    }

    private static long invoke(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f, long g) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e, f, g);
        } catch (RuntimeException | Error known) {
            throw known;
        } catch (Throwable other) {
            throw new IllegalStateException("a call of the C library ended in an exception", other);
        }
    }

    @SuppressWarnings("restricted") // The comment on the shape says why it fits every function here.
    private static MethodHandle shape() {
        return LINKER.downcallHandle(
                FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                Linker.Option.captureCallState("errno"));
    }
}
