package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.SpareMappings.Spare;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A linear memory in pages that the system maps: reserved once to the isolate's cap, so growth never copies.
public final class ForeignMemory extends LinearMemory {
    /*
     * One constant segment covers all of memory, so the compiler folds away its liveness, its bounds and its access
     * mode: what is left of an access is our own comparison and one instruction. Handles of layouts that are constants
     * too have fewer layers to inline than the accessors of a segment. The segment stays in the class that makes it,
     * so that this one can be asked whether there is foreign memory where native access is denied.
     */
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG_UNALIGNED);
    private static final VarHandle FLOAT = handle(ValueLayout.JAVA_FLOAT_UNALIGNED);
    private static final VarHandle DOUBLE = handle(ValueLayout.JAVA_DOUBLE_UNALIGNED);

    private static final int[] NONE = {};

    /// Changes no address, but tells the compiler that it is not negative, which saves the segment's own comparison.
    private static final long POSITIVE = 0x00ff_ffff_ffff_ffffL;

    private final ForeignHome home;
    private final Region region;
    private final long address;

    /// Whether the lease that runs began with no page brought in, so that what it writes to can be told.
    private boolean observed;

    /// What is left to do of a reset; null if nothing is.
    private @Nullable ForeignReset unfinished;

    /// The most that was in use since the memory showed its image alone: what a reset has to look through.
    private long extent;

    private ForeignMemory(ForeignHome home, Shape shape, @Nullable ForeignImage image, Region region) {
        super(shape, image, home.counters());
        this.home = home;
        this.region = region;
        this.address = region.address();
        this.extent = length();
        home.counters().reservedBytes.addAndGet(region.reserved());
    }

    /// Why there is no foreign memory in this process; empty where there is.
    public static Optional<String> unavailable() {
        return ForeignSupport.unavailable();
    }

    static ForeignMemory allocate(ForeignHome home, Shape shape) {
        return map(home, shape, null);
    }

    static ForeignMemory stamp(ForeignHome home, Shape shape, ForeignImage image) {
        boolean bare = image.hotPages().observeNext();
        Spare spare = home.spares().take(image, reserved(shape), home.node());
        if (spare != null && bare && !bare(spare.region())) {
            home.giveUp(spare);
            spare = null;
        }
        ForeignMemory memory =
                spare == null ? map(home, shape, image) : new ForeignMemory(home, shape, image, spare.region());
        memory.observed = bare;
        memory.unprepared = spare == null && !bare;
        return memory;
    }

    /// Drops all pages that can be; what of a spare mapping cannot is zeros.
    private static boolean bare(Region region) {
        return Posix.advise(region.address(), region.droppable(), Posix.MADV_DONTNEED);
    }

    private static long reserved(Shape shape) {
        // An empty mapping cannot be had, and an empty memory is a memory too.
        return Math.max(PAGE_SIZE, shape.maximumBytes());
    }

    private static ForeignMemory map(ForeignHome home, Shape shape, @Nullable ForeignImage image) {
        Region mapped = home.map(reserved(shape), image);
        boolean done = false;
        try {
            ForeignMemory memory = new ForeignMemory(home, shape, image, mapped);
            done = true;
            return memory;
        } finally {
            if (!done) {
                home.unmap(mapped, 0);
            }
        }
    }

    /// Where the memory begins.
    long address() {
        return address;
    }

    Region region() {
        return region;
    }

    /// Copies the pages of the image that calls usually write to, on the thread that needs them: for a new memory, one
    /// call of the system for a run of them costs less than a fault each.
    @Override
    void prepare() {
        if (unfinished != null) {
            unfinished.copyBack();
            unfinished = null;
            extent = length();
            return;
        }
        MemoryImage image = image().orElseThrow();
        bringIn(((ForeignImage) image).hotPages().usual(), image.length());
    }

    private void bringIn(int[] pages, long imageBytes) {
        long page = Posix.PAGE_BYTES;
        int last = pages.length;
        // What lies behind the image may lie behind this memory too.
        while (last > 0 && (pages[last - 1] + 1) * page > imageBytes) {
            last--;
        }
        for (int from = 0; from < last; ) {
            int to = from + 1;
            while (to < last && pages[to] == pages[to - 1] + 1) {
                to++;
            }
            // Kernels before 5.14 do not know it: then the first write brings the page in.
            Posix.advise(address + pages[from] * page, (to - from) * page, Posix.MADV_POPULATE_WRITE);
            from = to;
        }
    }

    private static VarHandle handle(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    }

    public static byte memoryReadByte(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        return (byte) BYTE.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static short memoryReadShort(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        return (short) SHORT.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static int memoryReadInt(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        return (int) INT.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static long memoryReadLong(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        return (long) LONG.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static float memoryReadFloat(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        return (float) FLOAT.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static double memoryReadDouble(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        return (double) DOUBLE.get(Posix.ALL, (memory.address + address) & POSITIVE);
    }

    public static void memoryWriteByte(int base, byte value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        BYTE.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteShort(int base, short value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        SHORT.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteInt(int base, int value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        INT.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteLong(int base, long value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        LONG.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteFloat(int base, float value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        FLOAT.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteDouble(int base, double value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        DOUBLE.set(Posix.ALL, (memory.address + address) & POSITIVE, value);
    }

    @Override
    public byte read(int addr) {
        return memoryReadByte(addr, 0, this);
    }

    @Override
    public void writeByte(int addr, byte data) {
        memoryWriteByte(addr, data, 0, this);
    }

    @Override
    public short readShort(int addr) {
        return memoryReadShort(addr, 0, this);
    }

    @Override
    public void writeShort(int addr, short data) {
        memoryWriteShort(addr, data, 0, this);
    }

    @Override
    public int readInt(int addr) {
        return memoryReadInt(addr, 0, this);
    }

    @Override
    public void writeI32(int addr, int data) {
        memoryWriteInt(addr, data, 0, this);
    }

    @Override
    public long readLong(int addr) {
        return memoryReadLong(addr, 0, this);
    }

    @Override
    public void writeLong(int addr, long data) {
        memoryWriteLong(addr, data, 0, this);
    }

    @Override
    public float readFloat(int addr) {
        return memoryReadFloat(addr, 0, this);
    }

    @Override
    public void writeF32(int addr, float data) {
        memoryWriteFloat(addr, data, 0, this);
    }

    @Override
    public double readDouble(int addr) {
        return memoryReadDouble(addr, 0, this);
    }

    @Override
    public void writeF64(int addr, double data) {
        memoryWriteDouble(addr, data, 0, this);
    }

    @Override
    void copyPiece(long destination, long source, long size) {
        MemorySegment.copy(Posix.ALL, address + source, Posix.ALL, address + destination, size);
    }

    @Override
    void fillPiece(long at, byte value, long size) {
        Posix.ALL.asSlice(address + at, size).fill(value);
    }

    @Override
    void load(long at, byte[] target, int offset, int size) {
        MemorySegment.copy(Posix.ALL, ValueLayout.JAVA_BYTE, address + at, target, offset, size);
    }

    @Override
    void store(long at, byte[] source, int offset, int size) {
        MemorySegment.copy(source, offset, Posix.ALL, ValueLayout.JAVA_BYTE, address + at, size);
    }

    /// The mapping is there already, and what was never written to is zeros.
    @Override
    void extend(long needed) {
        extent = Math.max(extent, needed);
    }

    @Override
    void rewind() {
        ForeignImage image = (ForeignImage) image().orElseThrow();
        observe(image);
        observed = image.hotPages().observeNext();
        unfinished = drop(image, observed ? NONE : image.hotPages().usual());
        unprepared = true;
    }

    private ForeignReset drop(ForeignImage image, int[] usual) {
        ForeignReset reset = new ForeignReset(home.pageMap(), image, address, region.droppable(extent), usual);
        reset.run();
        region.wipe(extent);
        return reset;
    }

    /// Tells the image what a lease wrote to that began bare.
    private void observe(ForeignImage image) {
        if (observed) {
            HotPages.Notes notes = new HotPages.Notes(address);
            if (home.pageMap().find(address, region.droppable(extent), notes)) {
                image.hotPages().observe(notes);
            }
        }
    }

    @Override
    MemoryImage image(MemoryImage.State state) {
        int file = Posix.memoryFile(ForeignImage.FILE_NAME, home.fileBytes(state.length()));
        try {
            NonZeroPages.forEach(
                    address, state.length(), (start, end) -> Posix.write(file, start, end - start, start - address));
        } catch (RuntimeException | Error e) {
            Posix.close(file);
            throw e;
        }
        return ForeignImage.seal(home, file, state);
    }

    @Override
    void release(boolean orderly) {
        home.counters().reservedBytes.addAndGet(-region.reserved());
        boolean kept = false;
        try {
            kept = image().isPresent() && retire((ForeignImage) image().get(), orderly);
        } finally {
            if (!kept) {
                home.unmap(region, extent);
            }
        }
    }

    /// Lets the mapping be used again, unless somebody was still inside when the memory was closed.
    ///
    /// @return false if it is not kept
    private boolean retire(ForeignImage image, boolean orderly) {
        observe(image);
        if (!orderly || !home.spares().wants(image)) {
            return false;
        }
        drop(image, image.hotPages().usual()).copyBack();
        return home.keep(new Spare(image, region));
    }
}
