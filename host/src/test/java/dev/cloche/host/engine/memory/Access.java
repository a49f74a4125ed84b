package dev.cloche.host.engine.memory;

/// An access of one size to a memory, by the static accessors that compiled code calls, or by the engine's interface.
enum Access {
    BYTE(1),
    SHORT(2),
    INT(4),
    LONG(8),
    FLOAT(4),
    DOUBLE(8);

    private final int size;

    Access(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    /// The value's bits, zero-extended.
    long read(int base, int offset, LinearMemory memory) {
        return switch (memory) {
            case ForeignMemory foreign ->
                switch (this) {
                    case BYTE -> ForeignMemory.memoryReadByte(base, offset, foreign) & 0xffL;
                    case SHORT -> ForeignMemory.memoryReadShort(base, offset, foreign) & 0xffffL;
                    case INT -> ForeignMemory.memoryReadInt(base, offset, foreign) & 0xffff_ffffL;
                    case LONG -> ForeignMemory.memoryReadLong(base, offset, foreign);
                    case FLOAT -> bits(ForeignMemory.memoryReadFloat(base, offset, foreign));
                    case DOUBLE -> Double.doubleToRawLongBits(ForeignMemory.memoryReadDouble(base, offset, foreign));
                };
            case HeapMemory heap ->
                switch (this) {
                    case BYTE -> HeapMemory.memoryReadByte(base, offset, heap) & 0xffL;
                    case SHORT -> HeapMemory.memoryReadShort(base, offset, heap) & 0xffffL;
                    case INT -> HeapMemory.memoryReadInt(base, offset, heap) & 0xffff_ffffL;
                    case LONG -> HeapMemory.memoryReadLong(base, offset, heap);
                    case FLOAT -> bits(HeapMemory.memoryReadFloat(base, offset, heap));
                    case DOUBLE -> Double.doubleToRawLongBits(HeapMemory.memoryReadDouble(base, offset, heap));
                };
        };
    }

    /// Writes as many of the low bits as the access has.
    void write(int base, long bits, int offset, LinearMemory memory) {
        switch (memory) {
            case ForeignMemory foreign -> writeForeign(base, bits, offset, foreign);
            case HeapMemory heap -> writeHeap(base, bits, offset, heap);
        }
    }

    private void writeForeign(int base, long bits, int offset, ForeignMemory memory) {
        switch (this) {
            case BYTE -> ForeignMemory.memoryWriteByte(base, (byte) bits, offset, memory);
            case SHORT -> ForeignMemory.memoryWriteShort(base, (short) bits, offset, memory);
            case INT -> ForeignMemory.memoryWriteInt(base, (int) bits, offset, memory);
            case LONG -> ForeignMemory.memoryWriteLong(base, bits, offset, memory);
            case FLOAT -> ForeignMemory.memoryWriteFloat(base, Float.intBitsToFloat((int) bits), offset, memory);
            case DOUBLE -> ForeignMemory.memoryWriteDouble(base, Double.longBitsToDouble(bits), offset, memory);
        }
    }

    private void writeHeap(int base, long bits, int offset, HeapMemory memory) {
        switch (this) {
            case BYTE -> HeapMemory.memoryWriteByte(base, (byte) bits, offset, memory);
            case SHORT -> HeapMemory.memoryWriteShort(base, (short) bits, offset, memory);
            case INT -> HeapMemory.memoryWriteInt(base, (int) bits, offset, memory);
            case LONG -> HeapMemory.memoryWriteLong(base, bits, offset, memory);
            case FLOAT -> HeapMemory.memoryWriteFloat(base, Float.intBitsToFloat((int) bits), offset, memory);
            case DOUBLE -> HeapMemory.memoryWriteDouble(base, Double.longBitsToDouble(bits), offset, memory);
        }
    }

    /// Reads as the engine's interpreter and host functions do.
    long readAt(int address, LinearMemory memory) {
        return switch (this) {
            case BYTE -> memory.readU8(address);
            case SHORT -> memory.readU16(address);
            case INT -> memory.readU32(address);
            case LONG -> memory.readI64(address);
            case FLOAT -> memory.readF32(address) & 0xffff_ffffL;
            case DOUBLE -> memory.readF64(address);
        };
    }

    /// Writes as the engine's interpreter and host functions do.
    void writeAt(int address, long bits, LinearMemory memory) {
        switch (this) {
            case BYTE -> memory.writeByte(address, (byte) bits);
            case SHORT -> memory.writeShort(address, (short) bits);
            case INT -> memory.writeI32(address, (int) bits);
            case LONG -> memory.writeLong(address, bits);
            case FLOAT -> memory.writeF32(address, Float.intBitsToFloat((int) bits));
            case DOUBLE -> memory.writeF64(address, Double.longBitsToDouble(bits));
        }
    }

    private static long bits(float value) {
        return Float.floatToRawIntBits(value) & 0xffff_ffffL;
    }
}
