package dev.cloche.host.engine.wasm;

import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.GuestFaultException;
import run.endive.runtime.Memory;

/// Reads and writes a guest's memory at pointers the guest gave, none of which is trusted.
final class GuestMemory {
    private GuestMemory() {}

    static long size(Memory memory) {
        return (long) memory.pages() * Memory.PAGE_SIZE;
    }

    /// A copy of `length` bytes at `pointer`, both unsigned.
    ///
    /// @throws GuestFaultException if they are not all within the memory; nothing has been allocated then
    static byte[] read(Memory memory, int pointer, int length, String what) {
        check(memory, pointer, length, what);
        return memory.readBytes(pointer, length);
    }

    /// @throws GuestFaultException if the bytes do not fit there
    static void write(Memory memory, int pointer, byte[] bytes, String what) {
        check(memory, pointer, bytes.length, what);
        memory.write(pointer, bytes);
    }

    /// Whether so many bytes at a pointer, unsigned, are all within the memory.
    static boolean has(Memory memory, int pointer, long length) {
        return Integer.toUnsignedLong(pointer) + length <= size(memory);
    }

    /// @throws GuestFaultException if so many bytes, unsigned, are not all within the memory
    static void check(Memory memory, int pointer, int length, String what) {
        if (!has(memory, pointer, Integer.toUnsignedLong(length))) {
            throw new GuestFaultException(
                    TrapKind.ABI,
                    what + " lies outside the guest's memory, pointer=" + Integer.toUnsignedLong(pointer) + " length="
                            + Integer.toUnsignedLong(length) + " memory=" + size(memory));
        }
    }
}
