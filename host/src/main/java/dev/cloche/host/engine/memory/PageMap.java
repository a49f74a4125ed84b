package dev.cloche.host.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Asks the system which pages of a private mapping this process has written to. Needs no privileges.
///
/// A written page of a private mapping is anonymous memory; one that was only read still belongs to the file, or is the
/// system's page of zeros.
final class PageMap {
    /// How the system is asked.
    enum Way {
        /// One call gives all ranges, and costs what was touched (Linux 6.7 and later).
        SCAN,
        /// An entry is read for each page, touched or not.
        READ,
        /// Not at all.
        NONE
    }

    /// Takes what was found, in ascending order.
    @FunctionalInterface
    interface Sink {
        /// @param start of a run of written pages
        /// @param end the first address behind it
        void written(long start, long end);
    }

    /*
     * The argument of PAGEMAP_SCAN, twelve words, and what it answers, three words for a range; from linux/fs.h:
     *
     *     0 size      1 flags       2 start          3 end            4 walk_end      5 vec
     *     6 vec_len   7 max_pages   8 cat_inverted   9 cat_mask      10 cat_anyof    11 return_mask
     *
     *     0 start     1 end         2 categories
     */
    private static final long PAGEMAP_SCAN = 0xC060_6610L;
    private static final int ARGUMENT_WORDS = 12;
    private static final int RANGE_WORDS = 3;
    private static final int WALK_END = 4;
    private static final long IS_FILE = 1 << 2;
    private static final long IS_PRESENT = 1 << 3;
    private static final long IS_SWAPPED = 1 << 4;
    private static final long IS_ZERO_PAGE = 1 << 5;

    /// Ranges taken from one call.
    private static final int RANGES = 128;

    private static final long ENTRY_PRESENT = 1L << 63;
    private static final long ENTRY_SWAPPED = 1L << 62;
    private static final long ENTRY_FILE = 1L << 61;

    /// Entries taken from one read.
    private static final int ENTRIES = 4_096;

    /// The page map of this process. Its file stays open as long as the process lives.
    private static final class Found {
        static final PageMap PROCESS = open();
    }

    private final Way way;
    private final int file;

    private PageMap(Way way, int file) {
        this.way = way;
        this.file = file;
    }

    static PageMap ofProcess() {
        return Found.PROCESS;
    }

    /// The page map of this process, asked in no better way than this.
    static PageMap ofProcess(Way best) {
        Way way = best.compareTo(ofProcess().way) > 0 ? best : ofProcess().way;
        return new PageMap(way, ofProcess().file);
    }

    Way way() {
        return way;
    }

    private static PageMap open() {
        int file = Posix.open("/proc/self/pagemap");
        if (file < 0) {
            return new PageMap(Way.NONE, file);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(ValueLayout.JAVA_LONG, ARGUMENT_WORDS + RANGE_WORDS);
            long somewhere = argument.address() & -Posix.PAGE_BYTES;
            prepare(argument, somewhere, somewhere + Posix.PAGE_BYTES, 1);
            boolean scans = Posix.control(file, PAGEMAP_SCAN, argument) >= 0;
            return new PageMap(scans ? Way.SCAN : Way.READ, file);
        }
    }

    /// Tells the sink all runs of written pages in a range; false if the system did not tell all of them.
    boolean find(long address, long bytes, Sink sink) {
        return switch (way) {
            case SCAN -> scan(address, address + bytes, sink);
            case READ -> read(address, address + bytes, sink);
            case NONE -> false;
        };
    }

    private boolean scan(long start, long end, Sink sink) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, ARGUMENT_WORDS + (long) RANGES * RANGE_WORDS);
            for (long from = start; from < end; ) {
                prepare(words, from, end, RANGES);
                int found = Posix.control(file, PAGEMAP_SCAN, words);
                long reached = words.getAtIndex(ValueLayout.JAVA_LONG, WALK_END);
                if (found < 0 || reached <= from) {
                    return false;
                }
                for (int i = 0; i < found; i++) {
                    int range = ARGUMENT_WORDS + i * RANGE_WORDS;
                    sink.written(
                            words.getAtIndex(ValueLayout.JAVA_LONG, range),
                            words.getAtIndex(ValueLayout.JAVA_LONG, range + 1));
                }
                from = reached;
            }
            return true;
        }
    }

    private static void prepare(MemorySegment words, long start, long end, int ranges) {
        long[] argument = {
            ARGUMENT_WORDS * (long) Long.BYTES,
            0,
            start,
            end,
            0,
            words.address() + ARGUMENT_WORDS * (long) Long.BYTES,
            ranges,
            0,
            IS_FILE | IS_ZERO_PAGE,
            IS_FILE | IS_ZERO_PAGE,
            IS_PRESENT | IS_SWAPPED,
            IS_PRESENT
        };
        MemorySegment.copy(argument, 0, words, ValueLayout.JAVA_LONG, 0, ARGUMENT_WORDS);
    }

    private boolean read(long start, long end, Sink sink) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(ValueLayout.JAVA_LONG, ENTRIES);
            long page = Posix.PAGE_BYTES;
            for (long from = start; from < end; ) {
                long wanted = Math.min(ENTRIES, (end - from) / page);
                long got = Posix.read(file, entries.address(), wanted * Long.BYTES, from / page * Long.BYTES);
                if (got < Long.BYTES) {
                    return false;
                }
                for (long i = 0; i < got / Long.BYTES; i++) {
                    long entry = entries.getAtIndex(ValueLayout.JAVA_LONG, i);
                    if ((entry & (ENTRY_PRESENT | ENTRY_SWAPPED)) != 0 && (entry & ENTRY_FILE) == 0) {
                        sink.written(from + i * page, from + (i + 1) * page);
                    }
                }
                from += got / Long.BYTES * page;
            }
            return true;
        }
    }
}
