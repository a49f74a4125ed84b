package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.MemoryLimits;

/// The linear memory of one guest, and what compiled code wants near to it: mutable globals and the request to stop.
///
/// The static methods are what compiled code calls; base, offset and size are unsigned there. Each checks all bounds
/// before it touches anything, and a range that leaves the memory is a trap. One thread at a time may use a memory.
///
/// **Closing.** A thread that runs the guest, or uses the memory on its behalf, is inside: it calls [#enter] before and
/// [#exit] after. Any thread may [#close] at any time; what lies under the memory is freed at once if nobody is inside,
/// else by the last one to leave, and until then the memory is counted as quarantined. Accesses after closing trap.
/// A thread that touches a memory which another thread may be closing, without being inside, is not protected.
public abstract sealed class LinearMemory extends GlobalSlots implements Memory, AutoCloseable
        permits ForeignMemory, HeapMemory {
    /// Bulk operations look for a request to stop after this many bytes.
    public static final int BULK_PIECE_BYTES = 1 << 20;

    /// What the host does between two slices of a guest's fuel. Called on the thread that runs the guest.
    @FunctionalInterface
    public interface Slices {
        /// Ends a slice and begins another, or throws to stop the guest.
        ///
        /// @param left what is left of the slice, below zero if more was used
        /// @return the size of the next one
        long next(long left);
    }

    private static final long SLICE_OF_ITS_OWN = 1_000_000;

    static final long UNSIGNED = 0xffffffffL;

    private static final VarHandle STOP;

    static {
        try {
            STOP = MethodHandles.lookup().findVarHandle(LinearMemory.class, "stop", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /*
     * An access of n bytes at an address is in bounds if address <= limitN: one comparison, without a sum that could
     * overflow. A closed memory has limits below zero, so every access to it is out of bounds.
     */
    long limit1;
    long limit2;
    long limit4;
    long limit8;

    /// Read and written through the handle alone.
    int stop;
    /// Without a host that gives out fuel there is as much as one wants, in slices, so that stopping works.
    private Slices slices = this::sliceOfItsOwn;
    private long length;
    private boolean initialised;

    /// What of the host's memory it has taken.
    private long taken;

    private @Nullable MemoryAccount account;

    /// Whether the next to go inside is to [#prepare] the memory.
    boolean unprepared;

    /// Whether a reset is unfinished: there is content that is not the image's, so all limits are below zero.
    private boolean shut;

    private final int initialPages;
    private final int maximumPages;
    private final @Nullable MemoryImage image;
    private final MemoryCounters counters;
    private final Occupancy occupancy = new Occupancy();
    private final DataSegments segments;

    /// @param image what the memory is stamped from; its length is the one to begin with
    LinearMemory(Shape shape, @Nullable MemoryImage image, MemoryCounters counters) {
        super(shape.globalCount());
        this.initialPages = shape.initialPages();
        this.maximumPages = shape.maximumPages();
        this.image = image;
        this.counters = counters;
        if (image == null) {
            this.segments = new DataSegments(null);
            length(initialPages * (long) PAGE_SIZE);
        } else {
            this.segments = new DataSegments(image.dropped());
            length(image.length());
            restoreGlobals();
        }
        this.taken = length;
        counters.live.incrementAndGet();
    }

    /// Takes what a new memory is to have at first.
    ///
    /// @throws MemoryRefusedException if the host has not so much left
    static void admit(HostMemory host, long bytes) {
        if (!host.takeLinear(bytes)) {
            throw new MemoryRefusedException(
                    Reason.HOST_FULL, "the host's memory for guests is used up, wanted=" + bytes + " " + host);
        }
    }

    final void account(MemoryAccount opened) {
        account = opened;
    }

    /// The number that the memory is a part of.
    public final MemoryAccount account() {
        MemoryAccount opened = account;
        if (opened == null) {
            throw new IllegalStateException("the memory has no account, length=" + length);
        }
        return opened;
    }

    /// What a new memory is to be like.
    record Shape(int initialPages, int maximumPages, int globalCount) {
        /// The declared limits, the maximum lowered to the cap.
        static Shape of(MemoryLimits declared, long capBytes, int globalCount) {
            if (declared.shared()) {
                throw new IllegalArgumentException("a shared memory is not supported, declared=" + declared);
            }
            int cap = (int) Math.min(capBytes / PAGE_SIZE, RUNTIME_MAX_PAGES);
            if (declared.initialPages() > cap) {
                throw new MemoryRefusedException(
                        Reason.ABOVE_CAP,
                        capBytes,
                        "the memory's minimum is above the cap, pages=" + declared.initialPages() + " cap=" + capBytes);
            }
            return new Shape(declared.initialPages(), Math.min(declared.maximumPages(), cap), globalCount);
        }

        long maximumBytes() {
            return maximumPages * (long) PAGE_SIZE;
        }
    }

    /// The bytes in use.
    public final long length() {
        return length;
    }

    /// Goes inside: until [#exit], closing does not free what this thread works on.
    ///
    /// @throws IllegalStateException if the memory is closed
    public final void enter() {
        goInside();
        if (unprepared) {
            unprepared = false;
            prepare();
            open();
        }
    }

    /// Makes the whole length accessible again, unless the memory is being closed.
    private void open() {
        shut = false;
        length(length);
        // Whoever closes says so before it shuts the memory: one of the two sees the other.
        VarHandle.fullFence();
        if (closed()) {
            length(0);
        }
    }

    private void goInside() {
        if (!occupancy.enter()) {
            throw new IllegalStateException("the memory is closed, image=" + (image != null));
        }
    }

    /// Leaves; frees the memory if it was closed meanwhile and nobody else is inside.
    public final void exit() {
        if (occupancy.exit()) {
            counters.quarantined.decrementAndGet();
            free(false);
        }
    }

    /// Ends the memory: every access from now on is a trap. May be called by any thread, again and again.
    @Override
    public final void close() {
        switch (occupancy.close()) {
            case LAST -> free(true);
            case OCCUPIED -> {
                counters.quarantined.incrementAndGet();
                length(0);
            }
            case REPEATED -> {}
        }
    }

    public final boolean closed() {
        return occupancy.closed();
    }

    private void free(boolean orderly) {
        length(0);
        release(orderly);
        counters.live.decrementAndGet();
        counters.host.giveLinear(taken);
        if (image != null) {
            image.release();
        }
    }

    final MemoryCounters counters() {
        return counters;
    }

    /// What the memory was stamped from.
    public final Optional<MemoryImage> image() {
        return Optional.ofNullable(image);
    }

    /// Captures content, globals and dropped segments.
    ///
    /// @throws MemoryRefusedException if the system has no room for it
    public final MemoryImage capture() {
        enter();
        try {
            return image(new MemoryImage.State(length, globalValues(), segments.dropped()));
        } finally {
            exit();
        }
    }

    /// Brings a stamped memory back to its image: content, length, globals and dropped segments. Nothing that was
    /// written since can be read afterwards, and what grows anew is zeros.
    ///
    /// Some of the content may only come back when somebody goes inside; until then every access is out of bounds.
    ///
    /// @throws IllegalStateException if the memory is closed or was not stamped
    public final void reset() {
        if (image == null) {
            throw new IllegalStateException("only a stamped memory can be reset, image=none");
        }
        goInside();
        try {
            rewind();
            length = image.length();
            counters.host.giveLinear(taken - length);
            taken = length;
            segments.restore();
            restoreGlobals();
            shut = unprepared;
            length(length);
        } finally {
            exit();
        }
    }

    /// Sets the globals of a stamped memory to those of its image; to be called once the engine has set the initial
    /// ones, which it does for every instance.
    public final void restoreGlobals() {
        if (image != null) {
            globalValues(image.globals());
        }
    }

    /// Which data segments are dropped; empty before the engine has initialised the memory.
    public final boolean[] droppedSegments() {
        return segments.dropped();
    }

    final void length(long bytes) {
        length = bytes;
        long accessible = shut ? 0 : bytes;
        limit1 = accessible - Byte.BYTES;
        limit2 = accessible - Short.BYTES;
        limit4 = accessible - Integer.BYTES;
        limit8 = accessible - Long.BYTES;
    }

    /// Ends the guest's next look at the request to stop by an exception.
    ///
    /// @throws WasmInterruptedException if a stop is requested
    public static void poll(LinearMemory memory) {
        if ((int) STOP.getOpaque(memory) != 0) {
            throw stopped();
        }
    }

    /// Ends the slice of fuel that runs and begins the next.
    ///
    /// @throws WasmInterruptedException if a stop is requested
    public static void nextSlice(LinearMemory memory) {
        memory.fuel = memory.slices.next(memory.fuel);
    }

    private long sliceOfItsOwn(long left) {
        poll(this);
        return SLICE_OF_ITS_OWN;
    }

    /// Who is asked for the next slice of fuel. Before the guest first runs.
    public final void slices(Slices next) {
        slices = next;
    }

    /// What unwinds a guest that is to stop.
    public static WasmInterruptedException stopped() {
        return new WasmInterruptedException("Thread interrupted");
    }

    /// Asks the guest to stop at its next look, or takes that back. May be called by any thread.
    public final void stop(boolean requested) {
        STOP.setVolatile(this, requested ? 1 : 0);
    }

    public static void memoryCopy(int destination, int source, int size, LinearMemory memory) {
        memory.copyRange(destination & UNSIGNED, source & UNSIGNED, size & UNSIGNED);
    }

    /// Copies from one memory of a module to another.
    public static void memoryCopy(
            int destination, int source, int size, LinearMemory destinationMemory, LinearMemory sourceMemory) {
        if (destinationMemory == sourceMemory) {
            memoryCopy(destination, source, size, destinationMemory);
            return;
        }
        long to = destination & UNSIGNED;
        long from = source & UNSIGNED;
        long bytes = size & UNSIGNED;
        destinationMemory.checkRange(to, bytes);
        sourceMemory.checkRange(from, bytes);
        for (long done = 0; done < bytes; done += BULK_PIECE_BYTES) {
            int piece = (int) Math.min(BULK_PIECE_BYTES, bytes - done);
            byte[] content = new byte[piece];
            sourceMemory.load(from + done, content, 0, piece);
            destinationMemory.store(to + done, content, 0, piece);
            poll(destinationMemory);
        }
    }

    public static void memoryFill(int offset, byte value, int size, LinearMemory memory) {
        memory.fillRange(offset & UNSIGNED, value, size & UNSIGNED);
    }

    public static void memoryInit(int destination, int offset, int size, int segment, LinearMemory memory) {
        memory.initRange(destination & UNSIGNED, offset & UNSIGNED, size & UNSIGNED, segment);
    }

    /// Grows by so many pages and gives the pages there were, or -1 where it may not grow.
    public static int memoryGrow(int pages, LinearMemory memory) {
        return memory.grow(pages);
    }

    public static void memoryDrop(int segment, LinearMemory memory) {
        memory.drop(segment);
    }

    public static int memoryPages(LinearMemory memory) {
        return memory.pages();
    }

    private void copyRange(long destination, long source, long size) {
        checkRange(destination, size);
        checkRange(source, size);
        boolean backward = destination > source && destination < source + size;
        for (long done = 0; done < size; ) {
            long piece = Math.min(BULK_PIECE_BYTES, size - done);
            long at = backward ? size - done - piece : done;
            copyPiece(destination + at, source + at, piece);
            done += piece;
            poll(this);
        }
    }

    private void fillRange(long address, byte value, long size) {
        checkRange(address, size);
        for (long done = 0; done < size; ) {
            long piece = Math.min(BULK_PIECE_BYTES, size - done);
            fillPiece(address + done, value, piece);
            done += piece;
            poll(this);
        }
    }

    private void initRange(long destination, long offset, long size, int segment) {
        byte[] content = segments.content(segment);
        if (offset + size > content.length) {
            throw new WasmRuntimeException("out of bounds memory access: segment=" + segment + " address=" + offset
                    + " size=" + size + " limit=" + content.length);
        }
        checkRange(destination, size);
        for (long done = 0; done < size; ) {
            int piece = (int) Math.min(BULK_PIECE_BYTES, size - done);
            store(destination + done, content, (int) (offset + done), piece);
            done += piece;
            poll(this);
        }
    }

    final void checkRange(long address, long size) {
        if (address < 0 || size < 0 || address + size > limit1 + 1) {
            throw outOfBounds(address, size);
        }
    }

    final WasmRuntimeException outOfBounds(long address, long size) {
        return new WasmRuntimeException(
                "out of bounds memory access: address=" + address + " size=" + size + " limit=" + (limit1 + 1));
    }

    /// Copies within the memory; ranges are in bounds and may overlap.
    abstract void copyPiece(long destination, long source, long size);

    /// Fills a range that is in bounds.
    abstract void fillPiece(long address, byte value, long size);

    /// Copies from the memory; the range is in bounds.
    abstract void load(long address, byte[] target, int offset, int size);

    /// Copies into the memory; the range is in bounds.
    abstract void store(long address, byte[] source, int offset, int size);

    /// Makes room for this many bytes, those not in use before as zeros; never past the maximum.
    abstract void extend(long bytes);

    /// Brings the content back to the image's, and drops what lies behind it.
    abstract void rewind();

    /// Makes an image of the content.
    abstract MemoryImage image(MemoryImage.State state);

    /// Makes the memory ready for a call, which is about to write to it.
    abstract void prepare();

    /// Gives back what lies under the memory. Called once, when nobody is inside.
    ///
    /// @param orderly whether nobody was inside when the memory was closed
    abstract void release(boolean orderly);

    @Override
    public final int pages() {
        return (int) (length / PAGE_SIZE);
    }

    @Override
    public final int grow(int size) {
        int before = pages();
        long after = before + (size & UNSIGNED);
        if (after > maximumPages || closed()) {
            return -1;
        }
        return size == 0 || enlarge(after * PAGE_SIZE) ? before : -1;
    }

    private boolean enlarge(long bytes) {
        long more = bytes - length;
        if ((account != null && !account.fits(more)) || !counters.host.takeLinear(more)) {
            return false;
        }
        boolean done = false;
        try {
            extend(bytes);
            done = true;
        } catch (OutOfMemoryError e) {
            return false;
        } finally {
            if (!done) {
                counters.host.giveLinear(more);
            }
        }
        taken = bytes;
        length(bytes);
        return true;
    }

    @Override
    public final int initialPages() {
        return initialPages;
    }

    @Override
    public final int maximumPages() {
        return maximumPages;
    }

    @Override
    public final boolean shared() {
        return false;
    }

    @Override
    @SuppressWarnings("removal") // Abstract in the engine's interface still; its atomic operations take this lock.
    public final Object lock(int address) {
        return this;
    }

    @Override
    @SuppressWarnings("removal") // Abstract in the engine's interface still.
    public final int waitOn(int address, int expected, long timeout) {
        throw new WasmEngineException("expected shared memory: a memory of one thread has nothing to wait for");
    }

    @Override
    @SuppressWarnings("removal") // Abstract in the engine's interface still.
    public final int waitOn(int address, long expected, long timeout) {
        throw new WasmEngineException("expected shared memory: a memory of one thread has nothing to wait for");
    }

    @Override
    @SuppressWarnings("removal") // Abstract in the engine's interface still.
    public final int notify(int address, int maxThreads) {
        return 0;
    }

    @Override
    public final void initialize(Instance instance, DataSegment @Nullable [] dataSegments) {
        initialize(instance, dataSegments, 0);
    }

    @Override
    public final void initialize(Instance instance, DataSegment @Nullable [] dataSegments, int memoryIndex) {
        initialised = true;
        segments.initialize(this, instance, dataSegments == null ? new DataSegment[0] : dataSegments, memoryIndex);
    }

    @Override
    public final void initPassiveSegment(int segmentId, int dest, int offset, int size) {
        memoryInit(dest, offset, size, segmentId, this);
    }

    @Override
    public final void drop(int segment) {
        segments.drop(segment);
    }

    @Override
    public final void write(int addr, byte[] data, int offset, int size) {
        if (offset < 0 || size < 0 || (long) offset + size > data.length) {
            throw new WasmRuntimeException("out of bounds memory access: the source is too short, address=" + offset
                    + " size=" + size + " limit=" + data.length);
        }
        checkRange(addr, size);
        store(addr, data, offset, size);
    }

    @Override
    public final byte[] readBytes(int addr, int len) {
        checkRange(addr, len);
        byte[] content = new byte[len];
        load(addr, content, 0, len);
        return content;
    }

    @Override
    public final long readU16(int addr) {
        return readShort(addr) & 0xffffL;
    }

    @Override
    public final long readF32(int addr) {
        return readInt(addr);
    }

    @Override
    public final long readF64(int addr) {
        return readLong(addr);
    }

    /// Fills the memory with zeros. The engine asks for it before it initialises an instance: then there is nothing to
    /// do, since a new memory is zeros, and one that is stamped has its content already.
    @Override
    public final void zero() {
        if (initialised) {
            fillPiece(0, (byte) 0, length);
        }
    }

    @Override
    public final void fill(byte value, int fromIndex, int toIndex) {
        checkRange(fromIndex, (long) toIndex - fromIndex);
        fillRange(fromIndex, value, (long) toIndex - fromIndex);
    }

    @Override
    public final void copy(int dest, int src, int size) {
        checkRange(dest, size);
        checkRange(src, size);
        copyRange(dest, src, size);
    }
}
