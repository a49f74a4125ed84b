package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The calls of the C library that foreign memories are made with, for Linux on x86-64 and aarch64, whose constants
/// for them are the same.
///
/// Initialising this class links them all, which fails where native access is denied or a function is missing.
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
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP =
            checked("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP = plain("munmap", FunctionDescriptor.of(INT, LONG, LONG));
    private static final MethodHandle MADVISE = plain("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final MethodHandle MEMFD_CREATE = checked("memfd_create", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle FTRUNCATE = checked("ftruncate", FunctionDescriptor.of(INT, INT, LONG));
    private static final MethodHandle PWRITE = checked("pwrite", FunctionDescriptor.of(LONG, INT, LONG, LONG, LONG));
    private static final MethodHandle PREAD = plain("pread", FunctionDescriptor.of(LONG, INT, LONG, LONG, LONG));
    private static final MethodHandle FCNTL =
            checked("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = plain("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle OPEN =
            plain("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            plain("ioctl", FunctionDescriptor.of(INT, INT, LONG, POINTER), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle GETPAGESIZE = plain("getpagesize", FunctionDescriptor.of(INT));

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
            long mapped = (long) MMAP.invokeExact(state, address, bytes, protection, flags, file, 0L);
            if (mapped == FAILED) {
                throw refused("mmap", state, " bytes=" + bytes);
            }
            return mapped;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void unmap(long address, long bytes) {
        try {
            if ((int) MUNMAP.invokeExact(address, bytes) == FAILED) {
                throw new IllegalStateException("the system did not unmap, address=" + address + " bytes=" + bytes);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Advises the system; false where it does not know the advice or cannot take it.
    static boolean advise(long address, long bytes, int advice) {
        try {
            return (int) MADVISE.invokeExact(address, bytes, advice) != FAILED;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// A new anonymous file in memory, full of holes.
    static int memoryFile(String name, long bytes) {
        int file = createMemoryFile(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            if ((int) FTRUNCATE.invokeExact(state, file, bytes) == FAILED) {
                throw refused("ftruncate", state, " bytes=" + bytes);
            }
            return file;
        } catch (Throwable e) {
            close(file);
            throw unexpected(e);
        }
    }

    private static int createMemoryFile(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int file = (int) MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), MFD_CLOEXEC | MFD_ALLOW_SEALING);
            if (file == FAILED) {
                throw refused("memfd_create", state, "");
            }
            return file;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Writes a range of memory into a file.
    static void write(int file, long address, long bytes, long position) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            for (long done = 0; done < bytes; ) {
                long written = (long) PWRITE.invokeExact(state, file, address + done, bytes - done, position + done);
                if (written <= 0) {
                    throw refused("pwrite", state, " bytes=" + (bytes - done));
                }
                done += written;
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Reads from a file into memory and gives the bytes read; -1 where the system does not.
    static long read(int file, long address, long bytes, long position) {
        try {
            return (long) PREAD.invokeExact(file, address, bytes, position);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Makes a memory file unchangeable: no writing, no resizing, no further seals.
    static void seal(int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
            if ((int) FCNTL.invokeExact(state, file, F_ADD_SEALS, seals) == FAILED) {
                throw refused("fcntl", state, "");
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void close(int file) {
        try {
            int ignored = (int) CLOSE.invokeExact(file);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Opens a file to be read; -1 where that cannot be.
    static int open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.invokeExact(arena.allocateFrom(path), O_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Controls a file; -1 where the system does not.
    static int control(int file, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.invokeExact(file, request, argument);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int pageBytes() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @SuppressWarnings("restricted") // Its users check bounds before every access.
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    private static MethodHandle checked(String name, FunctionDescriptor signature, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        return plain(name, signature, all);
    }

    @SuppressWarnings("restricted") // The signatures are those of the C library.
    private static MethodHandle plain(String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
    }

    private static MemoryRefusedException refused(String call, MemorySegment state, String detail) {
        int errno = (int) ERRNO.get(state, 0L);
        return new MemoryRefusedException(
                Reason.SYSTEM, "the system refused a call, call=" + call + " errno=" + errno + detail);
    }

    private static IllegalStateException unexpected(Throwable e) {
        switch (e) {
            case RuntimeException known -> throw known;
            case Error error -> throw error;
            default -> throw new IllegalStateException("a call of the C library ended in an exception", e);
        }
    }
}
