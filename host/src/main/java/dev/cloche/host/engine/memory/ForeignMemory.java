package dev.cloche.host.engine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import run.endive.wasm.types.MemoryLimits;

/// A linear memory in pages that the system maps: reserved once to the isolate's cap, so growth never copies.
public final class ForeignMemory extends LinearMemory {
    /*
     * One constant segment covers all of memory, so the compiler folds away its liveness, its bounds and its access
     * mode: what is left of an access is our own comparison and one instruction. Handles of layouts that are constants
     * too have fewer layers to inline than the accessors of a segment.
     */
    private static final MemorySegment ALL = all();
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG_UNALIGNED);
    private static final VarHandle FLOAT = handle(ValueLayout.JAVA_FLOAT_UNALIGNED);
    private static final VarHandle DOUBLE = handle(ValueLayout.JAVA_DOUBLE_UNALIGNED);

    /// Changes no address, but tells the compiler that it is not negative, which saves the segment's own comparison.
    private static final long POSITIVE = 0x7fff_ffff_ffffL;

    private final long address;
    private final long reserved;

    ForeignMemory(MemoryLimits declared, int maximumPages, int globalCount) {
        super(declared, maximumPages, globalCount);
        this.reserved = Math.max(1, maximumPages) * (long) PAGE_SIZE;
        this.address = Posix.reserve(reserved);
        length(declared.initialPages() * (long) PAGE_SIZE);
    }

    @SuppressWarnings("restricted") // Bounds are checked before every use.
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    private static VarHandle handle(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    }

    public static byte memoryReadByte(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        return (byte) BYTE.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static short memoryReadShort(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        return (short) SHORT.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static int memoryReadInt(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        return (int) INT.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static long memoryReadLong(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        return (long) LONG.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static float memoryReadFloat(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        return (float) FLOAT.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static double memoryReadDouble(int base, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        return (double) DOUBLE.get(ALL, (memory.address + address) & POSITIVE);
    }

    public static void memoryWriteByte(int base, byte value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        BYTE.set(ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteShort(int base, short value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        SHORT.set(ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteInt(int base, int value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        INT.set(ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteLong(int base, long value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        LONG.set(ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteFloat(int base, float value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        FLOAT.set(ALL, (memory.address + address) & POSITIVE, value);
    }

    public static void memoryWriteDouble(int base, double value, int offset, ForeignMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        DOUBLE.set(ALL, (memory.address + address) & POSITIVE, value);
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
        MemorySegment.copy(ALL, address + source, ALL, address + destination, size);
    }

    @Override
    void fillPiece(long at, byte value, long size) {
        ALL.asSlice(address + at, size).fill(value);
    }

    @Override
    void load(long at, byte[] target, int offset, int size) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address + at, target, offset, size);
    }

    @Override
    void store(long at, byte[] source, int offset, int size) {
        MemorySegment.copy(source, offset, ALL, ValueLayout.JAVA_BYTE, address + at, size);
    }

    @Override
    void extend(long bytes) {
        length(bytes);
    }

    @Override
    public void close() {
        length(0);
        Posix.unmap(address, reserved);
    }
}
