package dev.cloche.host.engine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A linear memory in one flat array of the Java heap.
public final class HeapMemory extends LinearMemory {
    private static final VarHandle SHORT = handle(short[].class);
    private static final VarHandle INT = handle(int[].class);
    private static final VarHandle LONG = handle(long[].class);
    private static final VarHandle FLOAT = handle(float[].class);
    private static final VarHandle DOUBLE = handle(double[].class);

    /// A reset keeps an array that grew to so many times the image, and drops a larger one.
    private static final long ROOM_KEPT = 2;

    private static final byte[] NONE = {};

    /// Growth makes room for as much again, up to this or a part of the whole.
    private static final long ROOM_MAX = 4L << 20;

    private static final long ROOM_PART = 8;

    /// May be longer than what is in use: growth makes more room than is asked for, so that growing page by page does
    /// not copy each time.
    private byte[] bytes;

    HeapMemory(Shape shape, @Nullable HeapImage image, MemoryCounters counters) {
        super(shape, image, counters);
        this.bytes = image == null ? new byte[(int) length()] : image.content().clone();
    }

    private static VarHandle handle(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
    }

    public static byte memoryReadByte(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        return memory.bytes[(int) address];
    }

    public static short memoryReadShort(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        return (short) SHORT.get(memory.bytes, (int) address);
    }

    public static int memoryReadInt(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        return (int) INT.get(memory.bytes, (int) address);
    }

    public static long memoryReadLong(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        return (long) LONG.get(memory.bytes, (int) address);
    }

    public static float memoryReadFloat(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        return (float) FLOAT.get(memory.bytes, (int) address);
    }

    public static double memoryReadDouble(int base, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        return (double) DOUBLE.get(memory.bytes, (int) address);
    }

    public static void memoryWriteByte(int base, byte value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit1) {
            throw memory.outOfBounds(address, Byte.BYTES);
        }
        memory.bytes[(int) address] = value;
    }

    public static void memoryWriteShort(int base, short value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit2) {
            throw memory.outOfBounds(address, Short.BYTES);
        }
        SHORT.set(memory.bytes, (int) address, value);
    }

    public static void memoryWriteInt(int base, int value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Integer.BYTES);
        }
        INT.set(memory.bytes, (int) address, value);
    }

    public static void memoryWriteLong(int base, long value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Long.BYTES);
        }
        LONG.set(memory.bytes, (int) address, value);
    }

    public static void memoryWriteFloat(int base, float value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit4) {
            throw memory.outOfBounds(address, Float.BYTES);
        }
        FLOAT.set(memory.bytes, (int) address, value);
    }

    public static void memoryWriteDouble(int base, double value, int offset, HeapMemory memory) {
        long address = (base & UNSIGNED) + (offset & UNSIGNED);
        if (address > memory.limit8) {
            throw memory.outOfBounds(address, Double.BYTES);
        }
        DOUBLE.set(memory.bytes, (int) address, value);
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
        System.arraycopy(bytes, (int) source, bytes, (int) destination, (int) size);
    }

    @Override
    void fillPiece(long at, byte value, long size) {
        Arrays.fill(bytes, (int) at, (int) (at + size), value);
    }

    @Override
    void load(long at, byte[] target, int offset, int size) {
        System.arraycopy(bytes, (int) at, target, offset, size);
    }

    @Override
    void store(long at, byte[] source, int offset, int size) {
        System.arraycopy(source, offset, bytes, (int) at, size);
    }

    @Override
    void extend(long needed) {
        if (needed > bytes.length) {
            long room = Math.min(bytes.length, Math.max(ROOM_MAX, needed / ROOM_PART));
            long roomy = Math.min(needed + room, Math.max(needed, maximumPages() * (long) PAGE_SIZE));
            bytes = Arrays.copyOf(bytes, (int) roomy);
        }
    }

    @Override
    void rewind() {
        byte[] content = ((HeapImage) image().orElseThrow()).content();
        if (bytes.length > ROOM_KEPT * content.length) {
            bytes = content.clone();
            return;
        }
        System.arraycopy(content, 0, bytes, 0, content.length);
        Arrays.fill(bytes, content.length, Math.max(content.length, (int) length()), (byte) 0);
    }

    @Override
    MemoryImage image(MemoryImage.State state) {
        return new HeapImage(Arrays.copyOf(bytes, (int) state.length()), state, counters());
    }

    @Override
    void prepare() {}

    @Override
    void release(boolean orderly) {
        bytes = NONE;
    }
}
