package dev.cloche.host.engine.memory;

import java.lang.foreign.MemorySegment;

/// Brings one stamped memory back to its image, once.
///
/// Pages that calls usually write to are copied back, since dropping one costs the next call a fault that is many times
/// dearer. All others are dropped: the system then shows the image again, and zeros behind it.
///
/// Where the system tells which pages were written to, exactly these are visited. Where it does not, everything between
/// the usual pages is dropped unseen. Either way no page is left as the guest wrote it.
final class ForeignReset implements PageMap.Sink {
    private static final long PAGE = Posix.PAGE_BYTES;
    private static final int[] NONE = {};

    private final PageMap pageMap;
    private final ForeignImage image;
    private final long start;
    private final long end;
    private final long imageEnd;
    private final HotPages hotPages;
    private final int[] usual;

    /// Before anything is known about usual pages, the first ones of a lease are taken for usual.
    private final boolean guessing;

    private int nextUsual;
    private int guessed;

    /// A run of pages to drop that may still get longer; empty where both are equal.
    private long dropStart;

    private long dropEnd;

    private final boolean observing;
    private final int[] noted;
    private int notedCount;

    ForeignReset(PageMap pageMap, ForeignImage image, long address, long length) {
        this.pageMap = pageMap;
        this.image = image;
        this.start = address;
        this.end = address + length;
        this.imageEnd = address + image.length();
        this.hotPages = image.hotPages();
        this.usual = hotPages.learned().reset();
        this.guessing = !hotPages.ready();
        this.observing = hotPages.observeNext();
        this.noted = observing ? new int[HotPages.NOTED_MAX] : NONE;
    }

    void run() {
        boolean exact = pageMap.way() == PageMap.Way.SCAN;
        if (exact || observing) {
            exact &= pageMap.find(start, end - start, this);
        }
        drop(dropStart, dropEnd);
        if (!exact) {
            dropUnseen();
        }
        if (observing && notedCount < noted.length) {
            hotPages.observe(noted, notedCount);
        }
    }

    @Override
    public void written(long from, long to) {
        for (long at = from; at < to; at += PAGE) {
            note(at);
            if (pageMap.way() != PageMap.Way.SCAN) {
                continue;
            }
            if (isUsual(page(at))) {
                copyBack(at, at + PAGE);
            } else if (at == dropEnd) {
                dropEnd += PAGE;
            } else {
                drop(dropStart, dropEnd);
                dropStart = at;
                dropEnd = at + PAGE;
            }
        }
    }

    private int page(long address) {
        return (int) ((address - start) / PAGE);
    }

    /// Notes a page that differs from the image: one that was copied back earlier is found too, written to or not.
    private void note(long at) {
        if (notedCount < noted.length && differs(at)) {
            noted[notedCount] = page(at);
            notedCount++;
        }
    }

    private boolean differs(long at) {
        if (at >= imageEnd) {
            return !NonZeroPages.isZero(at, PAGE);
        }
        long original = image.address() + (at - start);
        return MemorySegment.mismatch(Posix.ALL, at, at + PAGE, Posix.ALL, original, original + PAGE) >= 0;
    }

    /// Pages come in ascending order, so both lists are walked once.
    private boolean isUsual(int page) {
        if (guessing) {
            guessed++;
            return guessed <= HotPages.RESET_PAGES_MAX;
        }
        while (nextUsual < usual.length && usual[nextUsual] < page) {
            nextUsual++;
        }
        return nextUsual < usual.length && usual[nextUsual] == page;
    }

    private void dropUnseen() {
        long from = start;
        for (int page : usual) {
            long at = start + page * PAGE;
            if (at >= end) {
                break;
            }
            drop(from, at);
            copyBack(at, at + PAGE);
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
