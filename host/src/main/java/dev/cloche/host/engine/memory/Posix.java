package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/// The calls of the C library that foreign memories are made with, for Linux on x86-64 and aarch64, whose constants
/// for them are the same.
///
/// Initialising this class finds them all, which fails where native access is denied or a function is missing.
final class Posix {
    static final int MADV_DONTNEED = 4;
    static final int MADV_HUGEPAGE = 14;
    static final int MADV_NOHUGEPAGE = 15;
    static final int MADV_POPULATE_WRITE = 23;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int F_SEAL_WRITE = 8;
    private static final int O_CLOEXEC = 0x80000;
    private static final int FAILED = -1;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();

    /// Where the error goes of calls whose callers need not know it. Never read.
    private static final MemorySegment UNREAD_STATE = Arena.global().allocate(STATE);

    /*
     * One shape for all: linking a shape costs a process that starts more than all that is called through it. On the
     * machines at hand the first six arguments of a function that are integers or pointers travel in a register each,
     * also those behind the dots of a signature; what takes an int looks at the lower half of its register, and what
     * takes fewer does not look at the rest. What answers an int leaves the upper half of the answer undefined.
     */
    private static final MethodHandle CALL = shape();

    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment MADVISE = function("madvise");
    private static final MemorySegment MEMFD_CREATE = function("memfd_create");
    private static final MemorySegment FTRUNCATE = function("ftruncate");
    private static final MemorySegment PWRITE = function("pwrite");
    private static final MemorySegment PREAD = function("pread");
    private static final MemorySegment FCNTL = function("fcntl");
    private static final MemorySegment CLOSE = function("close");
    private static final MemorySegment OPEN = function("open");
    private static final MemorySegment IOCTL = function("ioctl");
    private static final MemorySegment GETPAGESIZE = function("getpagesize");

    /// All memory there is. Whoever uses it checks bounds first.
    static final MemorySegment ALL = all();

    /// The size of the system's pages.
    static final int PAGE_BYTES = pageBytes();

    private Posix() {}

    /// An anonymous private mapping that takes no memory before it is touched.
    static long mapAnonymous(long bytes) {
        return map(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, FAILED);
    }

    /// Maps a file privately over the beginning of a mapping that is there.
    static void mapOver(long address, long bytes, int file) {
        map(address, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file);
    }

    /// Maps a file to be read. Privately, since older kernels refuse a shared mapping of a file sealed against writing.
    static long mapToRead(long bytes, int file) {
        return map(0, bytes, PROT_READ, MAP_PRIVATE, file);
    }

    private static long map(long address, long bytes, int protection, int flags, int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long mapped = call(MMAP, state, address, bytes, protection, flags, file, 0);
            if (mapped == FAILED) {
                throw refused("mmap", state, " bytes=" + bytes);
            }
            return mapped;
        }
    }

    static void unmap(long address, long bytes) {
        if ((int) call(MUNMAP, UNREAD_STATE, address, bytes, 0, 0, 0, 0) == FAILED) {
            throw new IllegalStateException("the system did not unmap, address=" + address + " bytes=" + bytes);
        }
    }

    /// Advises the system; false where it does not know the advice or cannot take it.
    static boolean advise(long address, long bytes, int advice) {
        return (int) call(MADVISE, UNREAD_STATE, address, bytes, advice, 0, 0, 0) != FAILED;
    }

    /// A new anonymous file in memory, full of holes.
    static int memoryFile(String name, long bytes) {
        int file = createMemoryFile(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            if ((int) call(FTRUNCATE, state, file, bytes, 0, 0, 0, 0) == FAILED) {
                throw refused("ftruncate", state, " bytes=" + bytes);
            }
            return file;
        } catch (RuntimeException | Error e) {
            close(file);
            throw e;
        }
    }

    private static int createMemoryFile(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long text = arena.allocateFrom(name).address();
            int file = (int) call(MEMFD_CREATE, state, text, MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0, 0);
            if (file == FAILED) {
                throw refused("memfd_create", state, "");
            }
            return file;
        }
    }

    /// Writes a range of memory into a file.
    static void write(int file, long address, long bytes, long position) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            for (long done = 0; done < bytes; ) {
                long written = call(PWRITE, state, file, address + done, bytes - done, position + done, 0, 0);
                if (written <= 0) {
                    throw refused("pwrite", state, " bytes=" + (bytes - done));
                }
                done += written;
            }
        }
    }

    /// Reads from a file into memory and gives the bytes read; -1 where the system does not.
    static long read(int file, long address, long bytes, long position) {
        return call(PREAD, UNREAD_STATE, file, address, bytes, position, 0, 0);
    }

    /// Makes a memory file unchangeable: no writing, no resizing, no further seals.
    static void seal(int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
            if ((int) call(FCNTL, state, file, F_ADD_SEALS, seals, 0, 0, 0) == FAILED) {
                throw refused("fcntl", state, "");
            }
        }
    }

    static void close(int file) {
        call(CLOSE, UNREAD_STATE, file, 0, 0, 0, 0, 0);
    }

    /// Opens a file to be read; -1 where that cannot be.
    static int open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(OPEN, UNREAD_STATE, arena.allocateFrom(path).address(), O_CLOEXEC, 0, 0, 0, 0);
        }
    }

    /// Controls a file; -1 where the system does not.
    static int control(int file, long request, MemorySegment argument) {
        try {
            return (int) call(IOCTL, UNREAD_STATE, file, request, argument.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    private static int pageBytes() {
        return (int) call(GETPAGESIZE, UNREAD_STATE, 0, 0, 0, 0, 0, 0);
    }

    private static long call(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
        } catch (RuntimeException | Error known) {
            throw known;
        } catch (Throwable other) {
            throw new IllegalStateException("a call of the C library ended in an exception", other);
        }
    }

    @SuppressWarnings("restricted") // Its users check bounds before every access.
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    @SuppressWarnings("restricted") // The comment on the shape says why it fits every function here.
    private static MethodHandle shape() {
        return LINKER.downcallHandle(
                FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    private static MemoryRefusedException refused(String call, MemorySegment state, String detail) {
        int errno = state.get(ValueLayout.JAVA_INT, STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno")));
        return new MemoryRefusedException(
                Reason.SYSTEM, "the system refused a call, call=" + call + " errno=" + errno + detail);
    }
}
