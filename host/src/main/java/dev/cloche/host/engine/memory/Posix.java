package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import dev.cloche.host.system.CLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    private static final int MAP_HUGETLB = 0x40000;
    private static final int MAP_HUGE_SHIFT = 26;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int F_SEAL_WRITE = 8;
    private static final int O_CLOEXEC = 0x80000;
    private static final int FAILED = CLibrary.FAILED;

    private static final MemorySegment MMAP = CLibrary.function("mmap");
    private static final MemorySegment MUNMAP = CLibrary.function("munmap");
    private static final MemorySegment MADVISE = CLibrary.function("madvise");
    private static final MemorySegment MEMFD_CREATE = CLibrary.function("memfd_create");
    private static final MemorySegment FTRUNCATE = CLibrary.function("ftruncate");
    private static final MemorySegment PWRITE = CLibrary.function("pwrite");
    private static final MemorySegment PREAD = CLibrary.function("pread");
    private static final MemorySegment FCNTL = CLibrary.function("fcntl");
    private static final MemorySegment CLOSE = CLibrary.function("close");
    private static final MemorySegment OPEN = CLibrary.function("open");
    private static final MemorySegment IOCTL = CLibrary.function("ioctl");
    private static final MemorySegment GETPAGESIZE = CLibrary.function("getpagesize");

    /// All memory there is. Whoever uses it checks bounds first.
    static final MemorySegment ALL = all();

    /// The size of the system's pages.
    static final int PAGE_BYTES = pageBytes();

    private Posix() {}

    /// An anonymous private mapping that takes no memory before it is touched.
    static long mapAnonymous(long bytes) {
        return map(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, FAILED);
    }

    /// Maps anonymous pages, all zeros, over a part of a mapping that is there.
    static void mapAnonymousOver(long address, long bytes) {
        map(address, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, FAILED);
    }

    /// An anonymous private mapping on huge pages of the system's pool, which are set aside for it. Before it is used
    /// [#populate] has to bring them all in: an access for which there is none after all ends the process.
    ///
    /// @param pageBytes their size, a power of two
    static long mapHuge(long bytes, long pageBytes) {
        int size = Long.numberOfTrailingZeros(pageBytes) << MAP_HUGE_SHIFT;
        return map(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | size, FAILED);
    }

    /// Brings all pages of a range in.
    ///
    /// @return zero, or why the system did not: its `errno`
    static int populate(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CLibrary.state(arena);
            long answer = CLibrary.call(MADVISE, state, address, bytes, MADV_POPULATE_WRITE, 0, 0, 0);
            return (int) answer == FAILED ? CLibrary.errno(state) : 0;
        }
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
            MemorySegment state = CLibrary.state(arena);
            long mapped = CLibrary.call(MMAP, state, address, bytes, protection, flags, file, 0);
            if (mapped == FAILED) {
                throw refused("mmap", state, " bytes=" + bytes);
            }
            return mapped;
        }
    }

    static void unmap(long address, long bytes) {
        if ((int) CLibrary.call(MUNMAP, address, bytes, 0, 0, 0, 0) == FAILED) {
            throw new IllegalStateException("the system did not unmap, address=" + address + " bytes=" + bytes);
        }
    }

    /// Advises the system; false where it does not know the advice or cannot take it.
    static boolean advise(long address, long bytes, int advice) {
        return (int) CLibrary.call(MADVISE, address, bytes, advice, 0, 0, 0) != FAILED;
    }

    /// A new anonymous file in memory, full of holes.
    static int memoryFile(String name, long bytes) {
        int file = createMemoryFile(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CLibrary.state(arena);
            if ((int) CLibrary.call(FTRUNCATE, state, file, bytes, 0, 0, 0, 0) == FAILED) {
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
            MemorySegment state = CLibrary.state(arena);
            long text = arena.allocateFrom(name).address();
            int file = (int) CLibrary.call(MEMFD_CREATE, state, text, MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0, 0);
            if (file == FAILED) {
                throw refused("memfd_create", state, "");
            }
            return file;
        }
    }

    /// Writes a range of memory into a file.
    static void write(int file, long address, long bytes, long position) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CLibrary.state(arena);
            for (long done = 0; done < bytes; ) {
                long written = CLibrary.call(PWRITE, state, file, address + done, bytes - done, position + done, 0, 0);
                if (written <= 0) {
                    throw refused("pwrite", state, " bytes=" + (bytes - done));
                }
                done += written;
            }
        }
    }

    /// Reads from a file into memory and gives the bytes read; -1 where the system does not.
    static long read(int file, long address, long bytes, long position) {
        return CLibrary.call(PREAD, file, address, bytes, position, 0, 0);
    }

    /// Makes a memory file unchangeable: no writing, no resizing, no further seals.
    static void seal(int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CLibrary.state(arena);
            int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
            if ((int) CLibrary.call(FCNTL, state, file, F_ADD_SEALS, seals, 0, 0, 0) == FAILED) {
                throw refused("fcntl", state, "");
            }
        }
    }

    static void close(int file) {
        CLibrary.call(CLOSE, file, 0, 0, 0, 0, 0);
    }

    /// Opens a file to be read; -1 where that cannot be.
    static int open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) CLibrary.call(OPEN, arena.allocateFrom(path).address(), O_CLOEXEC, 0, 0, 0, 0);
        }
    }

    /// Controls a file; -1 where the system does not.
    static int control(int file, long request, MemorySegment argument) {
        try {
            return (int) CLibrary.call(IOCTL, file, request, argument.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    private static int pageBytes() {
        return (int) CLibrary.call(GETPAGESIZE, 0, 0, 0, 0, 0, 0);
    }

    @SuppressWarnings("restricted") // Its users check bounds before every access.
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    private static MemoryRefusedException refused(String call, MemorySegment state, String detail) {
        int errno = CLibrary.errno(state);
        return new MemoryRefusedException(
                Reason.SYSTEM, "the system refused a call, call=" + call + " errno=" + errno + detail);
    }
}
