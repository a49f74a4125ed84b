package dev.cloche.host.engine.memory;

import java.lang.foreign.MemorySegment;

/// Brings one stamped memory back to its image, once.
///
/// Pages that calls usually write to are to be copied back, since dropping one costs the next call a fault that is many
/// times dearer: they are noted, and [#copyBack] does it. All others are dropped: the system then shows the image
/// again, and zeros behind it.
///
/// Where the system tells which pages were written to, exactly these are visited. Where it does not, everything between
/// the usual pages is dropped unseen. Either way no page is left as the guest wrote it.
final class ForeignReset implements PageMap.Sink {
    private static final long PAGE = Posix.PAGE_BYTES;
    /// Two runs to drop become one if no more lies between them: a call of the system costs as much as mapping that
    /// many pages again that were only read.
    private static final long MERGED_PAGES = 32;

    /// After so many drops, all between two pages copied back are merged: much was written, all over the memory.
    private static final int SINGLE_DROPS_MAX = 16;

    private final PageMap pageMap;
    private final ForeignImage image;
    private final long start;
    private final long end;
    private final long imageEnd;

    /// Pages to copy back, in ascending order.
    private final int[] usual;

    private int nextUsual;

    /// The usual pages that were written to, in ascending order.
    private final int[] owed;

    private int owedCount;

    /// A run of pages to drop that may still get longer; empty where both are equal.
    private long dropStart;

    private long dropEnd;

    private int drops;

    /// The end of the last page copied back, which no drop may reach across.
    private long copiedEnd;

    /// @param length what of the memory may have been written to
    /// @param usual the pages to copy back, in ascending order
    ForeignReset(PageMap pageMap, ForeignImage image, long address, long length, int[] usual) {
        this.pageMap = pageMap;
        this.image = image;
        this.start = address;
        this.end = address + length;
        this.imageEnd = address + image.length();
        this.usual = usual;
        this.owed = new int[usual.length];
        this.dropStart = address;
        this.dropEnd = address;
        this.copiedEnd = address;
    }

    /// Drops what is not usual, and notes what is to be copied back.
    void run() {
        boolean complete = pageMap.way() == PageMap.Way.SCAN && pageMap.find(start, end - start, this);
        drop(dropStart, dropEnd);
        if (!complete) {
            dropUnseen();
        }
    }

    @Override
    public void written(long from, long to) {
        for (long at = from; at < to; at += PAGE) {
            int page = (int) ((at - start) / PAGE);
            if (isUsual(page)) {
                owe(page);
                copiedEnd = at + PAGE;
            } else {
                dropLater(at);
            }
        }
    }

    private void owe(int page) {
        owed[owedCount] = page;
        owedCount++;
    }

    /// Copies back what [#run] noted, which ends the reset.
    void copyBack() {
        for (int i = 0; i < owedCount; ) {
            int from = owed[i];
            int to = from;
            for (; i < owedCount && owed[i] == to; i++) {
                to++;
            }
            copyBack(start + from * PAGE, start + to * PAGE);
        }
        owedCount = 0;
    }

    private void dropLater(long at) {
        boolean near = at - dropEnd <= MERGED_PAGES * PAGE || drops > SINGLE_DROPS_MAX;
        if (!near || copiedEnd > dropStart) {
            drop(dropStart, dropEnd);
            dropStart = at;
            drops++;
        }
        dropEnd = at + PAGE;
    }

    /// Pages come in ascending order, so both lists are walked once.
    private boolean isUsual(int page) {
        while (nextUsual < usual.length && usual[nextUsual] < page) {
            nextUsual++;
        }
        return nextUsual < usual.length && usual[nextUsual] == page;
    }

    private void dropUnseen() {
        long from = start;
        owedCount = 0;
        for (int page : usual) {
            long at = start + page * PAGE;
            if (at >= end) {
                break;
            }
            drop(from, at);
            owe(page);
            from = at + PAGE;
        }
        drop(from, end);
    }

    private void drop(long from, long to) {
        // Refused for memory that is locked: then what was written has to be written over.
        if (from < to && !Posix.advise(from, to - from, Posix.MADV_DONTNEED)) {
            copyBack(from, to);
        }
    }

    private void copyBack(long from, long to) {
        long split = Math.clamp(imageEnd, from, to);
        MemorySegment.copy(Posix.ALL, image.address() + (from - start), Posix.ALL, from, split - from);
        Posix.ALL.asSlice(split, to - split).fill((byte) 0);
    }
}
